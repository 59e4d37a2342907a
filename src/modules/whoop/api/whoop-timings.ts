export const WHOOP_TIMINGS = Symbol('WHOOP_TIMINGS');

/** How long things are waited for, in milliseconds. Tests shorten them. */
export interface WhoopTimings {
  /** Before the second try of a request; twice as long before each that follows, any part of it at random. */
  retryDelayMs: number;
  /** A limit of requests that ends later is not waited for on the spot: a sync is put off, a request answered. */
  longestPauseMs: number;
  /** After five failures in a row nothing is sent for so long. */
  breakerOpenMs: number;
  /** A refresh token that was handed out for sending, with no outcome after so long, is looked into. */
  refreshDoubtMs: number;
  /** Between two looks for what another process does. */
  pollMs: number;
  /** How long a link waits for another one that is being made. */
  linkWaitMs: number;
  /** How long a request waits for the end of a sync. */
  syncWaitMs: number;
}

export const USUAL_WHOOP_TIMINGS: WhoopTimings = {
  retryDelayMs: 1000,
  longestPauseMs: 10_000,
  breakerOpenMs: 30_000,
  refreshDoubtMs: 60_000,
  pollMs: 150,
  linkWaitMs: 20_000,
  syncWaitMs: 110_000,
};
