import type { SpendScope } from '../usage-spend.service.js';

export type BudgetPeriodKind = 'day' | 'month';

export interface BudgetRow {
  id: string;
  userId: string;
  scope: SpendScope;
  /** The user, project or model; null for `all`. */
  scopeId: string | null;
  period: BudgetPeriodKind;
  limitNanoUsd: number;
  /** Percent of the limit, ascending. */
  thresholds: number[];
  /** Null: the owner's endpoints that want such messages. */
  webhookUrl: string | null;
  timeZone: string;
  /** Epoch milliseconds, like all times here. */
  createdAt: number;
  updatedAt: number;
}

/** `pending`: not handed to the webhooks yet; `refused`: they would not take it. */
export type FiringState = 'pending' | 'sent' | 'refused';

/** A threshold that was reached in a period: there is one at most for each budget, period and threshold. */
export interface BudgetFiringRow {
  budgetId: string;
  periodStart: number;
  periodEnd: number;
  threshold: number;
  spendNanoUsd: number;
  limitNanoUsd: number;
  unpricedCalls: number;
  firedAt: number;
  state: FiringState;
}
