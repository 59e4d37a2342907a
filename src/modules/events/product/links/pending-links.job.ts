import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { MongoJob } from '../../../../infra/jobs/mongo-job.js';
import { MongoConnector } from '../../../../infra/mongo/mongo-connector.js';
import { IdentityLinksService } from './identity-links.service.js';

const PERIOD_MS = 10_000;

/**
 * Finishes identity links that a crash interrupted, at start and then every few seconds. Needs no
 * lease: the same link merged twice, also by two replicas at once, is the same link.
 */
@Injectable()
export class PendingLinksJob extends MongoJob {
  constructor(
    private readonly identities: IdentityLinksService,
    mongo: MongoConnector,
  ) {
    super(mongo);
  }

  @Interval('pending-links', PERIOD_MS)
  override run(): Promise<void> {
    return super.run();
  }

  protected async work(signal: AbortSignal): Promise<void> {
    const events = await this.identities.completePending(signal);
    if (events > 0) this.logger.log(`Completed the identity links of ${events} events`);
  }

  protected report(error: unknown): void {
    this.logger.warn(`Identity links wait for the next run: ${String(error)}`);
  }
}
