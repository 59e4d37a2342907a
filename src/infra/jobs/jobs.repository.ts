import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { DatabaseClock } from '../sql/database-clock.js';
import { sqlRows } from '../sql/sql-rows.js';
import { inTransaction } from '../sql/sql-transaction.js';
import { JobQueueFullError, TooManyJobsError } from './job.errors.js';
import { toJobRow, type JobKey, type JobRow, type RawJobRow } from './job-row.js';

/** Any number that nothing else in the database locks together with a hash; "JOBS" in ASCII. */
const ENQUEUE_LOCK = 0x4a4f4253;
const PAGE = 500;
/** For so long a job waits for the worker that it is reserved for. */
export const RESERVED_MS = 30_000;

export interface NewJob extends JobKey {
  userId: string | null;
  payload: string;
  precedence: number;
  /** `null`: now. */
  runAt: number | null;
  maxAttempts: number;
  keepMs: number;
  /** The worker that alone may begin it for a while. */
  reservedFor: string | null;
  /** Of jobs of the kind that wait or run, in all and of the user. */
  limits: { maxQueued: number; maxPerUser: number };
}

export interface Inserted {
  /** False: it was there already. */
  created: boolean;
  row: JobRow;
}

/** Rows of `jobs` as their owners see them. All times are the database's. */
@Injectable()
export class JobsRepository {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Adds jobs, except those whose kind and id are there already. Checked and added as one, so that limits hold among
   * replicas. For each the row, or why it was refused.
   */
  async insertAll(jobs: readonly NewJob[]): Promise<(Inserted | JobQueueFullError | TooManyJobsError)[]> {
    return inTransaction(this.dataSource, async (manager) => {
      if (this.dataSource.options.type === 'postgres') {
        // In one order everywhere, so that two batches never wait for each other.
        for (const kind of [...new Set(jobs.map((job) => job.kind))].sort())
          await manager.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [ENQUEUE_LOCK, kind]);
      }
      const results: (Inserted | JobQueueFullError | TooManyJobsError)[] = [];
      for (const job of jobs) results.push(await this.insert(manager, job));
      return results;
    });
  }

  async find(key: JobKey): Promise<JobRow | null> {
    return this.findIn(this.dataSource, key);
  }

  async findMany(kind: string, ids: readonly string[]): Promise<JobRow[]> {
    const rows: RawJobRow[] = [];
    for (let at = 0; at < ids.length; at += PAGE) {
      const page = ids.slice(at, at + PAGE);
      const marks = page.map(() => '?').join(', ');
      rows.push(
        ...(await this.rows<RawJobRow>(`SELECT * FROM "jobs" WHERE "kind" = ? AND "id" IN (${marks})`, [
          kind,
          ...page,
        ])),
      );
    }
    return rows.map(toJobRow);
  }

  /** The job as cancelled, or null when it is unknown or has ended. */
  async cancel({ kind, id }: JobKey): Promise<JobRow | null> {
    const now = this.clock.now(this.dataSource);
    const rows = await this.rows<RawJobRow>(
      `UPDATE "jobs" SET "state" = 'cancelled', "ended_at" = ${now}, "tell_at" = ${now}, "lease_until" = NULL,
         "error_code" = 'CANCELLED', "error_message" = 'cancelled'
       WHERE "kind" = ? AND "id" = ? AND "state" IN ('queued', 'running') RETURNING *`,
      [kind, id],
    );
    return rows[0] === undefined ? null : toJobRow(rows[0]);
  }

  /** Makes a job that waits, or has ended, due now, with all its attempts. Null when it is unknown or running. */
  async makeDue({ kind, id }: JobKey): Promise<JobRow | null> {
    const now = this.clock.now(this.dataSource);
    const rows = await this.rows<RawJobRow>(
      `UPDATE "jobs" SET "state" = 'queued', "run_at" = ${now}, "attempts" = 0, "ended_at" = NULL, "tell_at" = NULL,
         "error_code" = NULL, "error_message" = NULL
       WHERE "kind" = ? AND "id" = ? AND "state" <> 'running' RETURNING *`,
      [kind, id],
    );
    return rows[0] === undefined ? null : toJobRow(rows[0]);
  }

  async delete({ kind, id }: JobKey): Promise<void> {
    await this.rows('DELETE FROM "jobs" WHERE "kind" = ? AND "id" = ?', [kind, id]);
  }

  /** What was the user's. Workers that are at it lose their lease. */
  async deleteOfUser(userId: string): Promise<void> {
    await this.rows('DELETE FROM "jobs" WHERE "user_id" = ?', [userId]);
  }

  async *streamOfUser(userId: string): AsyncGenerator<JobRow> {
    let after = ['', ''];
    for (;;) {
      const page = await this.rows<RawJobRow>(
        `SELECT * FROM "jobs" WHERE "user_id" = ? AND ("kind", "id") > (?, ?) ORDER BY "kind", "id" LIMIT ${PAGE}`,
        [userId, ...after],
      );
      yield* page.map(toJobRow);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = [last.kind, last.id];
    }
  }

  /** The value of this name that the instance keeps, which is `value` when there was none. */
  async keepValue(name: string, value: string): Promise<string> {
    await this.rows('INSERT INTO "instance_values" ("name", "value") VALUES (?, ?) ON CONFLICT ("name") DO NOTHING', [
      name,
      value,
    ]);
    const rows = await this.rows<{ value: string }>('SELECT "value" FROM "instance_values" WHERE "name" = ?', [name]);
    return rows[0]!.value;
  }

  private async findIn(runner: DataSource | EntityManager, { kind, id }: JobKey): Promise<JobRow | null> {
    const rows = await sqlRows<RawJobRow>(
      runner,
      this.dataSource,
      'SELECT * FROM "jobs" WHERE "kind" = ? AND "id" = ?',
      [kind, id],
    );
    return rows[0] === undefined ? null : toJobRow(rows[0]);
  }

  private async insert(manager: EntityManager, job: NewJob): Promise<Inserted | JobQueueFullError | TooManyJobsError> {
    const existing = await this.findIn(manager, job);
    if (existing !== null) return { created: false, row: existing };
    const { maxQueued, maxPerUser } = job.limits;
    if (maxQueued < Infinity || maxPerUser < Infinity) {
      const counts = await sqlRows<Record<'all' | 'own', number | string | null>>(
        manager,
        this.dataSource,
        `SELECT COUNT(*) AS "all", SUM(CASE WHEN "user_id" = ? THEN 1 ELSE 0 END) AS "own" FROM "jobs"
         WHERE "state" IN ('queued', 'running') AND "kind" = ?`,
        [job.userId ?? '', job.kind],
      );
      if (job.userId !== null && Number(counts[0]!.own) >= maxPerUser) return new TooManyJobsError(maxPerUser);
      if (Number(counts[0]!.all) >= maxQueued) return new JobQueueFullError();
    }
    return { created: true, row: await this.add(manager, job) };
  }

  private async add(manager: EntityManager, job: NewJob): Promise<JobRow> {
    const now = this.clock.now(this.dataSource);
    const { kind, id, userId, payload, precedence, runAt, maxAttempts, keepMs, reservedFor } = job;
    const larger = this.dataSource.options.type === 'postgres' ? 'GREATEST' : 'MAX';
    // After this user's last one, but not before what others have waited for already.
    const ofUser = userId === null ? '"user_id" IS NULL' : '"user_id" = ?';
    const turn = `${larger}(
      COALESCE((SELECT MAX("started_turn") FROM "jobs" WHERE "kind" = ?), 0),
      COALESCE((SELECT MAX("turn") FROM "jobs" WHERE "kind" = ? AND "state" IN ('queued', 'running') AND ${ofUser}), -1) + 1)`;
    const rows = await sqlRows<RawJobRow>(
      manager,
      this.dataSource,
      `INSERT INTO "jobs" ("kind", "id", "user_id", "state", "payload", "precedence", "turn", "run_at", "attempts",
         "max_attempts", "progress", "token", "keep_ms", "reserved_for", "reserved_until", "created_at")
       VALUES (?, ?, ?, 'queued', ?, ?, ${turn}, ${runAt === null ? now : '?'}, 0, ?, 0, 0, ?, ?, ${reservedFor === null ? 'NULL' : `${now} + ${RESERVED_MS}`}, ${now}) RETURNING *`,
      [
        ...[kind, id, userId, payload, precedence, kind, kind],
        ...(userId === null ? [] : [userId]),
        ...(runAt === null ? [] : [runAt]),
        ...[maxAttempts, keepMs, reservedFor],
      ],
    );
    return toJobRow(rows[0]!);
  }

  private rows<T>(sql: string, parameters: readonly unknown[]): Promise<T[]> {
    return sqlRows<T>(this.dataSource, this.dataSource, sql, parameters);
  }
}
