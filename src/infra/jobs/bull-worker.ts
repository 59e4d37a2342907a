import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Worker } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import type { DispatchedKind, RunNext } from './job-dispatcher.js';

const CLOSE_LIMIT_MS = 1500;
const RESTART_PAUSE_MS = 1000;
const LONGEST_RECONNECT_PAUSE_MS = 3000;

/** Takes the permits of one kind from Redis, for ever: a worker that gave up is replaced by a new one. */
export class BullWorker {
  private readonly logger = new Logger(BullWorker.name);
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;

  constructor(
    private readonly kind: DispatchedKind,
    private readonly options: { url: string; prefix: string },
    private readonly next: RunNext,
  ) {
    this.running = this.supervise();
  }

  /** Ends within a few seconds, also when Redis does not answer. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async supervise(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.work();
      await sleep(RESTART_PAUSE_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async work(): Promise<void> {
    const connections: Redis[] = [];
    const connection = connect(this.options.url, connections);
    const worker = new Worker(this.kind.name, () => this.drain(), {
      connection,
      prefix: this.options.prefix,
      concurrency: this.kind.concurrency,
      autorun: false,
      lockDuration: 30_000,
      stalledInterval: 30_000,
      drainDelay: 5,
      runRetryDelay: 1000,
    });
    worker.on('error', (error: Error) => this.logger.debug(`Worker ${this.kind.name}: ${error.message}`));
    const stop = new Promise<void>((resolve) => this.stopping.signal.addEventListener('abort', () => resolve()));
    try {
      await Promise.race([worker.run(), stop]);
    } catch (error) {
      this.logger.warn(`Worker ${this.kind.name} is started again: ${String(error)}`);
    }
    // Its own close waits for jobs (which the runner ends) and for ever when Redis is away.
    await Promise.race([worker.close(true).catch(() => undefined), sleep(CLOSE_LIMIT_MS, undefined, { ref: false })]);
    for (const open of connections) open.disconnect();
  }

  /** Every due job that no other worker takes first; then the permit is used up. */
  private async drain(): Promise<void> {
    while (!this.stopping.signal.aborted && (await this.next(this.kind.name)));
  }
}

/** Keeps a list of the connection and of the copies that BullMQ makes of it, which it cannot always close. */
function connect(url: string, connections: Redis[]): Redis {
  const open = (options: Partial<RedisOptions> = {}): Redis => {
    const connection = new Redis(url, {
      // Workers wait for Redis; their commands are not lost.
      maxRetriesPerRequest: null,
      connectTimeout: 2000,
      retryStrategy: (attempt) => Math.min(200 * 2 ** Math.min(attempt, 5), LONGEST_RECONNECT_PAUSE_MS),
      ...options,
    });
    connection.duplicate = (override) => open(override);
    // Told of by the connection that producers share.
    connection.on('error', () => undefined);
    connections.push(connection);
    return connection;
  };
  return open();
}
