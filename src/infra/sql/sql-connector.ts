import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { retryForever } from '../../common/backoff.js';
import { SQL_CONFIG, type SqlConfig } from '../../config/app.config.js';
import { migrate } from './migrator.js';
import { SqlProbe } from './sql-probe.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;
const WATCH_INTERVAL_MS = 1000;
const PING_TIMEOUT_MS = 1000;

/**
 * Connects to SQL in the background, so that the server starts while the database is away: tries with
 * back-off until it answers, applies the migrations, then watches it. It never throws at start.
 */
@Injectable()
export class SqlConnector implements OnModuleInit, OnApplicationShutdown {
  /** Resolves when the schema is up to date and the data source is connected. Never rejects. */
  readonly ready: Promise<void>;

  private readonly logger = new Logger(SqlConnector.name);
  private readonly stopped = new AbortController();
  private readonly probe: SqlProbe;
  private resolveReady: () => void;
  private connecting: Promise<void> = Promise.resolve();
  private connected = false;
  private answering = false;
  private watch?: NodeJS.Timeout;

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(SQL_CONFIG) private readonly config: SqlConfig,
  ) {
    this.ready = new Promise((resolve) => (this.resolveReady = resolve));
    this.probe = new SqlProbe(dataSource, config);
  }

  onModuleInit(): void {
    this.connecting = this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped.abort();
    clearInterval(this.watch);
    this.connected = false;
    await this.connecting;
    await this.probe.close();
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  /** The schema is up to date: stays true once it is, even while the database is away. */
  isMigrated(): boolean {
    return this.connected;
  }

  /** Connected, migrated, and the latest check was answered. While false, requests should get 503 at once. */
  isReady(): boolean {
    return this.connected && this.answering;
  }

  /** Resolves when the database answers a trivial query in time; rejects otherwise. */
  async ping(timeoutMs: number): Promise<void> {
    if (!this.connected) throw new Error('SQL is not connected yet');
    await this.probe.ping(timeoutMs);
  }

  private async connect(): Promise<void> {
    try {
      await retryForever(() => this.migrateAndInitialize(), {
        firstDelayMs: FIRST_PAUSE_MS,
        maxDelayMs: LONGEST_PAUSE_MS,
        signal: this.stopped.signal,
        onFailure: (error) =>
          this.logger.warn(`SQL (${this.config.dialect}) is not available yet, trying again: ${describe(error)}`),
      });
    } catch (error) {
      // The only end without success is the shutdown.
      if (!this.stopped.signal.aborted) throw error;
    }
  }

  private async migrateAndInitialize(): Promise<void> {
    const applied = await migrate(this.config, this.stopped.signal);
    if (applied.length > 0) this.logger.log(`Applied ${applied.length} SQL migration(s): ${applied.join(', ')}`);
    if (this.stopped.signal.aborted) return;
    await this.dataSource.initialize();
    this.connected = true;
    this.answering = true;
    this.resolveReady();
    this.watch = setInterval(() => void this.check(), WATCH_INTERVAL_MS);
    this.watch.unref();
  }

  private async check(): Promise<void> {
    const answers = await this.probe.ping(PING_TIMEOUT_MS).then(
      () => true,
      (error: unknown) => {
        if (this.answering && this.connected) this.logger.warn(`SQL stopped answering: ${describe(error)}`);
        return false;
      },
    );
    if (answers && !this.answering) this.logger.log('SQL answers again');
    this.answering = answers;
  }
}

/** Driver messages name no secret but may hold the connection's parts; the code says enough where there is one. */
function describe(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? code : typeof message === 'string' && message ? message : 'unknown error';
}
