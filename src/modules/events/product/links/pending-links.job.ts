import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { MongoConnector } from '../../../../infra/mongo/mongo-connector.js';
import { IdentityLinksService } from './identity-links.service.js';

const PERIOD_MS = 10_000;

/**
 * Finishes identity links that a crash interrupted, at start and then every few seconds. Needs no
 * lease: the same link merged twice, also by two replicas at once, is the same link.
 */
@Injectable()
export class PendingLinksJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(PendingLinksJob.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private connected = false;

  constructor(
    private readonly identities: IdentityLinksService,
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

  @Interval('pending-links', PERIOD_MS)
  async run(): Promise<void> {
    if (!this.connected || this.stopping.signal.aborted) return;
    this.running ??= this.complete().finally(() => (this.running = undefined));
    await this.running;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async complete(): Promise<void> {
    try {
      const events = await this.identities.completePending(this.stopping.signal);
      if (events > 0) this.logger.log(`Completed the identity links of ${events} events`);
    } catch (error) {
      this.logger.warn(`Identity links wait for the next run: ${String(error)}`);
    }
  }
}
