import { usdOf } from '../prices/cost.js';
import { forecast } from './budget-period.js';
import type { BudgetFiringRow, BudgetRow } from './budget-row.js';

/** The same for every try to send it, so that it is sent once. */
export function budgetMessageId({ budgetId, periodStart, threshold }: BudgetFiringRow): string {
  return `msg_${budgetId}_${periodStart}_${threshold}`;
}

/** What a `budget.threshold` message tells, snake_case like the routes of budgets. */
export function budgetMessage(firing: BudgetFiringRow, budget: BudgetRow) {
  const { periodStart: start, periodEnd: end, spendNanoUsd, limitNanoUsd, firedAt } = firing;
  const forecastNanoUsd = forecast(spendNanoUsd, { label: '', start, end }, firedAt);
  return {
    budget_id: budget.id,
    scope: budget.scope,
    scope_id: budget.scopeId,
    period: budget.period,
    period_start: new Date(start).toISOString(),
    period_end: new Date(end).toISOString(),
    tz: budget.timeZone,
    threshold: firing.threshold,
    limit_usd: usdOf(limitNanoUsd),
    spend_usd: usdOf(spendNanoUsd),
    forecast_usd: forecastNanoUsd === null ? null : usdOf(forecastNanoUsd),
    unpriced_calls: firing.unpricedCalls,
    fired_at: new Date(firedAt).toISOString(),
  };
}
