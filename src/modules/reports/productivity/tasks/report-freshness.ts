import type { MadeReport } from './report-task-row.js';

/** Points of a day that is not over come every few seconds; for so long a report on it is good enough. */
const OPEN_PERIOD_MS = 5 * 60_000;

/**
 * Whether a finished report may still be answered instead of making it again, its data being the same.
 * @param periodEnd epoch milliseconds after the last day of the period
 * @param ttlSeconds REPORT_CACHE_TTL: 0 reuses nothing
 */
export function isFresh(
  made: Pick<MadeReport, 'final' | 'madeAt'>,
  periodEnd: number,
  now: number,
  ttlSeconds: number,
): boolean {
  if (!made.final) return false;
  const madeAt = made.madeAt.getTime();
  const closedMs = ttlSeconds * 1000;
  return now - madeAt < (madeAt < periodEnd ? Math.min(OPEN_PERIOD_MS, closedMs) : closedMs);
}
