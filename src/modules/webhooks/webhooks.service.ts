import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/time/clock.js';
import { JobQueue } from '../../infra/jobs/job-queue.js';
import { WebhookDeliveriesRepository } from './webhook-deliveries.repository.js';
import { WebhookEndpointsRepository } from './webhook-endpoints.repository.js';
import { WebhookEndpointsService } from './webhook-endpoints.service.js';
import { deliveryId, messageBody, type WebhookEventType, type WebhookMessageType } from './webhook-event.js';
import type { DeliveryRow, EndpointRow } from './webhook-rows.js';

export const DELIVERY_JOB = 'webhook-delivery';

export interface WebhookMessage {
  userId: string;
  /** One endpoint of the user. Absent, and no `url`: all that are enabled and want this type. */
  endpointId?: string;
  /** Instead of `endpointId`: the endpoint of the user with this address, which is made when there is none. */
  url?: string;
  type: WebhookMessageType;
  /** At most 20 kB as JSON, together with type and time. */
  data: object;
  /** Makes sending idempotent: the same id to the same endpoint is sent once, however often this is called. */
  id?: string;
}

/** Signed messages to addresses of users, kept until they are delivered or given up. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly endpointsService: WebhookEndpointsService,
    private readonly endpoints: WebhookEndpointsRepository,
    private readonly deliveries: WebhookDeliveriesRepository,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /**
   * Durable when it resolves; delivered in the background, with retries for three days. To nobody when the user has no
   * endpoint for it.
   * @throws InvalidInputError for an address that may not be called, or data that are too large
   */
  async send(message: WebhookMessage): Promise<void> {
    await this.deliver(message);
  }

  /** As `send`; the deliveries, one for each endpoint. */
  async deliver(message: WebhookMessage): Promise<DeliveryRow[]> {
    const deliveries: DeliveryRow[] = [];
    const now = this.clock.now();
    const body = messageBody(message.type, now, message.data);
    for (const endpoint of await this.receivers(message)) {
      const id = deliveryId(endpoint.id, message.id);
      const isDisabled = endpoint.disabledAt !== null;
      const delivery: DeliveryRow = {
        id,
        endpointId: endpoint.id,
        userId: endpoint.userId,
        type: message.type,
        body,
        status: isDisabled ? 'cancelled' : 'pending',
        attempts: 0,
        roundStart: 0,
        nextAttemptAt: isDisabled ? null : now,
        lastOutcome: isDisabled ? 'disabled' : null,
        createdAt: now,
        endedAt: isDisabled ? now : null,
      };
      await this.deliveries.create(delivery);
      await this.endpoints.update(endpoint.userId, endpoint.id, { usedAt: now });
      if (!isDisabled) await this.schedule(delivery);
      deliveries.push(delivery);
    }
    return deliveries;
  }

  /**
   * The endpoint of the user with this address, made when there is none: then with its secret, for whoever gave the address.
   * @param field what the user called the address
   * @throws WebhookUrlError for an address that may not be called
   */
  async endpointFor(
    userId: string,
    url: string,
    field?: string,
  ): Promise<{ id: string; url: string; secret?: string }> {
    const { endpoint, secret } = await this.endpointsService.forUrl(userId, url, field);
    return { id: endpoint.id, url: endpoint.url, secret };
  }

  /** @throws WebhookUrlError for an address that `endpointFor` would not take */
  assertUrl(url: string, field?: string): void {
    this.endpointsService.assertUrl(url, field);
  }

  /**
   * The present secret of an endpoint that a request has made, to repeat the answer that showed it. Null when it is gone or
   * registered by its owner meanwhile: then its secret is for those alone who may register.
   */
  async secretOfRequested(userId: string, endpointId: string): Promise<string | null> {
    const endpoint = await this.endpoints.find(userId, endpointId);
    return endpoint?.fromRequest === true ? this.endpointsService.secretsOf(endpoint)[0]! : null;
  }

  /** Takes back what `endpointFor` has made; nothing when it is gone. */
  async deleteEndpoint(userId: string, endpointId: string): Promise<void> {
    if (await this.endpoints.delete(userId, endpointId)) await this.deliveries.deleteOfEndpoint(endpointId);
  }

  /** Lets a worker try soon. A job that is known and waits keeps its time. */
  async schedule({ id, userId }: Pick<DeliveryRow, 'id' | 'userId'>): Promise<void> {
    const { created, job } = await this.jobs.enqueue(DELIVERY_JOB, id, {}, { userId, withoutRedis: 'accept' });
    if (!created && job.state !== 'queued' && job.state !== 'running') await this.jobs.runNow(DELIVERY_JOB, id);
  }

  private async receivers({ userId, endpointId, url, type }: WebhookMessage): Promise<EndpointRow[]> {
    if (endpointId !== undefined) {
      const endpoint = await this.endpoints.find(userId, endpointId);
      return endpoint === null ? [] : [endpoint];
    }
    if (url !== undefined) return [(await this.endpointsService.forUrl(userId, url)).endpoint];
    const wanted = (types: readonly WebhookEventType[]) =>
      types.length === 0 || types.includes(type as WebhookEventType);
    return (await this.endpoints.list(userId)).filter(
      (endpoint) => endpoint.disabledAt === null && !endpoint.fromRequest && wanted(endpoint.eventTypes),
    );
  }
}
