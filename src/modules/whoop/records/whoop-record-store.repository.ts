import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import {
  DataSource,
  In,
  IsNull,
  Not,
  type EntityManager,
  type EntityTarget,
  type FindOptionsWhere,
  type ObjectLiteral,
} from 'typeorm';
import { upsertRows } from '../../../infra/sql/upsert-rows.js';
import { inTransaction } from '../../../infra/sql/sql-transaction.js';
import { GRANT, WhoopGrantEntity } from '../grant/whoop-grant.entity.js';
import { cycleDate, recoveryDate } from './record-dates.js';
import {
  WhoopCycleEntity,
  WhoopProfileEntity,
  WhoopRecoveryEntity,
  WhoopSleepEntity,
  WhoopWorkoutEntity,
} from './whoop-record.entity.js';
import { RECORD_KINDS, recordId, type ProfileRow, type RecordKind, type RecordRows } from './whoop-rows.js';

interface RecordTable {
  entity: EntityTarget<ObjectLiteral>;
  /** Beside the member. */
  key: 'sleepId' | 'cycleId' | 'workoutId';
}

export const RECORD_TABLES: Record<RecordKind, RecordTable> = {
  sleep: { entity: WhoopSleepEntity, key: 'sleepId' },
  cycles: { entity: WhoopCycleEntity, key: 'cycleId' },
  recovery: { entity: WhoopRecoveryEntity, key: 'cycleId' },
  workouts: { entity: WhoopWorkoutEntity, key: 'workoutId' },
};

/** What a page changed. */
export interface PageChanges {
  new: number;
  updated: number;
  unchanged: number;
}

export interface Window {
  /** Epoch milliseconds, inclusive. */
  start: number;
  endExclusive: number;
}

