import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, IsNull, LessThan, LessThanOrEqual, Not, type EntityManager } from 'typeorm';
import { isUniqueViolation } from '../../../infra/sql/sql-errors.js';
import { totalRecords, type SyncProgress, type SyncStatus, type SyncType } from './sync-progress.js';
import { WhoopSyncRunEntity } from './whoop-sync-run.entity.js';

const ACTIVE = 'active';

export interface SyncRunRow {
  id: string;
  type: SyncType;
  days: number | null;
  status: SyncStatus;
  startedAt: number;
  endedAt: number | null;
  progress: SyncProgress;
  recordsSynced: number;
  errorMessage: string | null;
  errorCode: string | null;
}

export interface SyncEnd {
  status: Exclude<SyncStatus, 'running'>;
  endedAt: number;
  errorMessage: string | null;
  errorCode: string | null;
}

/** Another worker goes on with the sync, or it has ended: what this one has is not stored. */
export class SyncLostError extends Error {
  constructor() {
    super('The sync is no longer this worker’s');
    this.name = 'SyncLostError';
  }
}

/** Syncs and where they are. A run is written only by the job run with the greatest fencing token. */
@Injectable()
export class WhoopSyncRunsRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** False: one is running. */
  async create(run: Pick<SyncRunRow, 'id' | 'type' | 'days' | 'startedAt' | 'progress'>): Promise<boolean> {
    try {
      await this.runs.insert({
        ...run,
        slot: ACTIVE,
        status: 'running',
        endedAt: null,
        recordsSynced: 0,
        errorMessage: null,
        errorCode: null,
        fence: 0,
      });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  async find(id: string): Promise<SyncRunRow | null> {
    return toRow(await this.runs.findOneBy({ id }));
  }

  async findActive(): Promise<SyncRunRow | null> {
    return toRow(await this.runs.findOneBy({ slot: ACTIVE }));
  }

  /** The one that ended last. */
  async findLast(): Promise<SyncRunRow | null> {
    const [last] = await this.runs.find({ where: { slot: IsNull() }, order: { endedAt: 'DESC' }, take: 1 });
    return toRow(last ?? null);
  }

  async findLastCompleted(): Promise<SyncRunRow | null> {
    const where = { slot: IsNull(), status: 'completed' };
    const [last] = await this.runs.find({ where, order: { endedAt: 'DESC' }, take: 1 });
    return toRow(last ?? null);
  }

  /** The progress of those that ended last, the oldest first. */
  async listEnded(most: number): Promise<SyncProgress[]> {
    const ended = await this.runs.find({ where: { slot: IsNull() }, order: { startedAt: 'DESC' }, take: most });
    return ended.reverse().map(({ progress }) => progress);
  }

  /** From now on only this job run writes it. Null: it has ended, or a later job run has it. */
  async take(id: string, fence: number): Promise<SyncRunRow | null> {
    const { affected } = await this.runs.update({ id, slot: ACTIVE, fence: LessThanOrEqual(fence) }, { fence });
    return affected === 1 ? this.find(id) : null;
  }

  /** @param manager the transaction of what the progress tells of. @throws SyncLostError */
  async saveProgress(id: string, fence: number, progress: SyncProgress, manager?: EntityManager): Promise<void> {
    const runs = manager === undefined ? this.runs : manager.getRepository(WhoopSyncRunEntity);
    const { affected } = await runs.update(
      { id, slot: ACTIVE, fence },
      { progress, recordsSynced: totalRecords(progress) },
    );
    if (affected !== 1) throw new SyncLostError();
  }

  /** @throws SyncLostError */
  async finish(id: string, fence: number, end: SyncEnd): Promise<void> {
    const { affected } = await this.runs.update({ id, slot: ACTIVE, fence }, { ...end, slot: null });
    if (affected !== 1) throw new SyncLostError();
  }

  /** Its job is gone: nobody will finish it. */
  async giveUp(id: string, end: SyncEnd): Promise<void> {
    await this.runs.update({ id, slot: ACTIVE }, { ...end, slot: null });
  }

  async deleteEndedBefore(time: number): Promise<void> {
    await this.runs.delete({ slot: IsNull(), startedAt: LessThan(time) });
  }

  /** All but the one that runs, which finds its member gone. */
  async deleteAll(): Promise<void> {
    await this.runs.delete({ id: Not('') });
  }

  private get runs() {
    return this.dataSource.getRepository(WhoopSyncRunEntity);
  }
}

function toRow(entity: WhoopSyncRunEntity | null): SyncRunRow | null {
  if (entity === null) return null;
  const { id, days, startedAt, endedAt, progress, recordsSynced, errorMessage, errorCode } = entity;
  return {
    id,
    type: entity.type as SyncType,
    days,
    status: entity.status as SyncStatus,
    startedAt,
    endedAt,
    progress,
    recordsSynced,
    errorMessage,
    errorCode,
  };
}
