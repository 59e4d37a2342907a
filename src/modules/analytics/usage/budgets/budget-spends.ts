import type { Spend, UsageSpendService } from '../usage-spend.service.js';
import type { BudgetPeriod } from './budget-period.js';
import type { BudgetRow } from './budget-row.js';

/** What was spent, for one look at many budgets: several watch the same calls. */
export class BudgetSpends {
  private readonly spends = new Map<string, Promise<Spend>>();

  constructor(private readonly spending: UsageSpendService) {}

  of({ scope, scopeId }: BudgetRow, { start, end }: BudgetPeriod): Promise<Spend> {
    const key = JSON.stringify([scope, scopeId, start, end]);
    let spend = this.spends.get(key);
    if (spend === undefined) {
      spend = this.spending.spend({ scope, id: scopeId ?? undefined, from: start, toExclusive: end });
      this.spends.set(key, spend);
    }
    return spend;
  }
}
