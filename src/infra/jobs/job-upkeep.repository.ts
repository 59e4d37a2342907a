import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { DatabaseClock } from '../sql/database-clock.js';
import { sqlRows } from '../sql/sql-rows.js';
import { toJobRow, type HeldJob, type JobKey, type JobRow, type RawJobRow } from './job-row.js';

const BATCH = 200;

export interface QueueDepth {
  kind: string;
  /** Jobs that are due and wait for a worker. */
  due: number;
  /** Milliseconds for which the oldest of them has been due. */
  oldestMs: number;
  running: number;
}

/** What must be done to rows besides running them. */
@Injectable()
export class JobUpkeepRepository {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly clock: DatabaseClock,
  ) {}

  /** The kinds of which a job is due. */
  async dueKinds(): Promise<string[]> {
    const rows = await this.rows<{ kind: string }>(
      `SELECT DISTINCT "kind" FROM "jobs" WHERE "state" = 'queued' AND "run_at" <= ${this.now()}`,
    );
    return rows.map(({ kind }) => kind);
  }

  /** Jobs that have been due for so long and that no worker has taken. */
  async overdue(kind: string, forMs: number): Promise<HeldJob[]> {
    const rows = await this.rows<{ kind: string; id: string; token: number | string }>(
      `SELECT "kind", "id", "token" FROM "jobs" WHERE "state" = 'queued' AND "kind" = ? AND "run_at" <= ${this.now()} - ?
       ORDER BY "precedence", "turn" LIMIT ${BATCH}`,
      [kind, forMs],
    );
    return rows.map((row) => ({ ...row, token: Number(row.token) }));
  }

  /** Running jobs whose lease ran out. */
  async expired(): Promise<JobRow[]> {
    const rows = await this.rows<RawJobRow>(
      `SELECT * FROM "jobs" WHERE "state" = 'running' AND "lease_until" <= ${this.now()} LIMIT ${BATCH}`,
    );
    return rows.map(toJobRow);
  }

  /** The workers that have jobs. */
  async workers(): Promise<string[]> {
    const rows = await this.rows<{ worker: string | null }>(
      `SELECT DISTINCT "worker" FROM "jobs" WHERE "state" = 'running'`,
    );
    return rows.flatMap(({ worker }) => (worker === null ? [] : [worker]));
  }

  /** The worker is known to be dead: its leases are over. */
  async expireLeasesOf(worker: string): Promise<void> {
    await this.rows(`UPDATE "jobs" SET "lease_until" = 0 WHERE "state" = 'running' AND "worker" = ?`, [worker]);
  }

  /** Takes one job that failed and whose module was not told; others leave it alone for `leaseMs`. */
  async claimUntold(leaseMs: number, kinds: readonly string[]): Promise<JobRow | null> {
    if (kinds.length === 0) return null;
    const now = this.now();
    const skipLocked = this.dataSource.options.type === 'postgres' ? ' FOR UPDATE SKIP LOCKED' : '';
    const rows = await this.rows<RawJobRow>(
      `WITH "next" AS (SELECT "kind", "id" FROM "jobs"
         WHERE "tell_at" <= ${now} AND "kind" IN (${kinds.map(() => '?').join()}) ORDER BY "tell_at" LIMIT 1${skipLocked})
       UPDATE "jobs" SET "tell_at" = ${now} + ?
       WHERE ("kind", "id") = (SELECT "kind", "id" FROM "next") AND "tell_at" <= ${now} RETURNING *`,
      [...kinds, leaseMs],
    );
    return rows[0] === undefined ? null : toJobRow(rows[0]);
  }

  /** The module knows; what the job was given is no longer needed. */
  async markTold({ kind, id }: JobKey): Promise<void> {
    await this.rows(
      `UPDATE "jobs" SET "tell_at" = NULL, "payload" = '{}', "checkpoint" = NULL
       WHERE "kind" = ? AND "id" = ? AND "state" IN ('failed', 'cancelled')`,
      [kind, id],
    );
  }

  async deleteEnded(): Promise<void> {
    await this.rows(`DELETE FROM "jobs" WHERE "ended_at" + "keep_ms" <= ${this.now()} AND "tell_at" IS NULL`);
  }

  async depths(): Promise<QueueDepth[]> {
    const now = this.now();
    const rows = await this.rows<Record<string, string | number> & { kind: string }>(
      `SELECT "kind", SUM(CASE WHEN "state" = 'queued' THEN 1 ELSE 0 END) AS "due",
         COALESCE(MAX(CASE WHEN "state" = 'queued' THEN ${now} - "run_at" END), 0) AS "oldest",
         SUM(CASE WHEN "state" = 'running' THEN 1 ELSE 0 END) AS "running"
       FROM "jobs" WHERE "state" = 'running' OR ("state" = 'queued' AND "run_at" <= ${now}) GROUP BY "kind"`,
    );
    return rows.map(({ kind, due, oldest, running }) => ({
      kind,
      due: Number(due),
      oldestMs: Number(oldest),
      running: Number(running),
    }));
  }

  private now(): string {
    return this.clock.now(this.dataSource);
  }

  private rows<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return sqlRows<T>(this.dataSource, this.dataSource, sql, parameters);
  }
}
