/** One AI call as it is stored. Times are epoch milliseconds. */
export interface AiCallRow {
  id: string;
  /** As the client names the user. */
  userId: string;
  occurredAt: number;
  /** What the client calls this row; stored once. */
  eventId: string | null;
  provider: string | null;
  model: string;
  callType: string;
  project: string | null;
  /** Microseconds. */
  responseUs: number;
  tokens: number;
  /** As the provider told them; `null`: it did not. */
  inputTokens: number | null;
  cachedInputTokens: number | null;
  outputTokens: number | null;
  reasoningTokens: number | null;
  success: boolean;
  error: string | null;
  receivedAt: number;
  /** The client's time lay too far ahead, and the time of receipt stands for it. */
  clamped: boolean;
}
