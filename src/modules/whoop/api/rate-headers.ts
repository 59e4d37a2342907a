/** What WHOOP tells of its limits with an answer. */
export interface RateHeaders {
  /** Requests in a window of so many seconds. */
  limits: { limit: number; windowSeconds: number }[];
  /** The limit that is nearest; `remaining` and `resetSeconds` speak of it. */
  nearest: number | null;
  remaining: number | null;
  resetSeconds: number | null;
  retryAfterSeconds: number | null;
}

const LONGEST_SECONDS = 86_400;

/** `X-RateLimit-Limit` is `100, 100;window=60, 10000;window=86400`: the nearest limit, then each with its window. */
export function readRateHeaders(header: (name: string) => string | undefined): RateHeaders {
  const parts = (header('x-ratelimit-limit') ?? '').split(',').map((part) => part.trim());
  const limits: RateHeaders['limits'] = [];
  for (const part of parts) {
    const [limit, window] = part.split(';');
    const windowSeconds = wholeOf(window?.trim().replace(/^window=/, ''));
    const requests = wholeOf(limit);
    if (requests !== null && requests > 0 && windowSeconds !== null && windowSeconds > 0) {
      limits.push({ limit: requests, windowSeconds });
    }
  }
  return {
    limits,
    nearest: wholeOf(parts[0]?.split(';')[0]),
    remaining: wholeOf(header('x-ratelimit-remaining')),
    resetSeconds: wholeOf(header('x-ratelimit-reset')),
    retryAfterSeconds: wholeOf(header('retry-after')),
  };
}

/** A whole number, at most a day for what are seconds; anything else tells nothing. */
function wholeOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,9}$/.test(text.trim())) return null;
  return Math.min(Number(text), LONGEST_SECONDS);
}
