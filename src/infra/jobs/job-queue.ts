import type { DomainError } from '../../common/errors/domain.error.js';

/** What a job is given and what it keeps between its runs: plain JSON, at most 64 kB each, and never a secret. */
export type JobData = Record<string, unknown>;

/**
 * `queued`: waits for a worker, for the next attempt or for a time; `running`: a worker has it; the others are ends.
 * An ended job stays known for a day (`JobKindOptions.keepEndedMs`), so that its id is not done again.
 */
export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export interface JobInfo {
  id: string;
  kind: string;
  /** Whose job it is; `null`: the instance's own. Erased with the account. */
  userId: string | null;
  state: JobState;
  /** 0 to 100, as the handler says. */
  progress: number;
  /** Runs begun since the last wait or checkpoint that made progress. */
  attempts: number;
  /** Epoch milliseconds, like all times here. Not before this time; null once it has ended. */
  runAt: number | null;
  createdAt: number;
  startedAt: number | null;
  endedAt: number | null;
  /** Of a failed job: a stable code and a sentence that may be shown, without the text of others' errors. */
  error: JobFailure | null;
}

export interface JobFailure {
  code: string;
  message: string;
}

export interface EnqueueOptions {
  /** Whose turn it is: users share a kind fairly, however much one of them asks for. */
  userId: string | null;
  /** Higher goes first, 0 to 9; default 5. Fairness holds among jobs of the same priority. */
  priority?: number;
  /** Not before this time. */
  runAt?: number;
  /**
   * What to do while Redis (if configured) cannot be reached. `refuse` (default): 503, nothing is queued; for requests
   * of users. `accept`: the row is enough, it is handed out when Redis is back; for what a job queues in turn.
   */
  withoutRedis?: 'refuse' | 'accept';
  /**
   * Run it in this process, also where it runs no other jobs: for what only its memory holds. When it has not begun within
   * half a minute (the process is gone), others may.
   */
  here?: boolean;
}

export interface Enqueued {
  /** False: a job of this kind and id is known already; it is as it was, and `job` shows it. */
  created: boolean;
  job: JobInfo;
}

/** What a handler is called with. */
export interface JobRun<P extends JobData = JobData> {
  readonly id: string;
  readonly userId: string | null;
  readonly payload: P;
  /** Counts from 1. */
  readonly attempt: number;
  /** What the last `saveCheckpoint` or `runAgain` of this job kept. */
  readonly checkpoint: JobData | null;
  /** Grows with every run of this job. Store it with what the run writes, and refuse smaller ones. */
  readonly fencingToken: number;
  /**
   * Aborted when the run must end: cancelled, over the time limit of the step, its lease lost, or the server stops. The
   * handler then throws or returns; what it returns counts only if the lease is still held.
   */
  readonly signal: AbortSignal;
  /** 0 to 100; written at most twice a second. Never rejects. */
  readonly progress: (percent: number) => void;
  /** Begins the time limit anew, for work that goes on step by step and has nothing to keep in between. */
  readonly beginStep: () => void;
  /**
   * Ends a step: keeps `data` for the next run and begins the time limit anew. A run that follows a crash begins from it.
   * @throws when the lease is lost
   */
  readonly saveCheckpoint: (data: JobData) => Promise<void>;
}

/** Nothing: the job is done. `RunAgain`: it is called again at that time, and no worker waits meanwhile. */
export type JobOutcome = RunAgain | undefined | void;

export class RunAgain {
  /**
   * @param at not before this time (epoch milliseconds)
   * @param checkpoint what the next run gets; absent: as before
   */
  constructor(
    readonly at: number,
    readonly checkpoint?: JobData,
  ) {}
}

/** Ends a job at once as failed: trying again is no use. Other errors are tried again. */
export class PermanentJobError extends Error {
  constructor(
    /** Stable, upper case. */
    readonly code: string,
    /** A sentence that may be shown. */
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'PermanentJobError';
  }
}

export type JobHandler<P extends JobData = JobData> = (run: JobRun<P>) => Promise<JobOutcome>;

export interface JobKindOptions {
  /** Runs of this kind at once in one process; default 2. */
  concurrency?: number;
  /** Runs of one user at once, in all processes; default: no limit. */
  maxRunningPerUser?: number;
  /** Queued and running jobs in all; beyond it `enqueue` throws 503. Default 10,000. */
  maxQueued?: number;
  /** Queued and running jobs of one user; beyond it `enqueue` throws 429. Default: no limit. */
  maxPerUser?: number;
  /** Default 3. After that many runs that failed, or did not end, the job has failed. */
  maxAttempts?: number;
  /** Before attempt n + 1 it waits a random time up to `firstDelayMs` · 2ⁿ⁻¹, at most `maxDelayMs`. Default 2 s, 60 s. */
  backoff?: { firstDelayMs: number; maxDelayMs: number };
  /** Of one step, that is until `saveCheckpoint` or the end of the run. Default 5 min. */
  stepLimitMs?: number;
  /** How long an ended job stays known. Default a day. */
  keepEndedMs?: number;
  /**
   * Told of every job that failed or was cancelled, also when no handler was running (the process died, a queued job was
   * cancelled). Called until it succeeds, so it may be called twice.
   */
  onFailed?: (job: JobInfo, payload: JobData) => Promise<void>;
  /** What a failed job shows; default: code and message of a DomainError or PermanentJobError, else a general sentence. */
  describeError?: (error: unknown) => JobFailure | DomainError | null;
}

/**
 * Work that outlives the request and the process: a row in SQL is the truth, written before `enqueue` resolves. Without
 * Redis every process looks for rows that are due; with Redis BullMQ tells the workers. Each run holds a lease of 30 s that
 * is renewed meanwhile; a row whose worker is gone is run again by another. A handler may therefore run twice, after a crash:
 * it makes its effects idempotent, by a natural key or by the fencing token. Everything visible happens once.
 *
 * A module registers its kinds in `onModuleInit`, in every process (also in those that do not work on jobs).
 */
export abstract class JobQueue {
  /** @throws Error when the kind has a handler already */
  abstract register<P extends JobData>(kind: string, handler: JobHandler<P>, options?: JobKindOptions): void;

  /**
   * Durable when it resolves. The same kind and id again changes nothing and gives the job that is there.
   * @throws UnavailableError (503: the queue is full, a store or Redis is away), RateLimitedError (429: too many of this user)
   */
  abstract enqueue(kind: string, id: string, payload: JobData, options: EnqueueOptions): Promise<Enqueued>;

  abstract find(kind: string, id: string): Promise<JobInfo | null>;

  /** The jobs among `ids` that are known. */
  abstract findAll(kind: string, ids: readonly string[]): Promise<Map<string, JobInfo>>;

  /** The state is `cancelled` at once, and the handler's signal is aborted soon. False: unknown, or ended already. */
  abstract cancel(kind: string, id: string): Promise<boolean>;

  /**
   * Lets a queued job that waits for a later time, or an ended one, run now; of an ended one the payload is gone. False:
   * unknown or running.
   */
  abstract runNow(kind: string, id: string): Promise<boolean>;

  /** Cancels what is queued or running and forgets the job. */
  abstract delete(kind: string, id: string): Promise<void>;
}
