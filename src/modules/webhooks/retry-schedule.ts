const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Milliseconds to wait after the first, second, … attempt, as Standard Webhooks proposes. */
const WAITS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

/** The first attempt and one after each wait: 10 in about 75 hours. */
export const MAX_ATTEMPTS = WAITS.length + 1;

/** Endpoints that failed together do not come back together. */
const JITTER = 0.1;

/** When the attempt after this one is due, or null after the last. `attempt` counts from 1. */
export function nextAttemptAt(attempt: number, now: number, random: () => number = Math.random): number | null {
  const wait = WAITS[attempt - 1];
  return wait === undefined ? null : Math.round(now + wait * (1 + JITTER * (2 * random() - 1)));
}

/** An endpoint that has answered nothing but failures for so long is disabled. */
export const DISABLE_AFTER_MS = 5 * 24 * HOUR;

const FIRST_SLOW_MS = 30 * SECOND;
const LONGEST_SLOW_MS = 2 * HOUR;
const LONGEST_ASKED_MS = 24 * HOUR;

/** How long an endpoint that says it is overloaded is left alone: twice as long each time, or as long as it asks for. */
export function slowDownFor(previousMs: number, askedMs: number | null): number {
  const doubled = Math.min(LONGEST_SLOW_MS, Math.max(FIRST_SLOW_MS, previousMs * 2));
  return Math.max(doubled, Math.min(askedMs ?? 0, LONGEST_ASKED_MS));
}

/** `Retry-After` in milliseconds: seconds or an HTTP date; null when it says nothing. */
export function readRetryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * SECOND;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
