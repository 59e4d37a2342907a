import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In, IsNull, LessThan, Not } from 'typeorm';
import { isUniqueViolation } from '../../../infra/sql/sql-errors.js';
import { inTransaction } from '../../../infra/sql/sql-transaction.js';
import type { ListedRepository } from '../client/github-answers.js';
import { FencedWritesRepository, type Fence, type RunFigures } from './fenced-writes.repository.js';
import {
  GithubRefreshItemEntity,
  GithubRefreshJobEntity,
  type EndStatus,
  type RefreshItemStatus,
} from './github-refresh.entity.js';

export type RefreshJobRow = Omit<GithubRefreshJobEntity, 'activeKey' | 'fencingToken'>;

export interface RefreshItemRow {
  position: number;
  repositoryId: string;
  name: string;
  status: RefreshItemStatus;
  error: string | null;
}

export interface NewItem extends RefreshItemRow {
  /** Null: nothing is to be read of it. */
  listed: ListedRepository | null;
}

/** An item that is not done yet. */
export interface OpenItem extends RefreshItemRow {
  listed: ListedRepository;
}

export interface ItemResult {
  position: number;
  status: RefreshItemStatus;
  error: string | null;
}

const ACTIVE_KEY = 'refresh';
const WRITE_STEP = 200;
const OPEN: RefreshItemStatus[] = ['queued', 'running'];

/** Refreshes and what became of each repository in them. */
@Injectable()
export class RefreshJobsRepository {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly writes: FencedWritesRepository,
  ) {}

  /** False: another refresh is not over yet. */
  async create(id: string, createdAt: number): Promise<boolean> {
    try {
      await this.jobs.insert({
        id,
        activeKey: ACTIVE_KEY,
        status: 'queued',
        createdAt,
        startedAt: null,
        completedAt: null,
        errorMessage: null,
        totalRepositories: null,
        repositoriesProcessed: 0,
        currentShare: 0,
        rateRemaining: null,
        rateResetAt: null,
        pointsUsed: 0,
        pausedUntil: null,
        fencingToken: 0,
      });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  /** Takes back a refresh that could not be queued. */
  async delete(id: string): Promise<void> {
    await this.jobs.delete({ id });
  }

  async findActive(): Promise<RefreshJobRow | null> {
    return toRow(await this.jobs.findOneBy({ activeKey: ACTIVE_KEY }));
  }

  async find(id: string): Promise<RefreshJobRow | null> {
    return toRow(await this.jobs.findOneBy({ id }));
  }

  /** The newest first. */
  async list(limit: number): Promise<RefreshJobRow[]> {
    const entities = await this.jobs.find({ order: { createdAt: 'DESC', id: 'ASC' }, take: limit });
    return entities.map((entity) => toRow(entity)!);
  }

  async findLastCompletion(): Promise<number | null> {
    const entity = await this.jobs.findOne({ where: { status: 'completed' }, order: { completedAt: 'DESC' } });
    return entity?.completedAt ?? null;
  }

  /** By job, in the order in which they are read. */
  async listItems(jobIds: readonly string[]): Promise<Map<string, RefreshItemRow[]>> {
    const entities = await this.items.find({
      where: { jobId: In(jobIds) },
      select: { jobId: true, position: true, repositoryId: true, name: true, status: true, error: true },
      order: { jobId: 'ASC', position: 'ASC' },
    });
    const items = new Map<string, RefreshItemRow[]>(jobIds.map((id) => [id, []]));
    for (const { jobId, position, repositoryId, name, status, error } of entities) {
      items.get(jobId)?.push({ position, repositoryId, name, status, error });
    }
    return items;
  }

  /** The run with this token is now the only one that may write. Null: the refresh is over, or a later run has begun. */
  async begin(id: string, token: number, now: number): Promise<RefreshJobRow | null> {
    const mine = { id, activeKey: Not(IsNull()), fencingToken: LessThan(token) };
    const { affected } = await this.jobs.update(mine, { fencingToken: token, status: 'running', pausedUntil: null });
    if (affected !== 1) return null;
    await this.jobs.update({ id, startedAt: IsNull() }, { startedAt: now });
    return this.find(id);
  }

  async saveItems(fence: Fence, figures: RunFigures, items: readonly NewItem[]): Promise<void> {
    await this.writes.run(fence, figures, async (manager) => {
      for (let i = 0; i < items.length; i += WRITE_STEP) {
        const part = items.slice(i, i + WRITE_STEP).map((item) => ({ ...item, jobId: fence.jobId }));
        await manager.getRepository(GithubRefreshItemEntity).insert(part);
      }
    });
  }

  async listOpenItems(jobId: string): Promise<OpenItem[]> {
    const entities = await this.items.find({ where: { jobId, status: In(OPEN) }, order: { position: 'ASC' } });
    return entities.map(({ position, repositoryId, name, status, error, listed }) => ({
      position,
      repositoryId,
      name,
      status,
      error,
      listed: listed as ListedRepository,
    }));
  }

  async saveResults(fence: Fence, figures: RunFigures, results: readonly ItemResult[]): Promise<void> {
    await this.writes.run(fence, figures, async (manager) => {
      for (const { position, status, error } of results) {
        const listed = OPEN.includes(status) ? {} : { listed: null };
        await manager
          .getRepository(GithubRefreshItemEntity)
          .update({ jobId: fence.jobId, position }, { status, error, ...listed });
      }
    });
  }

  async countByStatus(jobId: string): Promise<Map<RefreshItemStatus, number>> {
    const rows: { status: RefreshItemStatus; count: string | number }[] = await this.items
      .createQueryBuilder('item')
      .select('item.status', 'status')
      .addSelect('COUNT(*)', 'count')
      .where({ jobId })
      .groupBy('item.status')
      .getRawMany();
    return new Map(rows.map(({ status, count }) => [status, Number(count)]));
  }

  async pause(fence: Fence, until: number): Promise<void> {
    await this.writes.run(fence, { pausedUntil: until, currentShare: 0 });
  }

  /** Ends a refresh, whoever runs it, with what is open in it. False: it is over already. */
  async end(id: string, status: EndStatus, errorMessage: string | null, completedAt: number): Promise<boolean> {
    return inTransaction(this.dataSource, async (manager) => {
      const { affected } = await manager
        .getRepository(GithubRefreshJobEntity)
        .update(
          { id, activeKey: ACTIVE_KEY },
          { activeKey: null, status, errorMessage, completedAt, currentShare: 0, pausedUntil: null },
        );
      if (affected !== 1) return false;
      await manager
        .getRepository(GithubRefreshItemEntity)
        .update({ jobId: id, status: In(OPEN) }, { status: 'failed', error: errorMessage, listed: null });
      return true;
    });
  }

  /** Forgets all but the newest refreshes. */
  async deleteAllBut(newest: number): Promise<void> {
    const old = await this.jobs.find({
      select: { id: true },
      where: { activeKey: IsNull() },
      order: { createdAt: 'DESC', id: 'ASC' },
      skip: newest,
      take: WRITE_STEP,
    });
    const ids = old.map(({ id }) => id);
    await this.items.delete({ jobId: In(ids) });
    await this.jobs.delete({ id: In(ids) });
  }

  private get jobs() {
    return this.dataSource.getRepository(GithubRefreshJobEntity);
  }

  private get items() {
    return this.dataSource.getRepository(GithubRefreshItemEntity);
  }
}

function toRow(entity: GithubRefreshJobEntity | null): RefreshJobRow | null {
  if (entity === null) return null;
  const { activeKey: _activeKey, fencingToken: _fencingToken, ...row } = entity;
  return row;
}
