import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ServerState } from '../../../common/lifecycle/server-state.js';
import { showLastSync, showSyncDue } from '../../../common/metrics/sync-metrics.js';
import { Clock } from '../../../common/time/clock.js';
import { WHOOP_CONFIG, type WhoopConfig } from '../../../config/app.config.js';
import { BackgroundJob } from '../../../infra/jobs/background-job.js';
import { JobQueue } from '../../../infra/jobs/job-queue.js';
import { LeaseService } from '../../../infra/lease/lease.service.js';
import { nextRunAfter } from '../../../infra/schedule/cron-time.js';
import { ScheduleService, type ScheduleRun } from '../../../infra/schedule/schedule.service.js';
import { WhoopLinksService } from '../grant/whoop-links.service.js';
import { WhoopTokensService } from '../grant/whoop-tokens.service.js';
import { WhoopNotConfiguredError } from '../whoop.errors.js';
import type { SyncType } from './sync-progress.js';
import { WhoopSyncRunService } from './whoop-sync-run.service.js';
import { WhoopSyncRunsRepository } from './whoop-sync-runs.repository.js';
import { SYNC_JOB, WhoopSyncService } from './whoop-sync.service.js';

const LOOK_MS = 30_000;
const DAY_MS = 86_400_000;
const RUNS_KEPT_MS = 90 * DAY_MS;
const SCHEDULE = 'whoop-sync';
/** Replicas that start together sync once. */
const STARTUP_LEASE = 'whoop-startup-sync';
const STARTUP_LEASE_MS = 60_000;
/** A sync that is so fresh is not repeated because the server was started again. */
const FRESH_MS = 10 * 60_000;
/** After a sync that failed, or did so in part. */
const AGAIN_MS = 3_600_000;

/** Syncs at the start, by the clock, and those that are asked for. */
@Injectable()
export class WhoopSyncJob extends BackgroundJob implements OnModuleInit, OnApplicationBootstrap {
  private readonly startedAt: number;

  constructor(
    private readonly jobs: JobQueue,
    private readonly runner: WhoopSyncRunService,
    private readonly syncs: WhoopSyncService,
    private readonly runs: WhoopSyncRunsRepository,
    private readonly links: WhoopLinksService,
    private readonly tokens: WhoopTokensService,
    private readonly schedule: ScheduleService,
    private readonly leases: LeaseService,
    private readonly state: ServerState,
    private readonly clock: Clock,
    @Inject(WHOOP_CONFIG) private readonly config: WhoopConfig,
  ) {
    super();
    this.startedAt = clock.now();
  }

  onModuleInit(): void {
    this.jobs.register(SYNC_JOB, (run) => this.runner.run(run), {
      concurrency: 1,
      maxAttempts: 5,
      backoff: { firstDelayMs: 1000, maxDelayMs: 30_000 },
      onFailed: (job) => this.runner.giveUp(job),
    });
    this.schedule.register({
      name: SCHEDULE,
      description: 'Fetches what is new of the WHOOP member',
      cron: this.config.clientId === undefined ? null : this.config.syncCron,
      begin: () => this.beginNow(),
      lastRun: () => this.lastRun(),
    });
  }

  onApplicationBootstrap(): void {
    void this.state.whenRunning.then(() => this.begin()).catch((error: unknown) => this.report(error));
  }

  @Interval('whoop-sync', LOOK_MS)
  override async run(): Promise<void> {
    if (this.state.current === 'running') await super.run();
  }

  protected async work(): Promise<void> {
    const { syncCron } = this.config;
    // Also while WHOOP wants the link to be renewed: nothing comes then, and somebody has to do something.
    const { isLinked, needsReauthorisation } = await this.links.state();
    const isWanted = syncCron !== null && (isLinked || needsReauthorisation);
    const last = isWanted ? await this.runs.findLastCompleted() : null;
    showSyncDue('whoop', isWanted ? nextRunAfter(syncCron, last?.endedAt ?? this.startedAt) : null);
    if (syncCron !== null && isLinked) {
      await this.schedule.runIfDue(SCHEDULE, syncCron, () => this.beginUnlessFresh('scheduled'));
      await this.makeUp();
      await this.tokens.renewEarly().catch((error: unknown) => this.report(error));
    }
    await this.runs.deleteEndedBefore(this.clock.now() - RUNS_KEPT_MS);
    await this.links.forgetOldStates();
  }

  protected report(error: unknown): void {
    this.logger.warn(`WHOOP is looked after again later: ${error instanceof Error ? error.name : 'unknown error'}`);
  }

  /** In the background: nobody waits for it, and its failure stops nothing. */
  private async begin(): Promise<void> {
    await this.links.importSeed();
    const last = await this.runs.findLastCompleted();
    if (last !== null && last.endedAt !== null) showLastSync('whoop', last.endedAt);
    if (this.config.syncCron === null || !(await this.links.state()).isLinked) return;
    await this.leases.withLease(STARTUP_LEASE, STARTUP_LEASE_MS, () => this.beginUnlessFresh('startup'));
  }

  /** @throws WhoopNotConfiguredError */
  private async beginNow(): Promise<void> {
    const { isLinked, needsReauthorisation } = await this.links.state();
    if (!isLinked && !needsReauthorisation) throw new WhoopNotConfiguredError();
    await this.syncs.begin('scheduled', await this.syncs.automaticDays());
  }

  private async lastRun(): Promise<ScheduleRun | null> {
    const run = (await this.runs.findActive()) ?? (await this.runs.findLast());
    if (run === null) return null;
    return { outcome: run.status, startedAt: run.startedAt, endedAt: run.endedAt, error: run.errorMessage };
  }

  private async beginUnlessFresh(type: SyncType): Promise<void> {
    const last = await this.runs.findLast();
    const isFresh = last?.status === 'completed' && this.clock.now() - last.startedAt < FRESH_MS;
    if (!isFresh) await this.syncs.begin(type, await this.syncs.automaticDays());
  }

  /** A sync that was not complete, or that of the first ninety days, is not put off for a day. */
  private async makeUp(): Promise<void> {
    const last = await this.runs.findLast();
    const isComplete = last === null || last.status === 'completed' || last.endedAt === null;
    // After a link that came in the midst of a day, for example.
    if (isComplete && !(await this.syncs.lacksFirst())) return;
    if (!isComplete && this.clock.now() - last.endedAt! < AGAIN_MS) return;
    await this.syncs.begin('scheduled', await this.syncs.automaticDays());
  }
}
