const DAY_MS = 86_400_000;
const MAX_DATE_MS = 8.64e15;

export interface CorrectedTime {
  /** Epoch milliseconds. */
  at: number;
  /** The event claimed to be more than a day in the future and was moved to its receipt. */
  clamped: boolean;
}

/**
 * When an event happened by the server's clock. A client that says when it sent the batch is
 * corrected by the difference to the receipt, which keeps the spacing of events recorded offline;
 * only then is a time more than 24 h ahead clamped. All in epoch milliseconds; `sentAt` null: not told.
 */
export function correctClock(timestamp: number, sentAt: number | null, receivedAt: number): CorrectedTime {
  const corrected = sentAt === null ? timestamp : receivedAt - (sentAt - timestamp);
  // Two far-off clocks can push a time out of what a date can hold: then the client's own word stands.
  const at = Math.trunc(Math.abs(corrected) <= MAX_DATE_MS ? corrected : timestamp);
  return at > receivedAt + DAY_MS ? { at: receivedAt, clamped: true } : { at, clamped: false };
}
