import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { MongoConnector } from '../../../../../infra/mongo/mongo-connector.js';
import { RollupCompactionService } from './rollup-compaction.service.js';

const PERIOD_MS = 5000;

/** Merges what was ingested into rollups, at start and then every few seconds. */
@Injectable()
export class RollupCompactionJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(RollupCompactionJob.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private connected = false;

  constructor(
    private readonly compaction: RollupCompactionService,
    private readonly mongo: MongoConnector,
  ) {}

  onApplicationBootstrap(): void {
    this.mongo.ready.then(
      () => {
        this.connected = true;
        void this.run();
      },
      () => this.logger.debug('The server stopped before MongoDB was reached'),
    );
  }

  /** A pass that is not done when the next one is due takes its place. */
  @Interval('product-rollups', PERIOD_MS)
  async run(): Promise<void> {
    if (!this.connected || this.stopping.signal.aborted) return;
    this.running ??= this.compact().finally(() => (this.running = undefined));
    await this.running;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new Error('The server is stopping'));
    await this.running;
  }

  private async compact(): Promise<void> {
    try {
      await this.compaction.run(Date.now(), this.stopping.signal);
    } catch (error) {
      if (!this.stopping.signal.aborted) this.logger.warn(`Rollups wait for the next run: ${String(error)}`);
    }
  }
}
