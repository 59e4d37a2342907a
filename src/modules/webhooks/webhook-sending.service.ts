import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/time/clock.js';
import { WEBHOOKS_CONFIG, type WebhooksConfig } from '../../config/app.config.js';
import { DISABLE_AFTER_MS, nextAttemptAt, readRetryAfter, slowDownFor } from './retry-schedule.js';
import { signatureHeaders } from './signature.js';
import { WebhookDeliveriesRepository, type DeliveryProgress } from './webhook-deliveries.repository.js';
import type { DisabledReason } from './webhook-endpoint.entity.js';
import { WebhookEndpointsRepository } from './webhook-endpoints.repository.js';
import { WebhookEndpointsService } from './webhook-endpoints.service.js';
import { countDelivery } from './webhook-metrics.js';
import type { AttemptRow, DeliveryRow, EndpointRow } from './webhook-rows.js';
import { checkedWebhookUrl } from './webhook-url.js';
import { WebhookClient, type CallResult } from './webhook.client.js';
import { WebhooksService } from './webhooks.service.js';

/** Deliveries that wait for one overloaded endpoint do not come all at once. */
const SLOW_JITTER_MS = 10_000;

/** Makes one attempt of a delivery and judges what came of it. */
@Injectable()
export class WebhookSendingService {
  private readonly logger = new Logger(WebhookSendingService.name);

  constructor(
    private readonly deliveries: WebhookDeliveriesRepository,
    private readonly endpoints: WebhookEndpointsRepository,
    private readonly secrets: WebhookEndpointsService,
    private readonly client: WebhookClient,
    private readonly webhooks: WebhooksService,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_CONFIG) private readonly config: WebhooksConfig,
  ) {}

  /** When the next attempt is due; null when there is none. @throws what a store or the signal says */
  async attempt(id: string, signal: AbortSignal): Promise<number | null> {
    const delivery = await this.deliveries.findById(id);
    if (delivery?.status !== 'pending') return null;
    const endpoint = await this.endpoints.findById(delivery.endpointId);
    if (endpoint === null || endpoint.disabledAt !== null) return this.cancel(delivery, 'disabled');
    const now = this.clock.now();
    if (endpoint.slowUntil !== null && endpoint.slowUntil > now)
      return this.wait(delivery, endpoint.slowUntil + Math.round(Math.random() * SLOW_JITTER_MS));
    const result = await this.call(endpoint, delivery, now, signal);
    return this.settle(endpoint, delivery, now, result);
  }

  /** The worker gave up, not the endpoint. */
  async giveUp(id: string): Promise<void> {
    const now = this.clock.now();
    await this.deliveries.postpone(id, {
      status: 'failed',
      nextAttemptAt: null,
      endedAt: now,
      lastOutcome: 'internal',
    });
    countDelivery('internal');
  }

  private async call(
    endpoint: EndpointRow,
    delivery: DeliveryRow,
    now: number,
    signal: AbortSignal,
  ): Promise<CallResult> {
    try {
      // The rules may have become stricter since it was saved.
      checkedWebhookUrl(endpoint.url, this.config);
    } catch {
      return { outcome: 'blocked', status: null, retryAfter: undefined, durationMs: 0 };
    }
    const { id, body } = delivery;
    const headers = signatureHeaders(this.secrets.secretsOf(endpoint), { id, timestamp: now, body });
    return this.client.post(endpoint.url, headers, body, signal);
  }

  private async settle(
    endpoint: EndpointRow,
    delivery: DeliveryRow,
    startedAt: number,
    result: CallResult,
  ): Promise<number | null> {
    const { outcome, status: httpStatus, durationMs } = result;
    const now = this.clock.now();
    const attempt: AttemptRow = {
      attempt: delivery.attempts + 1,
      attemptedAt: startedAt,
      durationMs,
      httpStatus,
      outcome,
    };
    const ended = (status: 'delivered' | 'failed'): DeliveryProgress => ({
      status,
      nextAttemptAt: null,
      endedAt: now,
      lastOutcome: outcome,
    });
    countDelivery(outcome);
    if (outcome === 'ok') {
      // The endpoint first: a delivery that has ended is not looked at again, after a crash between the two.
      await this.endpoints.recordSuccess(endpoint.id, now);
      await this.deliveries.recordAttempt(delivery.id, attempt, ended('delivered'));
      return null;
    }
    let next = outcome === 'gone' || outcome === 'blocked' ? null : this.nextAttempt(delivery, now);
    if (next !== null && outcome === 'overloaded') {
      const slowMs = slowDownFor(endpoint.slowMs, readRetryAfter(result.retryAfter, now));
      await this.endpoints.slowDown(endpoint.id, now + slowMs, slowMs);
      next = Math.max(next, now + slowMs);
    }
    const progress: DeliveryProgress =
      next === null ? ended('failed') : { status: 'pending', nextAttemptAt: next, endedAt: null, lastOutcome: outcome };
    const failingSince = await this.endpoints.recordFailure(endpoint.id, now);
    if (outcome === 'gone') await this.disable(endpoint, 'gone', now);
    else if (now - failingSince >= DISABLE_AFTER_MS) await this.disable(endpoint, 'failing', now);
    await this.deliveries.recordAttempt(delivery.id, attempt, progress);
    return next;
  }

  private nextAttempt(delivery: DeliveryRow, now: number): number | null {
    return nextAttemptAt(delivery.attempts + 1 - delivery.roundStart, now);
  }

  private async wait(delivery: DeliveryRow, until: number): Promise<number> {
    const { lastOutcome } = delivery;
    await this.deliveries.postpone(delivery.id, {
      status: 'pending',
      nextAttemptAt: until,
      endedAt: null,
      lastOutcome,
    });
    return until;
  }

  private async cancel(delivery: DeliveryRow, lastOutcome: string): Promise<null> {
    const endedAt = this.clock.now();
    await this.deliveries.postpone(delivery.id, { status: 'cancelled', nextAttemptAt: null, endedAt, lastOutcome });
    return null;
  }

  /** The owner sees it in the list of webhooks, in the log, and by a message to the other endpoints. */
  private async disable(endpoint: EndpointRow, reason: DisabledReason, now: number): Promise<void> {
    if (!(await this.endpoints.disable(endpoint.id, reason, now))) return;
    this.logger.warn(`Webhook ${endpoint.id} of user ${endpoint.userId} was disabled: ${reason}`);
    const { id, url, failingSince } = endpoint;
    await this.webhooks.send({
      userId: endpoint.userId,
      type: 'webhook.disabled',
      data: {
        webhookId: id,
        url,
        reason,
        failingSince: failingSince === null ? null : new Date(failingSince).toISOString(),
      },
      id: `disabled/${id}/${now}`,
    });
  }
}
