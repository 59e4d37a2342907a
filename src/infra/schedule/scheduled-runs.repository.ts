import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { sqlRows } from '../sql/sql-rows.js';
import { ScheduledRunEntity } from './scheduled-run.entity.js';

/** Claimed for the first time, and not begun yet. */
const NEVER = 0;

@Injectable()
export class ScheduledRunsRepository {
  constructor(@InjectRepository(ScheduledRunEntity) private readonly runs: Repository<ScheduledRunEntity>) {}

  /** Epoch milliseconds, or null before the first run. */
  async findLastRun(name: string): Promise<number | null> {
    const lastRunAt = (await this.runs.findOneBy({ name }))?.lastRunAt ?? NEVER;
    return lastRunAt === NEVER ? null : lastRunAt;
  }

  /**
   * Takes the run after `lastRunAt` for a holder of the lease. False: a later holder has taken it, or it is done already, and whoever
   * asks was paused past the end of its lease.
   */
  async claim(name: string, lastRunAt: number | null, fencingToken: number): Promise<boolean> {
    const rows = await sqlRows(
      this.runs.manager,
      this.runs.manager.dataSource,
      `INSERT INTO "scheduled_runs" ("name", "last_run_at", "fencing_token") VALUES (?, ?, ?)
       ON CONFLICT ("name") DO UPDATE SET "fencing_token" = excluded."fencing_token"
         WHERE "scheduled_runs"."fencing_token" < excluded."fencing_token" AND "scheduled_runs"."last_run_at" = ?
       RETURNING "name"`,
      [name, NEVER, fencingToken, lastRunAt ?? NEVER],
    );
    return rows.length === 1;
  }

  /** It was begun by the holder that had claimed it. Nothing happens when a later one has claimed it since. */
  async recordClaimed(name: string, fencingToken: number, lastRunAt: number): Promise<void> {
    await this.runs.update({ name, fencingToken }, { lastRunAt });
  }

  /** The holder that had claimed it begins to work. */
  async recordStart(name: string, fencingToken: number, startedAt: number): Promise<void> {
    await this.runs.update({ name, fencingToken }, { startedAt, endedAt: null, outcome: 'running', error: null });
  }

  /** What became of the work, unless a later holder has begun it anew. */
  async recordEnd(
    name: string,
    fencingToken: number,
    end: { outcome: string; endedAt: number; error: string | null },
  ): Promise<void> {
    await this.runs.update({ name, fencingToken }, end);
  }

  /** Of work that was carried out; null: it never was. */
  async findOutcome(
    name: string,
  ): Promise<{ outcome: string; startedAt: number | null; endedAt: number | null; error: string | null } | null> {
    const row = await this.runs.findOneBy({ name });
    if (row === null || row.outcome === null) return null;
    const { outcome, startedAt, endedAt, error } = row;
    return { outcome, startedAt, endedAt, error };
  }

  /** It was begun without a claim, since somebody asked for it. */
  async recordRun(name: string, lastRunAt: number): Promise<void> {
    await this.runs.upsert({ name, lastRunAt }, ['name']);
  }

  /** The clock was ahead when it was written; nothing happens when it has been changed since. */
  async correct(name: string, wrong: number, lastRunAt: number): Promise<void> {
    await this.runs.update({ name, lastRunAt: wrong }, { lastRunAt });
  }
}
