import { Injectable, Logger } from '@nestjs/common';
import { DomainError } from '../../../../common/errors/domain.error.js';
import { isStoreUnavailable } from '../../../../common/errors/store-errors.js';
import { counter } from '../../../../common/metrics/metrics.js';
import { Clock } from '../../../../common/time/clock.js';
import { WebhooksService } from '../../../webhooks/webhooks.service.js';
import { UsageSpendService, type Spend } from '../usage-spend.service.js';
import { budgetMessage, budgetMessageId } from './budget-message.js';
import { isSamePeriod, reachedThresholds, watchedPeriods, type BudgetPeriod } from './budget-period.js';
import type { BudgetFiringRow, BudgetRow } from './budget-row.js';
import { BudgetSpends } from './budget-spends.js';
import { BudgetsRepository } from './budgets.repository.js';

const STEP = 200;

const alerts = counter({
  name: 'almanac_budget_alerts_total',
  help: 'Thresholds of budgets that were reached, by what became of the message.',
  labelNames: ['outcome'],
});

/**
 * Finds the thresholds that spend has reached and hands a message for each to the webhooks. The row of a firing is
 * there before its message is sent and is unique, and the webhooks send a message id once: so a threshold fires exactly
 * once in a period, whatever crashes and however many replicas look at it.
 */
@Injectable()
export class BudgetAlertsService {
  private readonly logger = new Logger(BudgetAlertsService.name);

  constructor(
    private readonly budgets: BudgetsRepository,
    private readonly spending: UsageSpendService,
    private readonly webhooks: WebhooksService,
    private readonly clock: Clock,
  ) {}

  /** @throws what failed first, once all other budgets were looked at */
  async evaluate(signal: AbortSignal): Promise<void> {
    const spends = new BudgetSpends(this.spending);
    const failures: unknown[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const rows: BudgetRow[] = await this.budgets.listAfter(after, STEP);
      for (const row of rows) {
        signal.throwIfAborted();
        await this.fire(row, spends).catch((error: unknown) => failures.push(this.noted(row, error)));
      }
      after = rows.at(-1)?.id;
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Sends what has fired, here or in a process that died before it could. @throws as `evaluate` */
  async sendPending(signal: AbortSignal): Promise<void> {
    const failures: unknown[] = [];
    for (const { firing, budget } of await this.budgets.listPending(STEP)) {
      signal.throwIfAborted();
      await this.send(firing, budget).catch((error: unknown) => failures.push(this.noted(budget, error)));
    }
    if (failures.length > 0) throw failures[0];
  }

  /** What fails for one budget keeps nothing from the others; without its store nothing else would do better. */
  private noted(budget: BudgetRow, error: unknown): unknown {
    if (isStoreUnavailable(error)) throw error;
    this.logger.warn(
      `Budget ${budget.id} waits for the next run: ${error instanceof Error ? error.message : 'failed'}`,
    );
    return error;
  }

  private async fire(budget: BudgetRow, spends: BudgetSpends): Promise<void> {
    const now = this.clock.now();
    for (const period of watchedPeriods(budget, now)) {
      const spend = await spends.of(budget, period);
      const reached = reachedThresholds(spend.nanoUsd, budget.limitNanoUsd, budget.thresholds);
      if (reached.length === 0) continue;
      // In another time zone the same day or month begins at another moment.
      const known = await this.budgets.listFirings([budget.id], period.start - (period.end - period.start));
      const fired = new Set(known.filter((row) => isSamePeriod(row, period)).map((row) => row.threshold));
      for (const threshold of reached.filter((percent) => !fired.has(percent))) {
        await this.budgets.addFiring(firingOf(budget, period, threshold, spend, now));
      }
    }
  }

  private async send(firing: BudgetFiringRow, budget: BudgetRow): Promise<void> {
    try {
      await this.webhooks.send({
        userId: budget.userId,
        url: budget.webhookUrl ?? undefined,
        type: 'budget.threshold',
        data: budgetMessage(firing, budget),
        id: budgetMessageId(firing),
      });
      await this.budgets.setFiringState(firing, 'sent');
      alerts.inc({ outcome: 'sent' });
    } catch (error) {
      // Anything else (a store is down) is tried again at the next run.
      if (!(error instanceof DomainError) || error.kind !== 'invalid') throw error;
      await this.budgets.setFiringState(firing, 'refused');
      alerts.inc({ outcome: 'refused' });
      this.logger.warn(`The alert of budget ${budget.id} was not sent: ${error.message}`);
    }
  }
}

function firingOf(
  budget: BudgetRow,
  period: BudgetPeriod,
  threshold: number,
  spend: Spend,
  now: number,
): BudgetFiringRow {
  return {
    budgetId: budget.id,
    periodStart: period.start,
    periodEnd: period.end,
    threshold,
    spendNanoUsd: Math.min(spend.nanoUsd, Number.MAX_SAFE_INTEGER),
    limitNanoUsd: budget.limitNanoUsd,
    unpricedCalls: spend.unpricedCalls,
    firedAt: now,
    state: 'pending',
  };
}
