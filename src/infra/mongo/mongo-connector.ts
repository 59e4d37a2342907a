import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { mongo, STATES, type Connection } from 'mongoose';
import { retryForever } from '../../common/backoff.js';
import { MONGO_CONFIG, type MongoConfig } from '../../config/app.config.js';
import { mongoOptions } from './mongo-options.js';

const PING_TIMEOUT_MS = 900;
const OUT_OF_DISK_SPACE = 14_031;

/**
 * Opens the connection in the background with back-off, so that the server starts (and answers probes)
 * while MongoDB is away, then builds the indexes that the schemas declare. After the first success the
 * driver reconnects by itself.
 */
@Injectable()
export class MongoConnector implements OnApplicationBootstrap, OnModuleDestroy {
  /** Settles when MongoDB is connected and indexed for the first time; rejects only when the server stops first. */
  readonly ready: Promise<void>;
  private readonly logger = new Logger(MongoConnector.name);
  private readonly stopping = new AbortController();
  private markReady: () => void;
  private markStopped: (reason: unknown) => void;

  constructor(
    @InjectConnection() private readonly connection: Connection,
    @Inject(MONGO_CONFIG) private readonly config: MongoConfig,
  ) {
    this.ready = new Promise((resolve, reject) => {
      this.markReady = resolve;
      this.markStopped = reject;
    });
    this.ready.catch(() => undefined);
  }

  onApplicationBootstrap(): void {
    void this.connect();
  }

  onModuleDestroy(): void {
    this.stopping.abort(new Error('The server is stopping'));
  }

  /** @throws the driver's error when MongoDB does not answer. */
  async ping(): Promise<void> {
    if (this.connection.readyState === STATES.disconnected || this.connection.db === undefined)
      throw new Error('not connected');
    await this.connection.db.admin().command({ ping: 1 }, { signal: AbortSignal.timeout(PING_TIMEOUT_MS) });
  }

  get databaseName(): string {
    return this.config.databaseName;
  }

  private async connect(): Promise<void> {
    try {
      await retryForever(() => this.open(), {
        firstDelayMs: 100,
        maxDelayMs: 5000,
        signal: this.stopping.signal,
        onFailure: (error, attempt, delay) =>
          this.logger.warn(`${problemOf(error)} (attempt ${attempt}); next try in ${delay} ms`),
      });
      this.markReady();
    } catch (error) {
      this.markStopped(error);
    }
  }

  private async open(): Promise<void> {
    if (this.connection.readyState !== STATES.connected) {
      await this.connection.openUri(this.config.uri ?? '', mongoOptions(this.config));
    }
    for (const model of Object.values(this.connection.models)) {
      await model.createIndexes();
    }
  }
}

/** Without the driver's own text, which names hosts. */
function problemOf(error: unknown): string {
  if (error instanceof mongo.MongoServerError && error.code === OUT_OF_DISK_SPACE) {
    return 'MongoDB has too little free disk space: it needs 500 MB to make its indexes';
  }
  const code = error instanceof mongo.MongoServerError ? ` ${error.codeName ?? error.code}` : '';
  return `MongoDB is not reachable: ${error instanceof Error ? error.name : typeof error}${code}`;
}
