export const JOB_TIMINGS = Symbol('JOB_TIMINGS');

/** How often the queue looks and how long it waits, in milliseconds. Tests shorten them. */
export interface JobTimings {
  /** For this long a row belongs to the worker that claimed or renewed it. */
  leaseMs: number;
  /** Between two renewals. */
  heartbeatMs: number;
  /** Between two looks for rows whose worker is gone, and for failures that must be told. */
  upkeepMs: number;
  /** Without Redis: between two looks for kinds with due jobs. */
  lookMs: number;
  /** With Redis: between two looks for due jobs that nobody heard of. */
  reconcileMs: number;
  /** A job that has been due for so long was not heard of: Redis was away, or forgot. */
  unheardMs: number;
  /** A handler that does not end within it after its signal was aborted is left behind. */
  abortGraceMs: number;
}

export const USUAL_JOB_TIMINGS: JobTimings = {
  leaseMs: 30_000,
  heartbeatMs: 3000,
  upkeepMs: 5000,
  lookMs: 1000,
  reconcileMs: 5000,
  unheardMs: 3000,
  abortGraceMs: 3000,
};
