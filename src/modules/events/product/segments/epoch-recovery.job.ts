import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { MONGO_CONFIG, type MongoConfig } from '../../../../config/app.config.js';
import { LeaseService } from '../../../../infra/lease/lease.service.js';
import { MongoConnector } from '../../../../infra/mongo/mongo-connector.js';
import { EpochRecoveryService } from './epoch-recovery.service.js';

const PERIOD_MS = 10_000;
const LEASE_MS = 30_000;

/** Recovers epochs of dead processes, at start and then every few seconds. */
@Injectable()
export class EpochRecoveryJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(EpochRecoveryJob.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private connected = false;

  constructor(
    private readonly recovery: EpochRecoveryService,
    private readonly leases: LeaseService,
    private readonly mongo: MongoConnector,
    @Inject(MONGO_CONFIG) private readonly config: MongoConfig,
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

  @Interval('epoch-recovery', PERIOD_MS)
  async run(): Promise<void> {
    if (!this.connected || this.stopping.signal.aborted) return;
    this.running ??= this.recover().finally(() => (this.running = undefined));
    await this.running;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new Error('The server is stopping'));
    await this.running;
  }

  private async recover(): Promise<void> {
    try {
      if (!(await this.recovery.isNeeded())) return;
      // With the embedded engine there is no other server, and the lease of one that was killed need not run out first.
      if (this.config.embedded) await this.work(this.stopping.signal);
      else {
        await this.leases.withLease('ingest-epochs', LEASE_MS, (lost) =>
          this.work(AbortSignal.any([lost, this.stopping.signal])),
        );
      }
    } catch (error) {
      this.logger.warn(`The recovery of epochs waits for the next run: ${String(error)}`);
    }
  }

  private async work(signal: AbortSignal): Promise<void> {
    const sealed = await this.recovery.recover(signal);
    if (sealed > 0) this.logger.log(`Recovered ${sealed} epochs of servers that are gone`);
  }
}
