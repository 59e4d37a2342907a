import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ServerState } from '../../common/lifecycle/server-state.js';
import { HTTP_CONFIG, JOBS_CONFIG, type HttpConfig, type JobsConfig } from '../../config/app.config.js';
import { JobDispatcher } from './job-dispatcher.js';
import { JobInserts } from './job-inserts.js';
import { JobKinds } from './job-kinds.js';
import {
  JobQueue,
  type Enqueued,
  type EnqueueOptions,
  type JobData,
  type JobHandler,
  type JobInfo,
  type JobKindOptions,
} from './job-queue.js';
import { toJobInfo } from './job-row.js';
import { JobRunner, type RunEnd } from './job-runner.js';
import { jobText } from './job-text.js';
import { JobUpkeep } from './job-upkeep.js';
import { JobsRepository } from './jobs.repository.js';

const DEFAULT_PRIORITY = 5;
const HIGHEST_PRIORITY = 9;
/** Of the time that the shutdown may take, the part in which running steps may end by themselves. */
const FINISHING_SHARE = 0.6;

/** The job queue over rows in SQL; a dispatcher, with or without Redis, wakes the workers. */
@Injectable()
export class SqlJobQueue extends JobQueue implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(SqlJobQueue.name);
  private readonly reservedRuns = new Map<string, number>();
  private readonly wanted = new Set<string>();

  constructor(
    private readonly rows: JobsRepository,
    private readonly inserts: JobInserts,
    private readonly kinds: JobKinds,
    private readonly runner: JobRunner,
    private readonly upkeep: JobUpkeep,
    private readonly dispatcher: JobDispatcher,
    private readonly state: ServerState,
    @Inject(JOBS_CONFIG) private readonly config: JobsConfig,
    @Inject(HTTP_CONFIG) private readonly http: Pick<HttpConfig, 'shutdownTimeoutMs'>,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    void this.state.whenRunning
      .then(() => this.start())
      .catch((error: unknown) => this.logger.error(`Jobs are not run: ${String(error)}`));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.upkeep.stop();
    // First the runs: the dispatcher's workers wait for them.
    await Promise.all([this.runner.stop(this.http.shutdownTimeoutMs * FINISHING_SHARE), this.dispatcher.stop()]);
    this.upkeep.stopRenewing();
  }

  register<P extends JobData>(kind: string, handler: JobHandler<P>, options: JobKindOptions = {}): void {
    this.kinds.add(kind, handler, options);
  }

  async enqueue(kind: string, id: string, payload: JobData, options: EnqueueOptions): Promise<Enqueued> {
    const { maxAttempts, keepEndedMs, maxQueued, maxPerUser } = this.kinds.get(kind);
    if (options.withoutRedis !== 'accept') await this.dispatcher.assertReachable();
    const priority = Math.max(0, Math.min(HIGHEST_PRIORITY, options.priority ?? DEFAULT_PRIORITY));
    const job = {
      kind,
      id,
      userId: options.userId,
      payload: jobText(payload),
      precedence: HIGHEST_PRIORITY - Math.round(priority),
      runAt: options.runAt ?? null,
      maxAttempts,
      keepMs: keepEndedMs,
      reservedFor: options.here === true ? this.runner.worker : null,
      limits: { maxQueued, maxPerUser },
    };
    const { created, row } = await this.inserts.insert(job);
    if (created && options.here === true) this.runHere(kind);
    else if (created) await this.dispatcher.announce(row, options.runAt === undefined ? 0 : options.runAt - Date.now());
    return { created, job: toJobInfo(row) };
  }

  async find(kind: string, id: string): Promise<JobInfo | null> {
    const row = await this.rows.find({ kind, id });
    return row && toJobInfo(row);
  }

  async findAll(kind: string, ids: readonly string[]): Promise<Map<string, JobInfo>> {
    const rows = await this.rows.findMany(kind, ids);
    return new Map(rows.map((row) => [row.id, toJobInfo(row)]));
  }

  async cancel(kind: string, id: string): Promise<boolean> {
    const row = await this.rows.cancel({ kind, id });
    if (row === null) return false;
    this.runner.abort(row, 'cancelled');
    this.upkeep.tellSoon();
    return true;
  }

  async runNow(kind: string, id: string): Promise<boolean> {
    const row = await this.rows.makeDue({ kind, id });
    if (row !== null) await this.dispatcher.announce(row, 0);
    return row !== null;
  }

  async delete(kind: string, id: string): Promise<void> {
    await this.rows.delete({ kind, id });
    this.runner.abort({ kind, id }, 'cancelled');
  }

  private async start(): Promise<void> {
    const works = this.config.processType !== 'api';
    this.upkeep.start((job, delayMs) => this.dispatcher.announce(job, delayMs));
    await this.dispatcher.start(this.kinds.list(), (kind) => this.runNext(kind), works);
  }

  private async runNext(kind: string, reserved = false): Promise<boolean> {
    // From the first sign of a shutdown on, jobs are left to other replicas or the next start.
    if (this.state.current !== 'running') return false;
    const end = await this.runner.next(kind, reserved);
    if (end !== null) await this.follow(end, reserved);
    return end !== null;
  }

  private async follow({ row, waits, failed }: RunEnd, reserved: boolean): Promise<void> {
    if (failed === true) this.upkeep.tellSoon();
    if (waits === undefined) return;
    await this.dispatcher.announce(row, waits.delayMs);
    if (reserved) this.runHereAt(row.kind, performance.now() + waits.delayMs);
  }

  /** Timers may fire a little early, and nobody else looks for what is reserved for this process. */
  private runHereAt(kind: string, at: number): void {
    const leftMs = at - performance.now();
    if (leftMs > 0) setTimeout(() => this.runHereAt(kind, at), leftMs).unref();
    else this.runHere(kind);
  }

  /** What is reserved for this process, besides what it is given: it may be one that is given nothing. */
  private runHere(kind: string): void {
    const running = this.reservedRuns.get(kind) ?? 0;
    this.wanted.add(kind);
    if (running >= this.kinds.get(kind).concurrency) return;
    this.reservedRuns.set(kind, running + 1);
    const work = async () => {
      // Again when another came while the last look found nothing.
      while (this.wanted.delete(kind)) while (await this.runNext(kind, true));
    };
    work()
      .catch((error: unknown) => this.logger.warn(`Jobs of kind ${kind} could not be run here: ${String(error)}`))
      .finally(() => this.reservedRuns.set(kind, this.reservedRuns.get(kind)! - 1));
  }
}
