import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { usdOf } from '../../prices/cost.js';
import type { SpendScope } from '../../usage-spend.service.js';
import type { BudgetFiringRow, BudgetPeriodKind, FiringState } from '../budget-row.js';
import type { BudgetStatus } from '../budget-status.js';
import type { SavedBudget } from '../budgets.service.js';
import { PERIODS, SCOPES } from './create-budget.dto.js';

const STATES = ['pending', 'sent', 'refused'] as const satisfies readonly FiringState[];

export class BudgetFiringDto {
  @ApiProperty({ example: 80, description: 'Percent of the limit.' })
  threshold: number;

  @ApiProperty({ format: 'date-time', example: '2025-11-19T14:05:11.000Z' })
  fired_at: string;

  @ApiProperty({ example: 40.12, description: 'Spend at that moment.' })
  spend_usd: number;

  @ApiProperty({
    enum: STATES,
    example: 'sent',
    description: '`sent`: handed to the webhooks, which try for three days; `refused`: the address may not be called.',
  })
  message: FiringState;

  static from(row: BudgetFiringRow): BudgetFiringDto {
    const dto = new BudgetFiringDto();
    dto.threshold = row.threshold;
    dto.fired_at = new Date(row.firedAt).toISOString();
    dto.spend_usd = usdOf(row.spendNanoUsd);
    dto.message = row.state;
    return dto;
  }
}

export class BudgetPeriodDto {
  @ApiProperty({ example: '2025-11', description: 'The local month, or the local day as `2025-11-20`.' })
  label: string;

  @ApiProperty({ format: 'date-time', example: '2025-10-31T23:00:00.000Z' })
  start: string;

  @ApiProperty({ format: 'date-time', example: '2025-11-30T23:00:00.000Z', description: 'Exclusive.' })
  end: string;

  @ApiProperty({ example: 40.12 })
  spend_usd: number;

  @ApiProperty({ example: 80.24, description: 'Spend in percent of the limit, two decimals.' })
  percent: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 63.7,
    description: 'Spend at the end of the period at its pace so far; `null` in its first hundredth.',
  })
  forecast_usd: number | null;

  @ApiProperty({ type: 'integer', example: 1200, description: 'AI calls that count.' })
  calls: number;

  @ApiProperty({ type: 'integer', example: 3, description: 'Of these, calls whose cost is not known.' })
  unpriced_calls: number;

  @ApiProperty({ type: [BudgetFiringDto] })
  fired: BudgetFiringDto[];

  static from(status: BudgetStatus): BudgetPeriodDto {
    const { period, spend, budget, forecastNanoUsd } = status;
    const dto = new BudgetPeriodDto();
    dto.label = period.label;
    dto.start = new Date(period.start).toISOString();
    dto.end = new Date(period.end).toISOString();
    dto.spend_usd = usdOf(spend.nanoUsd);
    dto.percent = Math.round((spend.nanoUsd / budget.limitNanoUsd) * 10_000) / 100;
    dto.forecast_usd = forecastNanoUsd === null ? null : usdOf(forecastNanoUsd);
    dto.calls = spend.calls;
    dto.unpriced_calls = spend.unpricedCalls;
    dto.fired = status.fired.map((row) => BudgetFiringDto.from(row));
    return dto;
  }
}

export class BudgetDto {
  @ApiProperty({ example: 'bud_6f1c0d3a9b2e47c8a5d01e22', description: "The budget's own id." })
  id: string;

  @ApiProperty({ enum: SCOPES, example: 'model' })
  scope: SpendScope;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'gpt-4.1-mini',
    description: 'The user, project or model: what was given as `id` when the budget was made.',
  })
  scope_id: string | null;

  @ApiProperty({ enum: PERIODS, example: 'month' })
  period: BudgetPeriodKind;

  @ApiProperty({ example: 50 })
  limit_usd: number;

  @ApiProperty({ type: [Number], example: [80, 100] })
  thresholds: number[];

  @ApiProperty({ type: String, nullable: true, example: 'https://hooks.example.com/almanac' })
  webhook_url: string | null;

  @ApiProperty({ example: 'Europe/Berlin' })
  tz: string;

  @ApiProperty({ format: 'date-time', example: '2025-11-01T09:00:00.000Z' })
  created_at: string;

  @ApiProperty({ format: 'date-time', example: '2025-11-01T09:00:00.000Z' })
  updated_at: string;

  @ApiProperty({ type: BudgetPeriodDto, description: 'The present period.' })
  current: BudgetPeriodDto;

  static from(status: BudgetStatus): BudgetDto {
    const { budget } = status;
    const dto = new BudgetDto();
    dto.id = budget.id;
    dto.scope = budget.scope;
    dto.scope_id = budget.scopeId;
    dto.period = budget.period;
    dto.limit_usd = usdOf(budget.limitNanoUsd);
    dto.thresholds = budget.thresholds;
    dto.webhook_url = budget.webhookUrl;
    dto.tz = budget.timeZone;
    dto.created_at = new Date(budget.createdAt).toISOString();
    dto.updated_at = new Date(budget.updatedAt).toISOString();
    dto.current = BudgetPeriodDto.from(status);
    return dto;
  }
}

export class SavedBudgetDto extends BudgetDto {
  @ApiPropertyOptional({
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    description:
      'Verifies the signatures of messages to `webhook_url`. Shown this once, and only when the address is new to you; ' +
      'POST /api/reports/webhooks/{id}/rotate-secret gives another.',
  })
  webhook_secret?: string;

  static override from(saved: SavedBudget): SavedBudgetDto {
    const dto = Object.assign(new SavedBudgetDto(), BudgetDto.from(saved));
    if (saved.webhookSecret !== undefined) dto.webhook_secret = saved.webhookSecret;
    return dto;
  }
}

export class BudgetListDto {
  @ApiProperty({ type: [BudgetDto] })
  budgets: BudgetDto[];

  static from(statuses: BudgetStatus[]): BudgetListDto {
    const dto = new BudgetListDto();
    dto.budgets = statuses.map((status) => BudgetDto.from(status));
    return dto;
  }
}
