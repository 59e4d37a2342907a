import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobQueue } from '../../../infra/jobs/job-queue.js';
import { WEBHOOK_JOB, WhoopWebhookService, type DeliveryPayload } from './whoop-webhook.service.js';

@Injectable()
export class WhoopWebhookJob implements OnModuleInit {
  constructor(
    private readonly jobs: JobQueue,
    private readonly service: WhoopWebhookService,
  ) {}

  onModuleInit(): void {
    this.jobs.register<DeliveryPayload>(WEBHOOK_JOB, (run) => this.service.run(run), {
      // One after the other: deliveries about one record come close together.
      concurrency: 1,
      maxAttempts: 5,
      backoff: { firstDelayMs: 5000, maxDelayMs: 300_000 },
      maxQueued: 100_000,
    });
  }
}
