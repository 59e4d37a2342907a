import { Inject, Injectable, Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { ActiveRun } from './active-run.js';
import { askedDelay, describeFailure, isPermanent, retryDelay } from './job-failure.js';
import { JobKinds, type JobKind } from './job-kinds.js';
import { countOutcome, observeRun } from './job-metrics.js';
import { RunAgain, type JobOutcome, type JobRun } from './job-queue.js';
import { keyOf, type JobKey, type JobRow } from './job-row.js';
import { JobRunsRepository } from './job-runs.repository.js';
import { jobText } from './job-text.js';
import { JOB_TIMINGS, type JobTimings } from './job-timings.js';
import { JobAbortedError, type AbortCause } from './job.errors.js';
import { inSpan } from '../tracing/in-span.js';
import { newWorkerId } from './worker-id.js';

const PROGRESS_INTERVAL_MS = 500;
const STORE_PAUSE_MS = 250;

/** Where a job goes after a run. `due`: somebody must be told that it waits, from that time on (null: now). */
export interface RunEnd {
  row: JobRow;
  waits?: { delayMs: number };
  failed?: boolean;
}

/** Runs jobs that this process has claimed, within their limits, and writes what came of them. */
@Injectable()
export class JobRunner {
  readonly worker = newWorkerId();
  private readonly logger = new Logger(JobRunner.name);
  private readonly active = new Map<string, ActiveRun>();
  private stopping = false;

  constructor(
    private readonly runs: JobRunsRepository,
    private readonly kinds: JobKinds,
    @Inject(JOB_TIMINGS) private readonly timings: JobTimings,
  ) {}

  /**
   * Claims the best job of this kind, or of those reserved for this worker, and runs it to its end. Null: none is due, or
   * the server stops.
   */
  async next(name: string, reserved = false): Promise<RunEnd | null> {
    if (this.stopping) return null;
    const kind = this.kinds.get(name);
    const limits = { leaseMs: this.timings.leaseMs, maxRunningPerUser: kind.maxRunningPerUser, reserved };
    const row = await this.runs.claim(name, this.worker, limits);
    if (row === null) return null;
    const run = new ActiveRun(row, kind.stepLimitMs, this.timings.abortGraceMs);
    // Its lease ran out while this process could not renew it, and here it is again.
    this.abort(row, 'lease-lost');
    this.active.set(keyOf(row), run);
    try {
      return await inSpan(`job ${name}`, { 'almanac.job.attempt': row.attempts }, () => this.carryOut(kind, run));
    } finally {
      run.end();
      if (this.active.get(keyOf(row)) === run) this.active.delete(keyOf(row));
    }
  }

  /** The runs of this process that have not been aborted. */
  list(): ActiveRun[] {
    return [...this.active.values()].filter((run) => !run.signal.aborted);
  }

  abort(key: JobKey, cause: AbortCause): void {
    this.active.get(keyOf(key))?.abort(cause);
  }

  /** No further claims; what runs may end or reach a checkpoint within `graceMs`, then it is aborted and given back. */
  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    const end = performance.now() + graceMs;
    while (this.active.size > 0 && performance.now() < end) await sleep(20);
    for (const run of this.active.values()) run.abort('stopping');
    const limit = performance.now() + this.timings.abortGraceMs + 1000;
    while (this.active.size > 0 && performance.now() < limit) await sleep(20);
  }

  private async carryOut(kind: JobKind, run: ActiveRun): Promise<RunEnd> {
    const startedAt = performance.now();
    let end: RunEnd;
    try {
      const handling = kind.handler(this.runOf(run));
      const outcome: JobOutcome = await Promise.race([handling, run.abandoned]);
      end = await this.succeed(run, outcome);
    } catch (error) {
      end = await this.fail(kind, run, error);
    }
    observeRun(kind.name, (performance.now() - startedAt) / 1000);
    return end;
  }

  private runOf(run: ActiveRun): JobRun {
    const { row } = run;
    let written = 0;
    return {
      id: row.id,
      userId: row.userId,
      payload: row.payload,
      attempt: row.attempts,
      checkpoint: row.checkpoint,
      fencingToken: row.token,
      signal: run.signal,
      progress: (percent) => {
        const now = performance.now();
        if (now - written < PROGRESS_INTERVAL_MS || run.signal.aborted) return;
        written = now;
        const whole = Math.max(0, Math.min(100, Math.floor(percent)));
        this.runs
          .saveProgress(row, whole)
          .catch((error: unknown) => this.logger.debug(`Progress was not noted: ${String(error)}`));
      },
      beginStep: () => run.beginStep(),
      saveCheckpoint: async (data) => {
        const attempts = await this.runs.saveCheckpoint(row, jobText(data));
        if (attempts === null) {
          run.abort('lease-lost');
          throw new JobAbortedError('lease-lost');
        }
        run.attempts = attempts;
        run.signal.throwIfAborted();
        run.beginStep();
        // A good place to stop: the next run begins here.
        if (this.stopping) {
          run.abort('stopping');
          run.signal.throwIfAborted();
        }
      },
    };
  }

  private async succeed(run: ActiveRun, outcome: JobOutcome): Promise<RunEnd> {
    const { row } = run;
    if (outcome instanceof RunAgain) {
      const { at, checkpoint } = outcome;
      const text = checkpoint && jobText(checkpoint);
      if (!(await this.write(row, () => this.runs.runAgain(row, at, text)))) return this.lost(run);
      countOutcome(row.kind, 'waiting');
      return { row, waits: { delayMs: Math.max(0, at - Date.now()) } };
    }
    if (!(await this.write(row, () => this.runs.finish(row)))) return this.lost(run);
    countOutcome(row.kind, 'done');
    return { row };
  }

  private async fail(kind: JobKind, run: ActiveRun, thrown: unknown): Promise<RunEnd> {
    const { row, abortCause } = run;
    if (abortCause === 'cancelled' || abortCause === 'lease-lost') return this.lost(run);
    if (abortCause === 'stopping') {
      if (!(await this.write(row, () => this.runs.release(row)))) return this.lost(run);
      return { row, waits: { delayMs: 0 } };
    }
    // Whatever a handler throws when its time is over, the time limit is the reason.
    const error = abortCause === 'time-limit' ? new JobAbortedError('time-limit') : thrown;
    if (isPermanent(error) || run.attempts >= row.maxAttempts) {
      const failure = describeFailure(error, kind);
      this.report(row, error, `failed for good (${failure.code})`);
      if (!(await this.write(row, () => this.runs.fail(row, failure)))) return this.lost(run);
      countOutcome(row.kind, 'failed');
      return { row, failed: true };
    }
    const delayMs = Math.max(retryDelay(run.attempts, kind.backoff), askedDelay(error));
    this.report(row, error, `failed and is tried again in ${Math.round(delayMs)} ms`);
    if (!(await this.write(row, () => this.runs.retry(row, delayMs)))) return this.lost(run);
    countOutcome(row.kind, 'retried');
    return { row, waits: { delayMs } };
  }

  /** A store that is away for a moment must not cost the work: tried until the lease has certainly run out. */
  private async write(row: JobRow, change: () => Promise<boolean>): Promise<boolean> {
    const end = performance.now() + this.timings.leaseMs;
    for (;;) {
      try {
        return await change();
      } catch (error) {
        this.logger.warn(`The end of job ${keyOf(row)} could not be written yet: ${String(error)}`);
        if (performance.now() > end || this.stopping) return false;
        await sleep(STORE_PAUSE_MS);
      }
    }
  }

  /** The row is no longer of this run: somebody, perhaps elsewhere, cancelled the job, or another worker has it. */
  private async lost({ row, abortCause }: ActiveRun): Promise<RunEnd> {
    const cancelled = abortCause === 'cancelled' || (await this.runs.isCancelled(row).catch(() => false));
    countOutcome(row.kind, cancelled ? 'cancelled' : 'lost');
    return { row };
  }

  private report(row: JobRow, error: unknown, what: string): void {
    const line = `Job ${keyOf(row)}, attempt ${row.attempts}, ${what}: ${nameOf(error)}`;
    if (isPermanent(error)) this.logger.debug(line);
    else this.logger.warn(line, error instanceof Error ? error.stack : undefined);
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
