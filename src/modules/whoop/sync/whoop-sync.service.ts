import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/clock.js';
import { WHOOP_CONFIG, type WhoopConfig } from '../../../config/app.config.js';
import { JobQueue } from '../../../infra/jobs/job-queue.js';
import { nextRunAfter } from '../../../infra/schedule/cron-time.js';
import { WHOOP_TIMINGS, type WhoopTimings } from '../api/whoop-timings.js';
import { WhoopLinksService } from '../grant/whoop-links.service.js';
import { WhoopRecordsRepository } from '../records/whoop-records.repository.js';
import { RECORD_KINDS, type RecordKind } from '../records/whoop-rows.js';
import { WhoopSyncPendingError } from '../whoop.errors.js';
import { newProgress, type SyncProgress, type SyncType } from './sync-progress.js';
import { FIRST_SYNC_DAYS, firstsOf, gapsOf, startsOfDays, startsSince } from './sync-window.js';
import { WhoopSyncRunsRepository, type SyncRunRow } from './whoop-sync-runs.repository.js';

export const SYNC_JOB = 'whoop-sync';
/** The row of a sync is written before its job: after so long without one the job is missing for good. */
const LOST_JOB_MS = 20_000;
/** Among which gaps are looked for. */
const REMEMBERED_SYNCS = 200;
export const INTERRUPTED = { errorMessage: 'The sync was interrupted and given up', errorCode: 'INTERRUPTED' };

export interface SyncOverview {
  last: SyncRunRow | null;
  counts: Record<RecordKind, number>;
  latestDates: Record<'recovery' | 'sleep' | 'cycle', string | null>;
  /** Epoch milliseconds; null: nothing is scheduled, or nobody is linked. */
  nextSyncAt: number | null;
  reauthorisationNeeded: boolean;
}

/** Begins syncs and waits for them. One runs at a time, among all processes; who asks for another one joins it. */
@Injectable()
export class WhoopSyncService {
  constructor(
    private readonly runs: WhoopSyncRunsRepository,
    private readonly records: WhoopRecordsRepository,
    private readonly links: WhoopLinksService,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
    @Inject(WHOOP_CONFIG) private readonly config: WhoopConfig,
    @Inject(WHOOP_TIMINGS) private readonly timings: WhoopTimings,
  ) {}

  /**
   * Syncs the last `days`, or since what is known when `days` is null, and resolves when that has ended.
   * @throws WhoopNotConfiguredError, WhoopReauthorisationError, WhoopSyncPendingError when it takes too long
   */
  async sync(type: SyncType, days: number | null): Promise<SyncRunRow> {
    await this.links.assertLinked();
    return this.waitFor(await this.begin(type, days));
  }

  /** Durable when it resolves; gives the id of the sync that does it. Does not ask whether anybody is linked. */
  async begin(type: SyncType, days: number | null): Promise<string> {
    for (;;) {
      const active = await this.runs.findActive();
      if (active !== null && !(await this.isLost(active))) return active.id;
      if (active !== null)
        await this.runs.giveUp(active.id, { status: 'failed', endedAt: this.clock.now(), ...INTERRUPTED });
      const id = randomUUID();
      const startedAt = this.clock.now();
      const progress = await this.plan(days, startedAt);
      if (!(await this.runs.create({ id, type, days, startedAt, progress }))) continue;
      await this.enqueue(id);
      return id;
    }
  }

  /** How far a sync is, or how it ended. */
  async find(id: string): Promise<SyncRunRow | null> {
    return this.runs.find(id);
  }

  /** @throws WhoopSyncPendingError */
  async waitFor(id: string): Promise<SyncRunRow> {
    const deadline = performance.now() + this.timings.syncWaitMs;
    for (;;) {
      const run = await this.runs.find(id);
      if (run !== null && run.status !== 'running') return run;
      // Erased with all data, or the process that waits has no time left.
      if (run === null || performance.now() > deadline) throw new WhoopSyncPendingError();
      await sleep(this.timings.pollMs);
    }
  }

  async overview(): Promise<SyncOverview> {
    const { memberId, isLinked, needsReauthorisation } = await this.links.state();
    const owner = memberId ?? '';
    const [last, counts, latestDates] = await Promise.all([
      this.runs.findLast(),
      this.records.countAll(owner),
      this.records.findLatestDates(owner),
    ]);
    const { syncCron } = this.config;
    const nextSyncAt = syncCron === null || !isLinked ? null : nextRunAfter(syncCron, this.clock.now());
    return { last, counts, latestDates, nextSyncAt, reauthorisationNeeded: needsReauthorisation };
  }

  async totals(): Promise<Record<RecordKind, number>> {
    return this.records.countAll((await this.links.state()).memberId ?? '');
  }

  /** What the next automatic sync does: the first ninety days, or since what is known. */
  async automaticDays(): Promise<number | null> {
    const totals = await this.totals();
    return RECORD_KINDS.every((kind) => totals[kind] === 0) ? FIRST_SYNC_DAYS : null;
  }

  /** The first ninety days of the member who is linked were not fetched yet, or not of every kind. */
  async lacksFirst(): Promise<boolean> {
    const { memberId } = await this.links.state();
    return firstsOf(await this.runs.listEnded(REMEMBERED_SYNCS), memberId).size < RECORD_KINDS.length;
  }

  private async plan(days: number | null, now: number): Promise<SyncProgress> {
    if (days !== null) return newProgress(now, startsOfDays(days, now));
    const { memberId } = await this.links.state();
    const known = await this.records.findKnownTimes(memberId ?? '');
    const ended = await this.runs.listEnded(REMEMBERED_SYNCS);
    return newProgress(now, startsSince(known, gapsOf(ended, memberId), firstsOf(ended, memberId), now));
  }

  private async enqueue(id: string): Promise<void> {
    try {
      await this.jobs.enqueue(SYNC_JOB, id, {}, { userId: null, withoutRedis: 'accept' });
    } catch (error) {
      await this.runs.giveUp(id, { status: 'failed', endedAt: this.clock.now(), ...INTERRUPTED });
      throw error;
    }
  }

  /** The process died between the row and its job, or the job ended without telling. */
  private async isLost({ id, startedAt }: SyncRunRow): Promise<boolean> {
    if (this.clock.now() - startedAt < LOST_JOB_MS) return false;
    const job = await this.jobs.find(SYNC_JOB, id);
    return job === null || job.state === 'done' || job.state === 'failed' || job.state === 'cancelled';
  }
}
