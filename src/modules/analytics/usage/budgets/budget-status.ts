import type { Spend } from '../usage-spend.service.js';
import { forecast, type BudgetPeriod } from './budget-period.js';
import type { BudgetFiringRow, BudgetRow } from './budget-row.js';

/** How a budget stands in its present period. */
export interface BudgetStatus {
  budget: BudgetRow;
  period: BudgetPeriod;
  spend: Spend;
  forecastNanoUsd: number | null;
  /** Of the present period. */
  fired: BudgetFiringRow[];
}

export function budgetStatus(
  budget: BudgetRow,
  period: BudgetPeriod,
  spend: Spend,
  firings: readonly BudgetFiringRow[],
  now: number,
): BudgetStatus {
  return {
    budget,
    period,
    spend,
    forecastNanoUsd: forecast(spend.nanoUsd, period, now),
    fired: firings.filter((row) => row.budgetId === budget.id && row.periodStart === period.start),
  };
}
