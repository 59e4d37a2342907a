import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { IDEMPOTENCY_KEY_KEPT_MS } from '../../../../common/http/idempotency-key.js';
import { ServerState } from '../../../../common/lifecycle/server-state.js';
import { gauge } from '../../../../common/metrics/metrics.js';
import { Clock } from '../../../../common/time/clock.js';
import { PRODUCTIVITY_CONFIG, type ProductivityConfig } from '../../../../config/app.config.js';
import { BackgroundJob } from '../../../../infra/jobs/background-job.js';
import { JobQueue, type JobInfo } from '../../../../infra/jobs/job-queue.js';
import { LeaseService } from '../../../../infra/lease/lease.service.js';
import { ReportContentsService } from './report-contents.service.js';
import { ReportRequestKeysRepository } from './report-request-keys.repository.js';
import { REPORT_JOB } from './report-requests.service.js';
import { TASK_STATUSES, taskState, type TaskStatus } from './report-task-state.js';
import { ReportTasksRepository } from './report-tasks.repository.js';

const INTERVAL_MS = 15_000;
const LEASE = 'report-task-upkeep';
const LEASE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A task is written before its job: after so long the job is missing for good. */
const LOST_MS = 20_000;
const BATCH = 500;
const MOST_COUNTED = 2000;

const tasksByState = gauge({
  name: 'almanac_report_tasks',
  help: 'Report tasks that are kept, by state.',
  labelNames: ['state'],
});

/** Gives tasks that have lost their job a new one, deletes what is too old, and counts. */
@Injectable()
export class ReportTaskUpkeepJob extends BackgroundJob {
  constructor(
    private readonly tasks: ReportTasksRepository,
    private readonly contents: ReportContentsService,
    private readonly keys: ReportRequestKeysRepository,
    private readonly jobs: JobQueue,
    private readonly leases: LeaseService,
    private readonly state: ServerState,
    private readonly clock: Clock,
    @Inject(PRODUCTIVITY_CONFIG) private readonly config: ProductivityConfig,
  ) {
    super();
  }

  @Interval('report-task-upkeep', INTERVAL_MS)
  override async run(): Promise<void> {
    if (this.state.current === 'running') await super.run();
  }

  protected async work(signal: AbortSignal): Promise<void> {
    await this.leases.withLease(LEASE, LEASE_MS, async (lost) => {
      const stop = AbortSignal.any([signal, lost]);
      await this.findLost(stop);
      await this.deleteOld(stop);
    });
    await this.count();
  }

  protected report(error: unknown): void {
    this.logger.warn(`Report tasks are looked after again later: ${String(error)}`);
  }

  private async findLost(signal: AbortSignal): Promise<void> {
    const open = await this.tasks.listOpenBefore(new Date(this.clock.now() - LOST_MS), BATCH);
    const jobs = await this.jobs.findAll(
      REPORT_JOB,
      open.map(({ taskId }) => taskId),
    );
    for (const { taskId, userId } of open) {
      signal.throwIfAborted();
      // One that cannot be begun again now, since its user has as many jobs as are allowed, keeps nobody else's waiting.
      await this.resume(taskId, userId, jobs.get(taskId)).catch((error: unknown) => this.report(error));
    }
  }

  private async resume(taskId: string, userId: string, job: JobInfo | undefined): Promise<void> {
    if (job !== undefined && job.state !== 'done') return;
    // The tokens of a new job begin anew.
    await this.tasks.forgetRuns(taskId);
    if (job === undefined) await this.jobs.enqueue(REPORT_JOB, taskId, {}, { userId, withoutRedis: 'accept' });
    else await this.jobs.runNow(REPORT_JOB, taskId);
  }

  private async deleteOld(signal: AbortSignal): Promise<void> {
    const now = this.clock.now();
    await this.keys.deleteBefore(new Date(now - IDEMPOTENCY_KEY_KEPT_MS));
    const before = new Date(now - this.config.reportRetentionDays * DAY_MS);
    for (const taskId of await this.tasks.listEndedBefore(before, BATCH)) {
      signal.throwIfAborted();
      await this.contents.delete(taskId);
      await this.tasks.delete(taskId);
    }
  }

  private async count(): Promise<void> {
    const counts: Record<TaskStatus, number> = { pending: 0, processing: 0, ...(await this.tasks.countEnds()) };
    const open = await this.tasks.list(null, null, MOST_COUNTED);
    const jobs = await this.jobs.findAll(
      REPORT_JOB,
      open.map(({ taskId }) => taskId),
    );
    for (const task of open) counts[taskState(task, jobs.get(task.taskId)).status]++;
    for (const state of TASK_STATUSES) tasksByState.set({ state }, counts[state]);
  }
}
