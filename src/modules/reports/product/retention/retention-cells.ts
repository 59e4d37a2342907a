import type { Bucket } from '../../../../common/time/calendar.js';
import type { Retention } from './retention.js';

const DAY_MS = 86_400_000;

export interface RetentionCell {
  period: number;
  /** `null`: the period has not begun. */
  users: number | null;
  /** Share of the cohort; 0 of an empty one, `null` when the period has not begun. */
  rate: number | null;
  /** The period is not over. */
  partial: boolean;
}

export interface RetentionCohort {
  cohort: string;
  size: number;
  cells: RetentionCell[];
}

export interface RetentionTable {
  cohorts: readonly Bucket[];
  boundaries: readonly number[];
  periods: number;
  mode: 'calendar' | '24h';
  /** The time of the report, epoch milliseconds. */
  now: number;
}

/**
 * The table of the cohorts. By 24 hours a period begins when the first instant of the cohort's day plus so many days
 * has come, since some may have started then, and it is over when it is for the last instant of the day.
 */
export function retentionCohorts(retention: Retention, table: RetentionTable): RetentionCohort[] {
  return table.cohorts.map(({ label }, cohort) => ({
    cohort: label,
    size: retention.sizes[cohort]!,
    cells: Array.from({ length: table.periods + 1 }, (_, period) => cellOf(retention, table, cohort, period)),
  }));
}

function cellOf(retention: Retention, table: RetentionTable, cohort: number, period: number): RetentionCell {
  const { begin, end } = periodOf(table, cohort, period);
  if (begin > table.now) return { period, users: null, rate: null, partial: false };
  const users = retention.usersAt(cohort, period);
  const size = retention.sizes[cohort]!;
  return { period, users, rate: size === 0 ? 0 : users / size, partial: end > table.now };
}

function periodOf(
  { cohorts, boundaries, mode }: RetentionTable,
  cohort: number,
  period: number,
): { begin: number; end: number } {
  if (mode === 'calendar') return { begin: boundaries[cohort + period]!, end: boundaries[cohort + period + 1]! };
  const { start, end } = cohorts[cohort]!;
  return { begin: start + period * DAY_MS, end: end + (period + 1) * DAY_MS };
}
