import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { MongoConnector } from '../../../infra/mongo/mongo-connector.js';
import { MongoJob } from '../../../infra/jobs/mongo-job.js';
import { LeaseService } from '../../../infra/lease/lease.service.js';
import { ActivityGatheringService, GATHERING_LEASE, GATHERING_LEASE_MS } from './activity-gathering.service.js';

const INTERVAL_MS = 60_000;

/** Gathers the writes of a day now and then, in one process at a time. */
@Injectable()
export class ActivityGatheringJob extends MongoJob {
  constructor(
    connector: MongoConnector,
    private readonly leases: LeaseService,
    private readonly gathering: ActivityGatheringService,
  ) {
    super(connector);
  }

  @Interval('activity-gathering', INTERVAL_MS)
  override run(): Promise<void> {
    return super.run();
  }

  protected async work(signal: AbortSignal): Promise<void> {
    await this.leases.withLease(GATHERING_LEASE, GATHERING_LEASE_MS, async (lost) => {
      await this.gathering.gather(AbortSignal.any([lost, signal]));
    });
  }

  protected report(error: unknown): void {
    this.logger.warn(`Gathering activity points waits for the next run: ${String(error)}`);
  }
}
