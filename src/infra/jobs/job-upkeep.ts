import { Inject, Injectable, Logger } from '@nestjs/common';
import { INTERRUPTED, retryDelay } from './job-failure.js';
import { JobKinds } from './job-kinds.js';
import { countOutcome, showDepths } from './job-metrics.js';
import { keyOf, toJobInfo, type HeldJob } from './job-row.js';
import { JobRunner } from './job-runner.js';
import { JobRunsRepository } from './job-runs.repository.js';
import { JOB_TIMINGS, type JobTimings } from './job-timings.js';
import { JobUpkeepRepository } from './job-upkeep.repository.js';
import { isDeadWorker } from './worker-id.js';

const CLEANING_MS = 60_000;
/** For so long another process does not tell of the same failure. */
const TELLING_MS = 30_000;
const BACKOFF = { firstDelayMs: 2000, maxDelayMs: 60_000 };

/** Looks after rows: renews leases, gives jobs of dead workers to others, tells modules of failures, deletes what is over. */
@Injectable()
export class JobUpkeep {
  private readonly logger = new Logger(JobUpkeep.name);
  private heartbeat?: NodeJS.Timeout;
  private readonly timers: NodeJS.Timeout[] = [];
  private announce: (job: HeldJob, delayMs: number) => Promise<void> = () => Promise.resolve();
  private readonly busy = new Set<string>();
  private renewedAt = performance.now();

  constructor(
    private readonly upkeep: JobUpkeepRepository,
    private readonly runs: JobRunsRepository,
    private readonly runner: JobRunner,
    private readonly kinds: JobKinds,
    @Inject(JOB_TIMINGS) private readonly timings: JobTimings,
  ) {}

  start(announce: (job: HeldJob, delayMs: number) => Promise<void>): void {
    this.announce = announce;
    this.renewedAt = performance.now();
    const every = (ms: number, name: string, work: () => Promise<void>) =>
      setInterval(() => void this.once(name, work), ms).unref();
    this.heartbeat = every(this.timings.heartbeatMs, 'renewing leases', () => this.renew());
    this.timers.push(every(this.timings.upkeepMs, 'upkeep', () => this.run()));
    this.timers.push(every(CLEANING_MS, 'deleting ended jobs', () => this.upkeep.deleteEnded()));
    void this.once('upkeep', () => this.run());
  }

  /** Leases are still renewed: `stopRenewing` comes when no job is running any more. */
  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  stopRenewing(): void {
    clearInterval(this.heartbeat);
  }

  /** Tells modules of what has failed since, soon and in order. */
  tellSoon(): void {
    void this.once('telling of failures', () => this.tell());
  }

  /** One pass over what a worker that died has left, and what modules must hear of. */
  async run(): Promise<void> {
    for (const worker of await this.upkeep.workers()) {
      if (isDeadWorker(worker, this.runner.worker)) await this.upkeep.expireLeasesOf(worker);
    }
    await this.passOn();
    await this.once('telling of failures', () => this.tell());
    const names = this.kinds.list().map(({ name }) => name);
    showDepths(names, await this.upkeep.depths());
  }

  private async renew(): Promise<void> {
    const held = this.runner.list();
    const askedAt = performance.now();
    if (held.length === 0) {
      this.renewedAt = askedAt;
      return;
    }
    try {
      const renewed = await this.runs.renewAll(this.runner.worker, this.timings.leaseMs);
      this.renewedAt = askedAt;
      const tokens = new Map(renewed.map((job) => [keyOf(job), job.token]));
      for (const run of held) if (tokens.get(keyOf(run.row)) !== run.row.token) run.abort('lease-lost');
    } catch (error) {
      // Others may have taken them by now.
      if (performance.now() - this.renewedAt > this.timings.leaseMs) for (const run of held) run.abort('lease-lost');
      throw error;
    }
  }

  private async passOn(): Promise<void> {
    for (const row of await this.upkeep.expired()) {
      countOutcome(row.kind, 'interrupted');
      if (row.attempts >= row.maxAttempts) {
        await this.runs.fail(row, INTERRUPTED);
        continue;
      }
      // The first time the process was stopped, most likely; after that it may be the job that stops it.
      const delayMs = row.attempts <= 1 ? 0 : retryDelay(row.attempts, this.kinds.find(row.kind)?.backoff ?? BACKOFF);
      if (await this.runs.passOn(row, delayMs)) await this.announce(row, delayMs);
    }
  }

  private async tell(): Promise<void> {
    // Those of other kinds are for a process that knows whom to tell: a command line tool knows one kind.
    const kinds = this.kinds.list().map(({ name }) => name);
    for (;;) {
      const row = await this.upkeep.claimUntold(TELLING_MS, kinds);
      if (row === null) return;
      try {
        await this.kinds.find(row.kind)?.onFailed?.(toJobInfo(row), row.payload);
        await this.upkeep.markTold(row);
      } catch (error) {
        this.logger.warn(`The failure of job ${keyOf(row)} is told of again later: ${String(error)}`);
      }
    }
  }

  private async once(name: string, work: () => Promise<void>): Promise<void> {
    if (this.busy.has(name)) return;
    this.busy.add(name);
    try {
      await work();
    } catch (error) {
      this.logger.debug(`Jobs: ${name} did not succeed and is repeated: ${String(error)}`);
    } finally {
      this.busy.delete(name);
    }
  }
}
