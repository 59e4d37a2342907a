import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { DatabaseClock } from '../sql/database-clock.js';
import { sqlRows } from '../sql/sql-rows.js';
import { inTransaction } from '../sql/sql-transaction.js';
import type { JobFailure } from './job-queue.js';
import { RESERVED_MS } from './jobs.repository.js';
import { toJobRow, type HeldJob, type JobKey, type JobRow, type RawJobRow } from './job-row.js';

/** Any number that no other advisory lock of ours uses. */
const CLAIM_LOCK = 0x616c6d63;

/** Where a row still belongs to the worker that began this run. */
const IS_HELD = `"kind" = ? AND "id" = ? AND "token" = ? AND "state" = 'running'`;

export interface ClaimLimits {
  leaseMs: number;
  /** Of one user's jobs of this kind, of all replicas. */
  maxRunningPerUser: number;
  /** Only what is reserved for this worker. */
  reserved?: boolean;
}

/**
 * The life of a job while a worker has it. Each change is one statement that names the token of the run: a worker whose
 * lease was given to another changes nothing.
 */
@Injectable()
export class JobRunsRepository {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly clock: DatabaseClock,
  ) {}

  /** Gives the best job that is due to this worker, or null when there is none. */
  async claim(kind: string, worker: string, limits: ClaimLimits): Promise<JobRow | null> {
    const now = this.now();
    const skipLocked = this.isPostgres ? ' FOR UPDATE OF "j" SKIP LOCKED' : '';
    const reserved = limits.reserved
      ? ' AND "j"."reserved_for" = ?'
      : ` AND ("j"."reserved_until" IS NULL OR "j"."reserved_until" <= ${now} OR "j"."reserved_for" = ?)`;
    const isLimited = limits.maxRunningPerUser < Infinity;
    const share = isLimited
      ? ` AND (SELECT COUNT(*) FROM "jobs" "r" WHERE "r"."kind" = "j"."kind" AND "r"."user_id" = "j"."user_id"
            AND "r"."state" = 'running') < ?`
      : '';
    const sql = `WITH "next" AS (
         SELECT "j"."kind", "j"."id" FROM "jobs" "j"
         WHERE "j"."state" = 'queued' AND "j"."kind" = ? AND "j"."run_at" <= ${now}${reserved}${share}
         ORDER BY "j"."precedence", "j"."turn", "j"."created_at", "j"."id" LIMIT 1${skipLocked})
       UPDATE "jobs" SET "state" = 'running', "attempts" = "attempts" + 1, "token" = "token" + 1, "worker" = ?,
         "lease_until" = ${now} + ?, "started_turn" = "turn", "started_at" = COALESCE("started_at", ${now})
       WHERE ("kind", "id") = (SELECT "kind", "id" FROM "next") AND "state" = 'queued' RETURNING *`;
    const parameters = [kind, worker, ...(isLimited ? [limits.maxRunningPerUser] : []), worker, limits.leaseMs];
    const rows =
      isLimited && this.isPostgres
        ? await this.oneByOne<RawJobRow>(kind, sql, parameters)
        : await this.rows<RawJobRow>(sql, parameters);
    return rows[0] === undefined ? null : toJobRow(rows[0]);
  }

  /** Of all runs of this worker; what is not in the answer it has no more. */
  async renewAll(worker: string, leaseMs: number): Promise<HeldJob[]> {
    const rows = await this.rows<{ kind: string; id: string; token: number | string }>(
      `UPDATE "jobs" SET "lease_until" = ${this.now()} + ? WHERE "state" = 'running' AND "worker" = ?
       RETURNING "kind", "id", "token"`,
      [leaseMs, worker],
    );
    return rows.map(({ kind, id, token }) => ({ kind, id, token: Number(token) }));
  }

  /** Whether the job was cancelled or deleted. */
  async isCancelled({ kind, id }: JobKey): Promise<boolean> {
    const rows = await this.rows<{ state: string }>('SELECT "state" FROM "jobs" WHERE "kind" = ? AND "id" = ?', [
      kind,
      id,
    ]);
    return rows[0] === undefined || rows[0].state === 'cancelled';
  }

  async saveProgress(job: HeldJob, percent: number): Promise<void> {
    await this.change(job, '"progress" = ?', [percent]);
  }

  /** Progress made gives all attempts back; the same checkpoint again is none. The attempts now, or null: the lease is lost. */
  async saveCheckpoint(job: HeldJob, checkpoint: string): Promise<number | null> {
    const rows = await this.rows<{ attempts: number | string }>(
      `UPDATE "jobs" SET "attempts" = CASE WHEN "checkpoint" IS NOT DISTINCT FROM ? THEN "attempts" ELSE 1 END,
         "checkpoint" = ? WHERE ${IS_HELD} RETURNING "attempts"`,
      [checkpoint, checkpoint, job.kind, job.id, job.token],
    );
    return rows[0] === undefined ? null : Number(rows[0].attempts);
  }

  async finish(job: HeldJob): Promise<boolean> {
    return this.change(
      job,
      `"state" = 'done', "progress" = 100, "ended_at" = ${this.now()}, "payload" = '{}', "checkpoint" = NULL,
       "worker" = NULL, "lease_until" = NULL`,
      [],
    );
  }

  async fail(job: HeldJob, failure: JobFailure): Promise<boolean> {
    const now = this.now();
    return this.change(
      job,
      `"state" = 'failed', "ended_at" = ${now}, "tell_at" = ${now}, "worker" = NULL, "lease_until" = NULL,
       "error_code" = ?, "error_message" = ?`,
      [failure.code, failure.message],
    );
  }

  /** After a failed attempt. Who has what it needs goes on having it to itself. */
  async retry(job: HeldJob, delayMs: number): Promise<boolean> {
    const delay = Math.round(delayMs);
    return this.change(
      job,
      `"state" = 'queued', "run_at" = ${this.now()} + ?, "worker" = NULL, "lease_until" = NULL,
       "reserved_until" = CASE WHEN "reserved_for" IS NULL THEN NULL ELSE ${this.now()} + ? END`,
      [delay, delay + RESERVED_MS],
    );
  }

  /** Its worker is gone. */
  async passOn(job: HeldJob, delayMs: number): Promise<boolean> {
    return this.change(
      job,
      `"state" = 'queued', "run_at" = ${this.now()} + ?, "worker" = NULL, "lease_until" = NULL,
       "reserved_for" = NULL, "reserved_until" = NULL`,
      [Math.round(delayMs)],
    );
  }

  /** The handler asked for it: not before `runAt`, with all attempts. */
  async runAgain(job: HeldJob, runAt: number, checkpoint: string | undefined): Promise<boolean> {
    const kept = checkpoint === undefined ? '' : ', "checkpoint" = ?';
    return this.change(
      job,
      `"state" = 'queued', "run_at" = ?, "attempts" = 0, "worker" = NULL, "lease_until" = NULL${kept}`,
      [Math.round(runAt), ...(checkpoint === undefined ? [] : [checkpoint])],
    );
  }

  /** The server stops: another worker goes on at once, and this run was no attempt. */
  async release(job: HeldJob): Promise<boolean> {
    return this.change(
      job,
      `"state" = 'queued', "run_at" = ${this.now()}, "attempts" = CASE WHEN "attempts" > 0 THEN "attempts" - 1 ELSE 0 END,
       "worker" = NULL, "lease_until" = NULL, "reserved_for" = NULL, "reserved_until" = NULL`,
      [],
    );
  }

  private async change(job: HeldJob, set: string, parameters: readonly unknown[]): Promise<boolean> {
    const rows = await this.rows(`UPDATE "jobs" SET ${set} WHERE ${IS_HELD} RETURNING "id"`, [
      ...parameters,
      job.kind,
      job.id,
      job.token,
    ]);
    return rows.length === 1;
  }

  /** Claims of a kind wait for each other: two at once would each count what runs without the other. SQLite has one writer. */
  private oneByOne<T>(kind: string, sql: string, parameters: readonly unknown[]): Promise<T[]> {
    return inTransaction(this.dataSource, async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [CLAIM_LOCK, kind]);
      return sqlRows<T>(manager, this.dataSource, sql, parameters);
    });
  }

  private get isPostgres(): boolean {
    return this.dataSource.options.type === 'postgres';
  }

  private now(): string {
    return this.clock.now(this.dataSource);
  }

  private rows<T>(sql: string, parameters: readonly unknown[]): Promise<T[]> {
    return sqlRows<T>(this.dataSource, this.dataSource, sql, parameters);
  }
}