/** Writes the member's records; each step is one transaction, so that a crash leaves whole pages. */
@Injectable()
export class WhoopRecordStoreRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /**
   * Stores a page of records. One that is older than what is stored is left as it is. `within` is carried out in the same
   * transaction; when it throws nothing is stored.
   * @param seenIn the sync that saw them; null: none, a webhook brought them
   * @param onlyWhileLinked stores nothing where another member is linked by now, or nobody
   */
  async savePage<K extends RecordKind>(
    memberId: string,
    kind: K,
    rows: readonly RecordRows[K][],
    options: { seenIn: string | null; now: number; onlyWhileLinked?: boolean },
    within: (manager: EntityManager, changes: PageChanges) => Promise<void> = async () => undefined,
  ): Promise<PageChanges> {
    return inTransaction(this.dataSource, async (manager) => {
      const linked = await this.lock(manager);
      if (options.onlyWhileLinked === true && linked !== memberId) return { new: 0, updated: 0, unchanged: 0 };
      const changes = await this.upsert(manager, memberId, kind, rows, options);
      await within(manager, changes);
      if (kind !== 'workouts')
        await this.redate(
          manager,
          memberId,
          rows.map((row) => (row as { cycleId: string }).cycleId),
        );
      return changes;
    });
  }

  /**
   * Deletes what a complete walk did not see: WHOOP no longer has it. Left alone are records that are being scored and those
   * that were written after the walk began, which a webhook may have brought behind its back.
   */
  async deleteUnseen(
    memberId: string,
    kind: RecordKind,
    window: Window,
    walk: { seenIn: string; startedAt: number },
    within: (manager: EntityManager, deleted: number) => Promise<void> = async () => undefined,
  ): Promise<number> {
    const { entity, key } = RECORD_TABLES[kind];
    return inTransaction(this.dataSource, async (manager) => {
      await this.lock(manager);
      const gone = await manager
        .createQueryBuilder(entity, 'record')
        .where('record.memberId = :memberId', { memberId })
        .andWhere('record.startTime >= :start AND record.startTime < :endExclusive', window)
        .andWhere('record.scoreState <> :pending', { pending: 'PENDING_SCORE' })
        .andWhere('(record.seenIn IS NULL OR record.seenIn <> :seenIn)', { seenIn: walk.seenIn })
        .andWhere('record.storedAt < :startedAt', { startedAt: walk.startedAt })
        .getMany();
      if (gone.length > 0) {
        const ids = gone.map((row) => row[key] as string);
        for (const batch of batchesOf(ids)) await manager.delete(entity, { memberId, [key]: In(batch) });
        if (kind !== 'workouts')
          await this.redate(
            manager,
            memberId,
            gone.map((row) => row['cycleId'] as string),
          );
      }
      await within(manager, gone.length);
      return gone.length;
    });
  }

  async delete(memberId: string, kind: RecordKind, id: string): Promise<void> {
    const { entity, key } = RECORD_TABLES[kind];
    await inTransaction(this.dataSource, async (manager) => {
      const where = { memberId, [key]: id } as FindOptionsWhere<ObjectLiteral>;
      await this.lock(manager);
      const row = await manager.findOneBy(entity, where);
      if (row === null) return;
      await manager.delete(entity, where);
      if (kind !== 'workouts') await this.redate(manager, memberId, [row['cycleId'] as string]);
    });
  }

  /** Of the made-up member, whom nobody linked. */
  async saveProfile(profile: ProfileRow): Promise<void> {
    await this.dataSource.getRepository(WhoopProfileEntity).upsert({ ...profile, linkedBy: null }, ['memberId']);
  }

  /** The profile of the member who is linked, whose records are shown from now on. False: that link is not the present one. */
  async saveLinkedProfile(
    profile: ProfileRow,
    { linkedBy, linkedAt }: { linkedBy: string | null; linkedAt: number | null },
  ): Promise<boolean> {
    return inTransaction(this.dataSource, async (manager) => {
      const { affected } = await manager
        .getRepository(WhoopGrantEntity)
        .update(
          { id: GRANT, refreshToken: Not(IsNull()), linkedAt: linkedAt ?? IsNull() },
          { memberId: profile.memberId },
        );
      if (affected !== 1) return false;
      await manager.getRepository(WhoopProfileEntity).upsert({ ...profile, linkedBy }, ['memberId']);
      return true;
    });
  }

  /** The members whom this account linked, now or before. */
  async listMembersLinkedBy(userId: string): Promise<string[]> {
    const profiles = await this.dataSource.getRepository(WhoopProfileEntity).findBy({ linkedBy: userId });
    return profiles.map(({ memberId }) => memberId);
  }

  async deleteMember(memberId: string): Promise<void> {
    await inTransaction(this.dataSource, async (manager) => {
      await this.lock(manager);
      for (const kind of RECORD_KINDS) await manager.delete(RECORD_TABLES[kind].entity, { memberId });
      await manager.delete(WhoopProfileEntity, { memberId });
    });
  }

  /** All records and profiles, of every member that was ever linked. */
  async deleteAll(): Promise<void> {
    await inTransaction(this.dataSource, async (manager) => {
      await this.lock(manager);
      for (const kind of RECORD_KINDS)
        await manager.createQueryBuilder().delete().from(RECORD_TABLES[kind].entity).execute();
      await manager.createQueryBuilder().delete().from(WhoopProfileEntity).execute();
    });
  }

  /**
   * One writer at a time, among all processes: what a sync read before a webhook wrote must not be written after it. SQLite
   * sees to that by itself. Gives the member who is linked; null: nobody is.
   */
  private async lock(manager: EntityManager): Promise<string | null> {
    const isPostgres = this.dataSource.options.type === 'postgres';
    const rows: { member_id: string | null; refresh_token: string | null }[] = await manager.query(
      `SELECT "member_id", "refresh_token" FROM "whoop_grants" WHERE "id" = '${GRANT}'${isPostgres ? ' FOR UPDATE' : ''}`,
    );
    const [row] = rows;
    return row === undefined || row.refresh_token === null ? null : row.member_id;
  }

  private async upsert<K extends RecordKind>(
    manager: EntityManager,
    memberId: string,
    kind: K,
    rows: readonly RecordRows[K][],
    { seenIn, now }: { seenIn: string | null; now: number },
  ): Promise<PageChanges> {
    const { entity, key } = RECORD_TABLES[kind];
    // A record that is twice in a page counts once, as its newest self.
    const byId = new Map<string, RecordRows[K]>();
    for (const row of rows) {
      const known = byId.get(recordId(kind, row));
      if (known === undefined || row.updatedAt >= known.updatedAt) byId.set(recordId(kind, row), row);
    }
    const changes: PageChanges = { new: 0, updated: 0, unchanged: 0 };
    if (byId.size === 0) return changes;
    const where = { memberId, [key]: In([...byId.keys()]) };
    const stored = new Map((await manager.findBy(entity, where)).map((row) => [row[key] as string, row]));
    const written: ObjectLiteral[] = [];
    for (const [id, row] of byId) {
      const before = stored.get(id);
      if (before === undefined) changes.new += 1;
      else if (row.updatedAt > (before['updatedAt'] as number)) changes.updated += 1;
      else changes.unchanged += 1;
      if (before === undefined || row.updatedAt >= (before['updatedAt'] as number)) {
        const date = before === undefined || kind === 'workouts' || kind === 'sleep' ? {} : datesOf(before, kind);
        written.push({
          ...row,
          ...date,
          memberId,
          seenIn: seenIn ?? (before?.['seenIn'] as string | null | undefined) ?? null,
          storedAt: now,
        });
      } else if (seenIn !== null) written.push({ ...before, seenIn });
    }
    await upsertRows(manager, entity, written);
    return changes;
  }

  /**
   * Cycles and recoveries take their days from sleeps, which may come later, change, or go: whenever a record of a cycle is
   * written or deleted, the days of that cycle are made again.
   */
  private async redate(manager: EntityManager, memberId: string, ids: readonly string[]): Promise<void> {
    const cycleIds = [...new Set(ids)];
    for (const batch of batchesOf(cycleIds)) {
      const where = { memberId, cycleId: In(batch) };
      const cycles = await manager.findBy(WhoopCycleEntity, where);
      const recoveries = await manager.findBy(WhoopRecoveryEntity, where);
      if (cycles.length === 0 && recoveries.length === 0) continue;
      const sleepIds = recoveries.map(({ sleepId }) => sleepId);
      const sleeps = await manager.findBy(WhoopSleepEntity, [where, { memberId, sleepId: In(sleepIds) }]);
      const cycleOf = new Map(cycles.map((cycle) => [cycle.cycleId, cycle]));
      for (const cycle of cycles) {
        const date = cycleDate(
          cycle,
          sleeps.filter(({ cycleId }) => cycleId === cycle.cycleId),
        );
        if (date !== cycle.date) await manager.update(WhoopCycleEntity, { memberId, cycleId: cycle.cycleId }, { date });
      }
      for (const recovery of recoveries) {
        const sleep = sleeps.find(({ sleepId }) => sleepId === recovery.sleepId);
        const { date, startTime } = recoveryDate(recovery, sleep, cycleOf.get(recovery.cycleId));
        if (date === recovery.date && startTime === recovery.startTime) continue;
        await manager.update(WhoopRecoveryEntity, { memberId, cycleId: recovery.cycleId }, { date, startTime });
      }
    }
  }
}

/** What `redate` has found out stays until it finds out something else: it would be written twice otherwise. */
function datesOf(stored: ObjectLiteral, kind: RecordKind): { date: string; startTime?: number } {
  const { date, startTime } = stored as { date: string; startTime: number };
  return kind === 'recovery' ? { date, startTime } : { date };
}

function batchesOf<T>(items: readonly T[], size = 200): T[][] {
  const batches: T[][] = [];
  for (let i = 0; i < items.length; i += size) batches.push(items.slice(i, i + size));
  return batches;
}
