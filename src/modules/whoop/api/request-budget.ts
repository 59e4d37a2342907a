import type { RateHeaders } from './rate-headers.js';

/** `interactive`: somebody waits; `backfill`: a sync. */
export type Priority = 'interactive' | 'backfill';

interface RequestWindow {
  limit: number;
  lengthMs: number;
  remaining: number;
  resetAt: number;
  /** Requests that a backfill leaves to those who wait. */
  reserve: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Of each limit, the share that is kept for interactive calls. */
const RESERVED_SHARE = 0.1;

/**
 * What this process may still ask WHOOP for: 100 requests a minute and 10,000 a day, by its documentation, and corrected by
 * what its answers say, for the limits are shared by all who use the app. Times are epoch milliseconds.
 */
export class RequestBudget {
  private windows: RequestWindow[];
  private inFlight = 0;

  constructor(
    now: number,
    limits: readonly { limit: number; lengthMs: number }[] = [
      { limit: 100, lengthMs: MINUTE_MS },
      { limit: 10_000, lengthMs: DAY_MS },
    ],
  ) {
    this.windows = limits.map(({ limit, lengthMs }) => windowOf(limit, lengthMs, now));
  }

  /** Takes a request from the budget. Returns 0, or after how many milliseconds to ask again (nothing is taken then). */
  take(priority: Priority, now: number): number {
    let wait = 0;
    for (const window of this.windows) {
      // A clock that went back would keep a window shut for as long as it went back.
      if (now >= window.resetAt || window.resetAt - now > window.lengthMs) refill(window, now);
      const kept = priority === 'backfill' ? window.reserve : 0;
      if (window.remaining <= kept) wait = Math.max(wait, window.resetAt - now, 1);
    }
    if (wait > 0) return wait;
    for (const window of this.windows) window.remaining -= 1;
    this.inFlight += 1;
    return 0;
  }

  /** What an answer said; to be called once for each request that was taken, with null when there was no answer. */
  learn(headers: RateHeaders | null, now: number): void {
    this.inFlight = Math.max(0, this.inFlight - 1);
    if (headers === null) return;
    this.setLimits(headers.limits, now);
    const { nearest, remaining, resetSeconds } = headers;
    const window = this.windows.find(({ limit }) => limit === nearest);
    if (window === undefined || remaining === null || resetSeconds === null) return;
    window.remaining = Math.max(0, Math.min(window.limit, remaining) - this.inFlight);
    window.resetAt = now + Math.min(resetSeconds * 1000, window.lengthMs);
  }

  /** WHOOP refused a request for its limit: nothing more until then. Returns when that is. */
  exhaust(headers: RateHeaders, now: number): number {
    const window = this.windows.find(({ limit }) => limit === headers.nearest) ?? this.windows[0]!;
    const seconds = Math.max(headers.resetSeconds ?? 0, headers.retryAfterSeconds ?? 0, 1);
    window.remaining = 0;
    window.resetAt = now + Math.min(seconds * 1000, window.lengthMs);
    return window.resetAt;
  }

  /** The answer lists all limits there are; one that tells of none leaves them as they are. */
  private setLimits(limits: RateHeaders['limits'], now: number): void {
    if (limits.length === 0) return;
    this.windows = limits.map(({ limit, windowSeconds }) => {
      const window = this.windows.find(({ lengthMs }) => lengthMs === windowSeconds * 1000);
      if (window === undefined) return windowOf(limit, windowSeconds * 1000, now);
      const remaining = Math.max(0, window.remaining + limit - window.limit);
      return { ...window, limit, remaining, reserve: Math.floor(limit * RESERVED_SHARE) };
    });
  }
}

function windowOf(limit: number, lengthMs: number, now: number): RequestWindow {
  return { limit, lengthMs, remaining: limit, resetAt: now + lengthMs, reserve: Math.floor(limit * RESERVED_SHARE) };
}

function refill(window: RequestWindow, now: number): void {
  window.remaining = window.limit;
  window.resetAt = now + window.lengthMs;
}
