import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ServerState } from '../../common/lifecycle/server-state.js';
import { Clock } from '../../common/time/clock.js';
import { BackgroundJob } from '../../infra/jobs/background-job.js';
import { LeaseService } from '../../infra/lease/lease.service.js';
import { WebhookDeliveriesRepository } from './webhook-deliveries.repository.js';
import { WebhooksService } from './webhooks.service.js';

const MINUTE = 60_000;
const LEASE = 'webhook-upkeep';
/** A delivery that nobody has tried for so long after its time has lost its job: the process died between the two. */
const OVERDUE_MS = 2 * MINUTE;
const KEPT_MS = 30 * 86_400_000;

/** Gives deliveries without a job a new one, and deletes the log of more than 30 days ago. */
@Injectable()
export class WebhookUpkeepJob extends BackgroundJob {
  constructor(
    private readonly deliveries: WebhookDeliveriesRepository,
    private readonly webhooks: WebhooksService,
    private readonly leases: LeaseService,
    private readonly state: ServerState,
    private readonly clock: Clock,
  ) {
    super();
  }

  @Interval('webhook-upkeep', MINUTE)
  override async run(): Promise<void> {
    if (this.state.current === 'running') await super.run();
  }

  protected async work(): Promise<void> {
    await this.leases.withLease(LEASE, MINUTE, async (signal) => {
      const now = this.clock.now();
      for (const delivery of await this.deliveries.listOverdue(now - OVERDUE_MS)) {
        signal.throwIfAborted();
        await this.webhooks.schedule(delivery);
      }
      await this.deliveries.deleteEndedBefore(now - KEPT_MS);
    });
  }

  protected report(error: unknown): void {
    this.logger.warn(`Webhooks are looked after again later: ${String(error)}`);
  }
}
