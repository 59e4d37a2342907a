import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobQueue, RunAgain } from '../../infra/jobs/job-queue.js';
import { WebhookSendingService } from './webhook-sending.service.js';
import { DELIVERY_JOB } from './webhooks.service.js';

/** One job for each delivery, for as long as its schedule lasts. */
@Injectable()
export class WebhookDeliveryJob implements OnModuleInit {
  constructor(
    private readonly jobs: JobQueue,
    private readonly sending: WebhookSendingService,
  ) {}

  onModuleInit(): void {
    this.jobs.register(
      DELIVERY_JOB,
      async ({ id, signal }) => {
        const next = await this.sending.attempt(id, signal);
        return next === null ? undefined : new RunAgain(next);
      },
      {
        concurrency: 8,
        // An endpoint that hangs for 15 s each time must leave workers to the others.
        maxRunningPerUser: 4,
        maxQueued: 200_000,
        stepLimitMs: 45_000,
        // Only what is wrong here counts as an attempt of the job; calls that fail have their own schedule.
        maxAttempts: 10,
        backoff: { firstDelayMs: 2000, maxDelayMs: 300_000 },
        keepEndedMs: 3_600_000,
        onFailed: async ({ id, state }) => {
          if (state === 'failed') await this.sending.giveUp(id);
        },
      },
    );
  }
}
