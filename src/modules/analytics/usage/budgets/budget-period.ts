import { walkCalendar } from '../../../../common/time/calendar.js';
import type { BudgetPeriodKind } from './budget-row.js';

/** A calendar day or month of the budget's time zone; `end` exclusive, epoch milliseconds. */
export interface BudgetPeriod {
  /** `2025-11-20` or `2025-11`. */
  label: string;
  start: number;
  end: number;
}

/** Calls that come this late still count for the thresholds of the period that they belong to. */
const LATE_MS = 48 * 3_600_000;
/** Before this share of a period has passed, its pace says nothing. */
const MIN_ELAPSED = 0.01;

export function periodAt(kind: BudgetPeriodKind, timeZone: string, instant: number): BudgetPeriod {
  const [period] = walkCalendar({ from: instant, toExclusive: instant + 1 }, kind, timeZone);
  return period!;
}

/**
 * The periods whose thresholds may still be reached, the oldest first: the present one, and those before it that ended
 * less than 48 hours ago. Periods that were over when the budget was made or changed are none of its business: another limit
 * was in force.
 */
export function watchedPeriods(
  budget: { period: BudgetPeriodKind; timeZone: string; updatedAt: number },
  now: number,
): BudgetPeriod[] {
  const from = Math.min(now, Math.max(now - LATE_MS, budget.updatedAt));
  return [...walkCalendar({ from, toExclusive: now + 1 }, budget.period, budget.timeZone)];
}

/** Whether what fired did so in this day or month, perhaps as another time zone has it: most of both is the same. */
export function isSamePeriod(fired: { periodStart: number; periodEnd: number }, { start, end }: BudgetPeriod): boolean {
  const common = Math.min(fired.periodEnd, end) - Math.max(fired.periodStart, start);
  return 2 * common > end - start;
}

/** Spend at the end of the period at its pace so far; `null` in its first hundredth. */
export function forecast(spend: number, { start, end }: BudgetPeriod, now: number): number | null {
  if (now >= end) return spend;
  const elapsed = (now - start) / (end - start);
  return elapsed < MIN_ELAPSED ? null : Math.round(spend / elapsed);
}

/** The thresholds, in percent of the limit, that a spend has reached. Whole numbers throughout, so nothing is rounded. */
export function reachedThresholds(spendNanoUsd: number, limitNanoUsd: number, thresholds: readonly number[]): number[] {
  return thresholds.filter((percent) => BigInt(spendNanoUsd) * 100n >= BigInt(limitNanoUsd) * BigInt(percent));
}
