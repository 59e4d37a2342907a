const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 8000;
/** A provider that wants longer is not asked again: the text is needed now, and a template is at hand. */
const MAX_RETRY_AFTER_MS = 15_000;

/**
 * Milliseconds until the next try, or `null` when there is none: what the provider asks for, else exponential with full
 * jitter. `attempt` counts from 1; `random` is from 0 to 1.
 */
export function retryDelay(attempt: number, retryAfterMs: number | undefined, random: number): number | null {
  if (retryAfterMs !== undefined) return retryAfterMs <= MAX_RETRY_AFTER_MS ? retryAfterMs : null;
  return Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1)) * random;
}
