import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { MONGO_CONFIG, type MongoConfig } from '../../../../config/app.config.js';
import { MongoJob } from '../../../../infra/jobs/mongo-job.js';
import { LeaseService } from '../../../../infra/lease/lease.service.js';
import { MongoConnector } from '../../../../infra/mongo/mongo-connector.js';
import { EpochRecoveryService } from './epoch-recovery.service.js';

const PERIOD_MS = 10_000;
const LEASE_MS = 30_000;

/** Recovers epochs of dead processes, at start and then every few seconds. */
@Injectable()
export class EpochRecoveryJob extends MongoJob {
  constructor(
    private readonly recovery: EpochRecoveryService,
    private readonly leases: LeaseService,
    @Inject(MONGO_CONFIG) private readonly config: MongoConfig,
    mongo: MongoConnector,
  ) {
    super(mongo);
  }

  @Interval('epoch-recovery', PERIOD_MS)
  override run(): Promise<void> {
    return super.run();
  }

  protected async work(signal: AbortSignal): Promise<void> {
    if (!(await this.recovery.isNeeded())) return;
    // With the embedded engine there is no other server, and the lease of one that was killed need not run out first.
    if (this.config.embedded) await this.recover(signal);
    else {
      await this.leases.withLease('ingest-epochs', LEASE_MS, (lost) => this.recover(AbortSignal.any([lost, signal])));
    }
  }

  protected report(error: unknown): void {
    this.logger.warn(`The recovery of epochs waits for the next run: ${String(error)}`);
  }

  private async recover(signal: AbortSignal): Promise<void> {
    const sealed = await this.recovery.recover(signal);
    if (sealed > 0) this.logger.log(`Recovered ${sealed} epochs of servers that are gone`);
  }
}
