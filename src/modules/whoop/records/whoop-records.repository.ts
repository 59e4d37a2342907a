import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type FindOptionsWhere, type ObjectLiteral } from 'typeorm';
import { selectRows } from '../../../infra/sql/select-rows.js';
import type { PeriodRecords } from '../dashboard/whoop-metrics-figures.js';
import type { KnownTimes } from '../sync/sync-window.js';
import { RECORD_TABLES } from './whoop-record-store.repository.js';
import { WhoopProfileEntity } from './whoop-record.entity.js';
import { RECORD_KINDS, type ProfileRow, type RecordKind, type RecordRows } from './whoop-rows.js';

const BATCH = 500;
const KEY_COLUMNS: Record<RecordKind, string> = {
  sleep: 'sleep_id',
  cycles: 'cycle_id',
  recovery: 'cycle_id',
  workouts: 'workout_id',
};

/** SQL with one `?`, and its value. */
type Condition = [sql: string, value: unknown];

/** Local dates, both inclusive; null is open. */
export interface DateRange {
  from: string | null;
  to: string | null;
}

/** Reads the member's records; the newest first. */
@Injectable()
export class WhoopRecordsRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async list<K extends RecordKind>(memberId: string, kind: K, range: DateRange): Promise<RecordRows[K][]> {
    return this.select(kind, memberId, within(range));
  }

  /** What metrics are made of; of sleeps the main ones. */
  async listFigures(memberId: string, range: DateRange): Promise<PeriodRecords> {
    const conditions = within(range);
    const main: Condition[] = [...conditions, ['"nap" = ?', this.false]];
    const [recoveries, sleeps, cycles, workouts] = await Promise.all([
      this.select('recovery', memberId, conditions, '', ['date', 'recoveryScore']),
      this.select('sleep', memberId, main, '', ['date', 'lightMs', 'slowWaveMs', 'remMs', 'sleepPerformance']),
      this.select('cycles', memberId, conditions, '', ['date', 'strain']),
      this.select('workouts', memberId, conditions, '', ['date', 'workoutId', 'startTime', 'endTime', 'strain']),
    ]);
    return { recoveries, sleeps, cycles, workouts };
  }

  /** Main sleeps only. */
  async listMainSleeps(memberId: string, range: DateRange): Promise<RecordRows['sleep'][]> {
    return this.select('sleep', memberId, [...within(range), ['"nap" = ?', this.false]]);
  }

  async findLatestRecovery(memberId: string): Promise<RecordRows['recovery'] | null> {
    const [latest] = await this.select('recovery', memberId, [], 'LIMIT 1');
    return latest ?? null;
  }

  async findLatestMainSleep(memberId: string): Promise<RecordRows['sleep'] | null> {
    const [latest] = await this.select('sleep', memberId, [['"nap" = ?', this.false]], 'LIMIT 1');
    return latest ?? null;
  }

  /** The record with WHOOP's own id; null: not stored. */
  async findById<K extends RecordKind>(memberId: string, kind: K, id: string): Promise<RecordRows[K] | null> {
    const [row] = await this.select(kind, memberId, [[`"${KEY_COLUMNS[kind]}" = ?`, id]]);
    return row ?? null;
  }

  async findRecoveryOfSleep(memberId: string, sleepId: string): Promise<RecordRows['recovery'] | null> {
    const [row] = await this.select('recovery', memberId, [['"sleep_id" = ?', sleepId]], 'LIMIT 1');
    return row ?? null;
  }

  /** The offset of the newest cycle, or else sleep, as `±hh:mm` or `Z`: where the member was last. */
  async findLatestOffset(memberId: string): Promise<string | null> {
    for (const kind of ['cycles', 'sleep'] as const) {
      const [newest] = await this.select(kind, memberId, [], 'LIMIT 1');
      if (newest !== undefined) return newest.timezoneOffset;
    }
    return null;
  }

  async countAll(memberId: string): Promise<Record<RecordKind, number>> {
    return this.forEach((kind) => this.repository(kind).countBy({ memberId }));
  }

  async findKnownTimes(memberId: string): Promise<Record<RecordKind, KnownTimes>> {
    return this.forEach(async (kind) => {
      const where = { memberId };
      const open: FindOptionsWhere<ObjectLiteral>[] = [{ memberId, scoreState: 'PENDING_SCORE' }];
      const [newest, pending] = await Promise.all([
        this.repository(kind).maximum('startTime', where),
        this.repository(kind).minimum('startTime', open),
      ]);
      return { newest: numberOf(newest), oldestOpen: numberOf(pending) };
    });
  }

  async findLatestDates(memberId: string): Promise<Record<'recovery' | 'sleep' | 'cycle', string | null>> {
    const latest = async (kind: RecordKind, where: FindOptionsWhere<ObjectLiteral>) => {
      const [row] = await this.repository(kind).find({
        select: { date: true },
        where,
        order: { date: 'DESC' },
        take: 1,
      });
      return (row?.['date'] as string | undefined) ?? null;
    };
    const [recovery, sleep, cycle] = await Promise.all([
      latest('recovery', { memberId }),
      latest('sleep', { memberId }),
      latest('cycles', { memberId }),
    ]);
    return { recovery, sleep, cycle };
  }

  async findProfile(memberId: string): Promise<ProfileRow | null> {
    const entity = await this.dataSource.getRepository(WhoopProfileEntity).findOneBy({ memberId });
    return entity && { ...entity };
  }

  /** All records of a kind in small pieces, the newest first. */
  async *stream<K extends RecordKind>(memberId: string, kind: K): AsyncGenerator<RecordRows[K]> {
    for (let skip = 0; ; skip += BATCH) {
      const rows = await this.select(kind, memberId, [], `LIMIT ${BATCH} OFFSET ${skip}`);
      yield* rows;
      if (rows.length < BATCH) return;
    }
  }

  /** @param more conditions with one `?` each, and their values */
  private async select<K extends RecordKind>(
    kind: K,
    memberId: string,
    more: readonly Condition[],
    limit = '',
    properties?: readonly (keyof RecordRows[K])[],
  ): Promise<RecordRows[K][]> {
    const conditions = [['"member_id" = ?', memberId] as Condition, ...more];
    const where = conditions.map(([condition]) => condition).join(' AND ');
    const order = `ORDER BY "start_time" DESC, "${KEY_COLUMNS[kind]}" DESC`;
    const values = conditions.map(([, value]) => value);
    return selectRows(
      this.dataSource,
      RECORD_TABLES[kind].entity,
      `WHERE ${where} ${order} ${limit}`,
      values,
      properties,
    );
  }

  /** SQLite has no booleans. */
  private get false(): boolean | number {
    return this.dataSource.options.type === 'postgres' ? false : 0;
  }

  private repository(kind: RecordKind) {
    return this.dataSource.getRepository(RECORD_TABLES[kind].entity);
  }

  private async forEach<T>(read: (kind: RecordKind) => Promise<T>): Promise<Record<RecordKind, T>> {
    const values = await Promise.all(RECORD_KINDS.map(async (kind) => [kind, await read(kind)] as const));
    return Object.fromEntries(values) as Record<RecordKind, T>;
  }
}

function within({ from, to }: DateRange): Condition[] {
  return [
    ...(from === null ? [] : [['"date" >= ?', from] as Condition]),
    ...(to === null ? [] : [['"date" <= ?', to] as Condition]),
  ];
}

function numberOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
