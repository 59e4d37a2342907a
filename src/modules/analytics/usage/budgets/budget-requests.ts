import { InvalidInputError } from '../../../../common/errors/domain.error.js';
import type { BudgetSettingsDto, CreateBudgetDto } from './dto/create-budget.dto.js';
import type { UpdateBudgetDto } from './dto/update-budget.dto.js';
import type { BudgetChanges } from './budgets.repository.js';
import type { NewBudget } from './budgets.service.js';

const DEFAULT_THRESHOLDS = [80, 100];

/** @throws InvalidInputError */
export function toNewBudget(body: CreateBudgetDto): NewBudget {
  if (body.scope === 'all' && isGiven(body.id)) {
    const message = 'id names whose calls count: leave it out with scope all, or choose scope user, project or model';
    throw new InvalidInputError(message, [{ path: 'id', message }]);
  }
  return {
    scope: body.scope,
    scopeId: body.id ?? null,
    period: body.period,
    limitNanoUsd: toNano(body.limit_usd),
    thresholds: ascending(body.thresholds ?? DEFAULT_THRESHOLDS),
    webhookUrl: body.webhook_url ?? null,
    timeZone: body.tz ?? null,
  };
}

/** What is absent or null stays as it is, but `webhook_url: null` takes the address away. */
export function toBudgetChanges(body: UpdateBudgetDto): BudgetChanges {
  const changes: BudgetChanges = {};
  if (isGiven(body.limit_usd)) changes.limitNanoUsd = toNano(body.limit_usd);
  if (isGiven(body.thresholds)) changes.thresholds = ascending(body.thresholds);
  if (body.webhook_url !== undefined) changes.webhookUrl = body.webhook_url;
  if (isGiven(body.tz)) changes.timeZone = body.tz;
  return changes;
}

/** The checks of optional fields let null pass. */
function isGiven<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}

function toNano(usd: BudgetSettingsDto['limit_usd']): number {
  return Math.round(usd * 1e6) * 1000;
}

function ascending(thresholds: number[]): number[] {
  return [...thresholds].sort((a, b) => a - b);
}
