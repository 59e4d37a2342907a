import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { retryForever } from '../../common/backoff.js';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { BullWorker } from './bull-worker.js';
import { JobDispatcher, type DispatchedKind, type RunNext } from './job-dispatcher.js';
import { keyOf, type HeldJob } from './job-row.js';
import type { JobTimings } from './job-timings.js';
import { JobQueueUnreachableError } from './job.errors.js';

const ANSWER_LIMIT_MS = 1500;
const CLOSE_LIMIT_MS = 2000;

export interface BullDispatcherOptions {
  url: string;
  /** Of all replicas of one instance, and of no other that uses the same Redis. Asked for when the stores are ready. */
  prefix: () => Promise<string>;
  overdue: (kind: string, forMs: number) => Promise<HeldJob[]>;
  timings: Pick<JobTimings, 'reconcileMs' | 'unheardMs'>;
}

/**
 * With Redis: BullMQ carries permits, not jobs. A permit says "a job of this kind is due"; the worker that gets it runs the
 * best one by the rows. So priorities and fairness are those of the rows, a permit too many does nothing, and one that got
 * lost (Redis keeps nothing on disk) is issued again from the rows.
 */
export class BullDispatcher extends JobDispatcher {
  private readonly logger = new Logger(BullDispatcher.name);
  private readonly queues = new Map<string, Queue>();
  private prefix?: Promise<string>;
  private workers: BullWorker[] = [];
  private kinds: readonly DispatchedKind[] = [];
  private reconciler?: NodeJS.Timeout;
  private reconciling = false;
  private readonly stopping = new AbortController();

  /** @param producer fails at once while Redis is away */
  constructor(
    private readonly producer: Redis,
    private readonly options: BullDispatcherOptions,
  ) {
    super();
  }

  async start(kinds: readonly DispatchedKind[], next: RunNext, works: boolean): Promise<void> {
    const { url } = this.options;
    const prefix = await retryForever(() => this.prefixOfInstance(), {
      firstDelayMs: 100,
      maxDelayMs: 2000,
      signal: this.stopping.signal,
      onFailure: (error) => this.logger.debug(`Jobs are not handed out yet: ${String(error)}`),
    });
    if (this.stopping.signal.aborted) return;
    this.kinds = kinds;
    if (works) this.workers = kinds.map((kind) => new BullWorker(kind, { url, prefix }, next));
    this.reconciler = setInterval(() => void this.reconcile(), this.options.timings.reconcileMs);
    this.reconciler.unref();
  }

  async announce(job: HeldJob, delayMs: number): Promise<void> {
    try {
      await this.issue(job, delayMs);
    } catch (error) {
      this.logger.debug(`Redis was not told of a job, which the rows make good: ${String(error)}`);
    }
  }

  async assertReachable(): Promise<void> {
    try {
      this.assertConnected();
      await within(ANSWER_LIMIT_MS, this.producer.ping());
    } catch (error) {
      throw new JobQueueUnreachableError(error);
    }
  }

  async stop(): Promise<void> {
    this.stopping.abort(new Error('The server is stopping'));
    clearInterval(this.reconciler);
    await Promise.all(this.workers.map((worker) => worker.stop()));
    // The connection is shared and stays; this only ends listening to it.
    const closing = Promise.all([...this.queues.values()].map((queue) => queue.close()));
    await within(CLOSE_LIMIT_MS, closing).catch(() => undefined);
  }

  private async issue(job: HeldJob, delayMs: number): Promise<void> {
    this.assertConnected();
    const delay = Math.max(0, Math.round(delayMs));
    // One permit for each time that a job becomes due, so that it may be issued again and again. A later one must not stand
    // in the way of one for now.
    const due = delay === 0 ? 'now' : String(Date.now() + delay);
    const jobId = createHash('sha256')
      .update(`${keyOf(job)}/${job.token}/${due}`)
      .digest('hex')
      .slice(0, 32);
    const queue = await this.queueOf(job.kind);
    await within(ANSWER_LIMIT_MS, queue.add('due', {}, { jobId, delay, removeOnComplete: true, removeOnFail: true }));
  }

  /** BullMQ opens a queue once: one whose opening failed would stay broken for ever. */
  private async queueOf(kind: string): Promise<Queue> {
    let queue = this.queues.get(kind);
    if (queue === undefined) {
      queue = new Queue(kind, { connection: this.producer, prefix: await this.prefixOfInstance() });
      queue.on('error', (error) => this.logger.debug(`Queue ${kind}: ${String(error)}`));
      this.queues.set(kind, queue);
    }
    try {
      await within(ANSWER_LIMIT_MS, queue.waitUntilReady());
      return queue;
    } catch (error) {
      this.queues.delete(kind);
      void queue.close().catch(() => undefined);
      throw error;
    }
  }

  private prefixOfInstance(): Promise<string> {
    this.prefix ??= this.options.prefix().catch((error: unknown) => {
      this.prefix = undefined;
      throw error;
    });
    return this.prefix;
  }

  private assertConnected(): void {
    if (this.producer.status !== 'ready') throw new Error(`Redis is ${this.producer.status}`);
  }

  private async reconcile(): Promise<void> {
    if (this.reconciling || this.stopping.signal.aborted || this.producer.status !== 'ready') return;
    this.reconciling = true;
    try {
      for (const { name } of this.kinds) {
        for (const job of await this.options.overdue(name, this.options.timings.unheardMs)) await this.issue(job, 0);
      }
    } catch (error) {
      this.logger.debug(`Redis was not told of jobs yet: ${String(error)}`);
    } finally {
      this.reconciling = false;
    }
  }
}

/** Rejects when the promise takes longer; what it does then is ignored. */
export async function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  const done = new AbortController();
  const late = sleep(limitMs, undefined, { signal: done.signal, ref: false }).then(() => {
    throw new Error(`No answer within ${limitMs} ms`);
  });
  late.catch(() => undefined);
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    done.abort();
  }
}
