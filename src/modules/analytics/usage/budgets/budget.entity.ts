import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type PrimaryColumnOptions } from 'typeorm';
import { jsonText, wholeNumber } from '../../../../infra/sql/column-types.js';
import type { SpendScope } from '../usage-spend.service.js';
import type { BudgetPeriodKind, FiringState } from './budget-row.js';

@Entity('budgets')
@Index('IDX_budgets_user_id', ['userId'])
export class BudgetEntity {
  @PrimaryColumn('text')
  id: string;

  // No foreign key: a token minted elsewhere speaks for a user without a row.
  @Column('text', { name: 'user_id' })
  userId: string;

  @Column('text')
  scope: SpendScope;

  @Column('text', { name: 'scope_id', nullable: true })
  scopeId: string | null;

  @Column('text')
  period: BudgetPeriodKind;

  @Column(wholeNumber({ name: 'limit_nano_usd' }))
  limitNanoUsd: number;

  @Column(jsonText())
  thresholds: number[];

  @Column('text', { name: 'webhook_url', nullable: true })
  webhookUrl: string | null;

  @Column('text', { name: 'time_zone' })
  timeZone: string;

  @Column(wholeNumber({ name: 'created_at' }))
  createdAt: number;

  @Column(wholeNumber({ name: 'updated_at' }))
  updatedAt: number;
}

@Entity('budget_firings')
@Index('IDX_budget_firings_state', ['state'])
export class BudgetFiringEntity {
  @PrimaryColumn('text', { name: 'budget_id' })
  budgetId: string;

  @ManyToOne(() => BudgetEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'budget_id', foreignKeyConstraintName: 'FK_budget_firings_budget_id' })
  budget?: BudgetEntity;

  @PrimaryColumn(wholeNumber({ name: 'period_start' }) as PrimaryColumnOptions)
  periodStart: number;

  @PrimaryColumn(wholeNumber() as PrimaryColumnOptions)
  threshold: number;

  @Column(wholeNumber({ name: 'period_end' }))
  periodEnd: number;

  @Column(wholeNumber({ name: 'spend_nano_usd' }))
  spendNanoUsd: number;

  @Column(wholeNumber({ name: 'limit_nano_usd' }))
  limitNanoUsd: number;

  @Column(wholeNumber({ name: 'unpriced_calls' }))
  unpricedCalls: number;

  @Column(wholeNumber({ name: 'fired_at' }))
  firedAt: number;

  @Column('text')
  state: FiringState;
}
