/** One activity as it is stored. Times are epoch milliseconds. */
export interface ActivityRow {
  id: string;
  /** As the client names the user. */
  userId: string;
  occurredAt: number;
  /** What the client calls this row; stored once. */
  eventId: string | null;
  action: string;
  sessionId: string | null;
  ipAddress: string | null;
  userAgent: string | null;
  /** JSON. */
  metadata: string | null;
  receivedAt: number;
  /** The client's time lay too far ahead, and the time of receipt stands for it. */
  clamped: boolean;
}
