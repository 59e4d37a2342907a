import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../../../common/time/clock.js';
import { GITHUB_CONFIG, type GithubConfig } from '../../../config/app.config.js';
import { showSyncDue } from '../../../common/metrics/sync-metrics.js';
import { BackgroundJob } from '../../../infra/jobs/background-job.js';
import { JobQueue, RunAgain, type JobInfo, type JobOutcome, type JobRun } from '../../../infra/jobs/job-queue.js';
import { nextRunAfter } from '../../../infra/schedule/cron-time.js';
import { ScheduleService, type ScheduleRun } from '../../../infra/schedule/schedule.service.js';
import { SqlConnector } from '../../../infra/sql/sql-connector.js';
import { RefreshJobsRepository } from '../store/refresh-jobs.repository.js';
import { RefreshEndService } from './refresh-end.service.js';
import { MAX_PAUSES, pauseEnd } from './refresh-pause.js';
import type { RunProgress } from './refresh-run.js';
import { RefreshRunnerService, type RunEnd } from './refresh-runner.service.js';
import { REFRESH_KIND, RefreshService } from './refresh.service.js';

const LOOK_INTERVAL_MS = 30_000;
const SCHEDULE = 'github-refresh';

/** Runs refreshes from the queue, and begins one when the schedule says so. */
@Injectable()
export class RefreshJob extends BackgroundJob implements OnModuleInit, OnApplicationBootstrap {
  private isReady = false;
  private readonly startedAt = Date.now();

  constructor(
    private readonly queue: JobQueue,
    private readonly runner: RefreshRunnerService,
    private readonly refreshes: RefreshService,
    private readonly jobs: RefreshJobsRepository,
    private readonly ends: RefreshEndService,
    private readonly schedule: ScheduleService,
    private readonly sql: SqlConnector,
    private readonly clock: Clock,
    @Inject(GITHUB_CONFIG) private readonly config: GithubConfig,
  ) {
    super();
  }

  onModuleInit(): void {
    this.queue.register(REFRESH_KIND, (run) => this.carryOut(run), {
      concurrency: 1,
      maxAttempts: 5,
      onFailed: (job) => this.endFailed(job),
    });
    this.schedule.register({
      name: SCHEDULE,
      description: 'Refreshes the GitHub dashboard',
      cron: this.refreshes.isConfigured ? this.config.syncCron : null,
      begin: () => this.refreshes.start(),
      lastRun: () => this.lastRun(),
    });
  }

  onApplicationBootstrap(): void {
    void this.sql.ready.then(async () => {
      this.isReady = true;
      await this.refreshes.removeLeftovers().catch((error: unknown) => this.report(error));
      await this.run();
    });
  }

  @Interval('github-schedule', LOOK_INTERVAL_MS)
  override async run(): Promise<void> {
    if (this.isReady) await super.run();
  }

  protected async work(): Promise<void> {
    await this.ends.showStoredSuccess();
    await this.refreshes.reconcile();
    const { syncCron } = this.config;
    if (syncCron === null || !this.refreshes.isConfigured) return;
    const last = await this.jobs.findLastCompletion();
    showSyncDue('github', nextRunAfter(syncCron, last ?? this.startedAt));
    const begun = await this.schedule.runIfDue(SCHEDULE, syncCron, () => this.refreshes.start());
    if (begun) this.logger.log('The scheduled refresh of GitHub begins');
  }

  protected report(error: unknown): void {
    this.logger.warn(`The schedule of GitHub is looked at again later: ${String(error)}`);
  }

  private async lastRun(): Promise<ScheduleRun | null> {
    const [job] = await this.jobs.list(1);
    if (job === undefined) return null;
    const { status, startedAt, completedAt, errorMessage } = job;
    return { outcome: status, startedAt, endedAt: completedAt, error: errorMessage };
  }

  private async carryOut(run: JobRun): Promise<JobOutcome> {
    const { id, fencingToken: token, signal, checkpoint } = run;
    const pauses = Number(checkpoint?.pauses ?? 0);
    const pagesBefore = Number(checkpoint?.pages ?? 0);
    // What grows with the work gives a run that crashed, and had come further, its attempts back.
    const keepAlive = ({ hasProgressed, pages, processed }: RunProgress) =>
      run.saveCheckpoint({ pauses: hasProgressed ? 0 : pauses, pages: pagesBefore + pages, processed });
    const end = await this.runner.run({ jobId: id, token, signal, keepAlive });
    return end.kind === 'over' ? undefined : this.pause(run, end, end.hasProgressed ? 0 : pauses);
  }

  /** No worker waits: the queue calls again, whichever process that will be. */
  private async pause(
    { id, fencingToken: token }: JobRun,
    { fault }: Extract<RunEnd, { kind: 'pause' }>,
    pauses: number,
  ): Promise<JobOutcome> {
    if (pauses >= MAX_PAUSES) {
      await this.ends.end(id, 'failed', fault.message);
      return undefined;
    }
    const until = pauseEnd(fault, pauses, this.clock.now());
    await this.jobs.pause({ jobId: id, token }, until);
    this.logger.log(`The refresh of GitHub pauses until ${new Date(until).toISOString()}: ${fault.message}`);
    return new RunAgain(until, { pauses: pauses + 1 });
  }

  private async endFailed({ id, state, error }: JobInfo): Promise<void> {
    if (state === 'cancelled') await this.ends.end(id, 'failed', 'Cancelled', 'cancelled');
    else await this.ends.end(id, 'failed', error?.message ?? 'Interrupted');
  }
}
