import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { AccountErasure } from '../../../../common/lifecycle/account-erasure.js';
import { Clock } from '../../../../common/time/clock.js';
import { MongoJob } from '../../../../infra/jobs/mongo-job.js';
import { MongoConnector } from '../../../../infra/mongo/mongo-connector.js';
import { NarrationsRepository } from './narrations.repository.js';

const PERIOD_MS = 3_600_000;
/** A report that is made again is made again soon: after a crash, or while its period goes on. */
const KEPT_MS = 86_400_000;

/** Forgets what models wrote after a day, or with the account. Needs no lease: to delete twice is to delete once. */
@Injectable()
export class NarrationsCleanupJob extends MongoJob implements OnModuleInit {
  constructor(
    private readonly narrations: NarrationsRepository,
    private readonly clock: Clock,
    private readonly erasure: AccountErasure,
    mongo: MongoConnector,
  ) {
    super(mongo);
  }

  onModuleInit(): void {
    this.erasure.register('productivity-narrations', async (userId, _signal, replicasKnow) => {
      await replicasKnow();
      await this.narrations.deleteOfUser(userId);
    });
  }

  @Interval('productivity-narrations', PERIOD_MS)
  override run(): Promise<void> {
    return super.run();
  }

  protected async work(): Promise<void> {
    const deleted = await this.narrations.deleteOlderThan(new Date(this.clock.now() - KEPT_MS));
    if (deleted > 0) this.logger.debug(`Forgot ${deleted} texts of reports`);
  }

  protected report(error: unknown): void {
    this.logger.warn(`Old texts of reports wait for the next run: ${String(error)}`);
  }
}
