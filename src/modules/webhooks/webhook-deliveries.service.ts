import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/time/clock.js';
import { JobQueue } from '../../infra/jobs/job-queue.js';
import { WebhookDeliveriesRepository, type DeliverySearch } from './webhook-deliveries.repository.js';
import { WebhookEndpointsService } from './webhook-endpoints.service.js';
import type { AttemptRow, DeliveryRow } from './webhook-rows.js';
import { WebhookDeliveryNotFoundError, WebhookDisabledError, WebhookNotFoundError } from './webhooks.errors.js';
import { DELIVERY_JOB, WebhooksService } from './webhooks.service.js';

export interface DeliveryWithLog {
  delivery: DeliveryRow;
  log: AttemptRow[];
}

/** The log of what was sent, and sending it again. */
@Injectable()
export class WebhookDeliveriesService {
  constructor(
    private readonly deliveries: WebhookDeliveriesRepository,
    private readonly endpoints: WebhookEndpointsService,
    private readonly webhooks: WebhooksService,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  async list(userId: string, search: DeliverySearch): Promise<DeliveryRow[]> {
    return this.deliveries.list(userId, search);
  }

  /** @throws WebhookDeliveryNotFoundError */
  async get(userId: string, id: string): Promise<DeliveryWithLog> {
    const delivery = await this.deliveries.find(userId, id);
    if (delivery === null) throw new WebhookDeliveryNotFoundError();
    return { delivery, log: await this.deliveries.listAttempts(id) };
  }

  /**
   * Sends the message again, with the same id and the whole schedule of retries; one that waits is tried now.
   * @throws WebhookDeliveryNotFoundError, WebhookDisabledError
   */
  async redeliver(userId: string, id: string): Promise<DeliveryWithLog> {
    const { delivery } = await this.get(userId, id);
    const endpoint = await this.endpoints.get(userId, delivery.endpointId);
    if (endpoint.disabledAt !== null) throw new WebhookDisabledError();
    await this.deliveries.restart(userId, id, delivery.attempts, this.clock.now());
    await this.webhooks.schedule(delivery);
    await this.jobs.runNow(DELIVERY_JOB, id);
    return this.get(userId, id);
  }

  /** A message without meaning, to see whether the endpoint takes it. @throws WebhookNotFoundError, WebhookDisabledError */
  async sendTest(userId: string, endpointId: string): Promise<DeliveryRow> {
    const endpoint = await this.endpoints.get(userId, endpointId);
    if (endpoint.disabledAt !== null) throw new WebhookDisabledError();
    const data = { message: 'This is a test of your webhook.' };
    const [delivery] = await this.webhooks.deliver({ userId, endpointId, type: 'webhook.test', data });
    // Deleted in this very moment.
    if (delivery === undefined) throw new WebhookNotFoundError();
    return delivery;
  }
}
