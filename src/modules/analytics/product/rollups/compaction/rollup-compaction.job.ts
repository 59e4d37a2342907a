import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { MongoJob } from '../../../../../infra/jobs/mongo-job.js';
import { MongoConnector } from '../../../../../infra/mongo/mongo-connector.js';
import { RollupCompactionService } from './rollup-compaction.service.js';

const PERIOD_MS = 5000;

/** Merges what was ingested into rollups, at start and then every few seconds. */
@Injectable()
export class RollupCompactionJob extends MongoJob {
  constructor(
    private readonly compaction: RollupCompactionService,
    mongo: MongoConnector,
  ) {
    super(mongo);
  }

  @Interval('product-rollups', PERIOD_MS)
  override run(): Promise<void> {
    return super.run();
  }

  protected work(signal: AbortSignal): Promise<void> {
    return this.compaction.run(Date.now(), signal);
  }

  protected report(error: unknown): void {
    this.logger.warn(`Rollups wait for the next run: ${String(error)}`);
  }
}
