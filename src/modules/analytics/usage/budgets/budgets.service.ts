import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isAdmin, type Principal } from '../../../../common/auth/principal.js';
import { InvalidInputError } from '../../../../common/errors/domain.error.js';
import { AccountErasure } from '../../../../common/lifecycle/account-erasure.js';
import { AccountExport } from '../../../../common/lifecycle/account-export.js';
import { Clock } from '../../../../common/time/clock.js';
import { WebhookUrlError } from '../../../webhooks/webhooks.errors.js';
import { WebhooksService } from '../../../webhooks/webhooks.service.js';
import { SpendSignal } from '../spend-signal.js';
import { UsageSpendService, type SpendScope } from '../usage-spend.service.js';
import { periodAt } from './budget-period.js';
import type { BudgetPeriodKind, BudgetRow } from './budget-row.js';
import { BudgetSpends } from './budget-spends.js';
import { budgetStatus, type BudgetStatus } from './budget-status.js';
import { BudgetNotFoundError, TooManyBudgetsError } from './budgets.errors.js';
import { BudgetsRepository, type BudgetChanges } from './budgets.repository.js';
import { BudgetFiringDto } from './dto/budget.dto.js';

const MAX_BUDGETS_PER_USER = 100;

export interface NewBudget {
  scope: SpendScope;
  scopeId: string | null;
  period: BudgetPeriodKind;
  limitNanoUsd: number;
  thresholds: number[];
  webhookUrl: string | null;
  /** Null: that of the user's settings, else UTC. */
  timeZone: string | null;
}

export interface SavedBudget extends BudgetStatus {
  /** Only when the webhook address is new to its user. */
  webhookSecret?: string;
}

/** Limits on what AI calls may cost. A budget belongs to a user; an administrator sees and changes all. */
@Injectable()
export class BudgetsService implements OnModuleInit {
  constructor(
    private readonly budgets: BudgetsRepository,
    private readonly spending: UsageSpendService,
    private readonly webhooks: WebhooksService,
    private readonly signal: SpendSignal,
    private readonly clock: Clock,
    private readonly erasure: AccountErasure,
    private readonly archive: AccountExport,
  ) {}

  onModuleInit(): void {
    this.erasure.register('budgets', async (userId, _signal, replicasKnow) => {
      await replicasKnow();
      await this.budgets.deleteOwned(userId);
    });
    this.archive.register('budgets', (userId) => this.archiveRows(userId));
  }

  /** @throws InvalidInputError for a webhook address that may not be called, TooManyBudgetsError */
  async create(caller: Principal, budget: NewBudget): Promise<SavedBudget> {
    if ((await this.budgets.count(caller.userId)) >= MAX_BUDGETS_PER_USER)
      throw new TooManyBudgetsError(MAX_BUDGETS_PER_USER);
    const webhookSecret = await this.secretFor(caller.userId, budget.webhookUrl);
    const now = this.clock.now();
    const row: BudgetRow = {
      ...budget,
      id: `bud_${randomBytes(12).toString('hex')}`,
      userId: caller.userId,
      timeZone: budget.timeZone ?? caller.timezone ?? 'UTC',
      createdAt: now,
      updatedAt: now,
    };
    await this.budgets.create(row);
    this.signal.announce();
    return { ...(await this.statusOf(row)), webhookSecret };
  }

  async list(caller: Principal): Promise<BudgetStatus[]> {
    return this.statuses(await this.budgets.list(scopeOf(caller)));
  }

  async get(caller: Principal, id: string): Promise<BudgetStatus> {
    const row = await this.budgets.find(scopeOf(caller), id);
    if (row === null) throw new BudgetNotFoundError();
    return this.statusOf(row);
  }

  /**
   * What has fired in the period stays so, whatever the new limit.
   * @throws InvalidInputError for a webhook address that may not be called, BudgetNotFoundError
   */
  async update(caller: Principal, id: string, changes: BudgetChanges): Promise<SavedBudget> {
    const { budget } = await this.get(caller, id);
    const webhookSecret = await this.secretFor(budget.userId, changes.webhookUrl);
    await this.budgets.update(scopeOf(caller), id, changes, this.clock.now());
    this.signal.announce();
    return { ...(await this.get(caller, id)), webhookSecret };
  }

  async delete(caller: Principal, id: string): Promise<void> {
    if (!(await this.budgets.delete(scopeOf(caller), id))) throw new BudgetNotFoundError();
  }

  /** The secret of an address that messages have not gone to before; it is shown to whoever gave the address. */
  private async secretFor(userId: string, url: string | null | undefined): Promise<string | undefined> {
    if (url === null || url === undefined) return undefined;
    try {
      return (await this.webhooks.endpointFor(userId, url)).secret;
    } catch (error) {
      if (!(error instanceof WebhookUrlError)) throw error;
      const message = `webhook_${error.message}`;
      throw new InvalidInputError(message, [{ path: 'webhook_url', message }], error.code);
    }
  }

  private async statusOf(row: BudgetRow): Promise<BudgetStatus> {
    const [status] = await this.statuses([row]);
    return status!;
  }

  private async statuses(rows: BudgetRow[]): Promise<BudgetStatus[]> {
    if (rows.length === 0) return [];
    const now = this.clock.now();
    const periods = rows.map((row) => periodAt(row.period, row.timeZone, now));
    const since = Math.min(...periods.map(({ start }) => start));
    const firings = await this.budgets.listFirings(
      rows.map(({ id }) => id),
      since,
    );
    const spends = new BudgetSpends(this.spending);
    const statuses: BudgetStatus[] = [];
    for (const [i, row] of rows.entries()) {
      const period = periods[i]!;
      statuses.push(budgetStatus(row, period, await spends.of(row, period), firings, now));
    }
    return statuses;
  }

  private async *archiveRows(userId: string): AsyncGenerator<object> {
    for (const { id, scope, scopeId, period, limitNanoUsd, thresholds, ...row } of await this.budgets.list(userId)) {
      const { webhookUrl, timeZone } = row;
      const limit_usd = limitNanoUsd / 1e9;
      const createdAt = new Date(row.createdAt).toISOString();
      const firings = (await this.budgets.listFirings([id], 0)).map((firing) => BudgetFiringDto.from(firing));
      yield { id, scope, scopeId, period, limit_usd, thresholds, webhookUrl, timeZone, createdAt, firings };
    }
  }
}

/** Whose budgets a caller may see and change; null: all. */
function scopeOf(caller: Principal): string | null {
  return isAdmin(caller) ? null : caller.userId;
}
