import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, MoreThan, MoreThanOrEqual, Repository } from 'typeorm';
import { isForeignKeyViolation } from '../../../../infra/sql/sql-errors.js';
import type { BudgetFiringRow, BudgetRow, FiringState } from './budget-row.js';
import { BudgetEntity, BudgetFiringEntity } from './budget.entity.js';

export type BudgetChanges = Partial<Pick<BudgetRow, 'limitNanoUsd' | 'thresholds' | 'webhookUrl' | 'timeZone'>>;

@Injectable()
export class BudgetsRepository {
  constructor(
    @InjectRepository(BudgetEntity) private readonly budgets: Repository<BudgetEntity>,
    @InjectRepository(BudgetFiringEntity) private readonly firings: Repository<BudgetFiringEntity>,
  ) {}

  async create(row: BudgetRow): Promise<void> {
    await this.budgets.insert({ ...row });
  }

  async count(userId: string): Promise<number> {
    return this.budgets.countBy({ userId });
  }

  /** `userId` null: of all users. The oldest first. */
  async list(userId: string | null): Promise<BudgetRow[]> {
    const where = userId === null ? {} : { userId };
    return (await this.budgets.find({ where, order: { createdAt: 'ASC', id: 'ASC' } })).map(toBudget);
  }

  async find(userId: string | null, id: string): Promise<BudgetRow | null> {
    const entity = await this.budgets.findOneBy(userId === null ? { id } : { id, userId });
    return entity && toBudget(entity);
  }

  /** The next budgets of all users by id, after one. */
  async listAfter(id: string, limit: number): Promise<BudgetRow[]> {
    const entities = await this.budgets.find({ where: { id: MoreThan(id) }, order: { id: 'ASC' }, take: limit });
    return entities.map(toBudget);
  }

  /** False when there is no such budget. */
  async update(userId: string | null, id: string, changes: BudgetChanges, updatedAt: number): Promise<boolean> {
    const where = userId === null ? { id } : { id, userId };
    return (await this.budgets.update(where, { ...changes, updatedAt })).affected === 1;
  }

  async delete(userId: string | null, id: string): Promise<boolean> {
    return (await this.budgets.delete(userId === null ? { id } : { id, userId })).affected === 1;
  }

  async deleteOwned(userId: string): Promise<void> {
    await this.budgets.delete({ userId });
  }

  /** Of these budgets, what fired in periods that began at `since` or later. */
  async listFirings(budgetIds: readonly string[], since: number): Promise<BudgetFiringRow[]> {
    const where = { budgetId: In([...budgetIds]), periodStart: MoreThanOrEqual(since) };
    const order = { periodStart: 'ASC', threshold: 'ASC' } as const;
    return (await this.firings.find({ where, order })).map(toFiring);
  }

  /** Keeps the firing, unless the threshold has fired in this period before or the budget is gone. */
  async addFiring(row: BudgetFiringRow): Promise<void> {
    try {
      await this.firings
        .createQueryBuilder()
        .insert()
        .values({ ...row })
        .orIgnore()
        .execute();
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error;
    }
  }

  /** The oldest firings that were not handed to the webhooks yet, with their budgets. */
  async listPending(limit: number): Promise<{ firing: BudgetFiringRow; budget: BudgetRow }[]> {
    const entities = await this.firings.find({
      where: { state: 'pending' },
      relations: { budget: true },
      order: { firedAt: 'ASC', threshold: 'ASC' },
      take: limit,
    });
    return entities.map((entity) => ({ firing: toFiring(entity), budget: toBudget(entity.budget!) }));
  }

  async setFiringState({ budgetId, periodStart, threshold }: BudgetFiringRow, state: FiringState): Promise<void> {
    await this.firings.update({ budgetId, periodStart, threshold }, { state });
  }
}

function toBudget(entity: BudgetEntity): BudgetRow {
  return { ...entity };
}

function toFiring({ budget: _budget, ...row }: BudgetFiringEntity): BudgetFiringRow {
  return row;
}
