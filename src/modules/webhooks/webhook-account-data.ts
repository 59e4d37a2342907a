import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountErasure } from '../../common/lifecycle/account-erasure.js';
import { AccountExport } from '../../common/lifecycle/account-export.js';
import { WebhookDeliveriesRepository } from './webhook-deliveries.repository.js';
import { WebhookEndpointsRepository } from './webhook-endpoints.repository.js';

const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString());

/** A user's webhooks and their log, for the export (without secrets) and the deletion of the account. */
@Injectable()
export class WebhookAccountData implements OnModuleInit {
  constructor(
    private readonly erasure: AccountErasure,
    private readonly exports: AccountExport,
    private readonly endpoints: WebhookEndpointsRepository,
    private readonly deliveries: WebhookDeliveriesRepository,
  ) {}

  onModuleInit(): void {
    this.erasure.register('webhooks', async (userId, _signal, replicasKnow) => {
      await replicasKnow();
      await this.endpoints.deleteOfUser(userId);
      await this.deliveries.deleteOfUser(userId);
    });
    this.exports.register('webhooks', (userId) => this.exportEndpoints(userId));
    this.exports.register('webhook-deliveries', (userId) => this.exportDeliveries(userId));
  }

  private async *exportEndpoints(userId: string): AsyncGenerator<object> {
    for (const endpoint of await this.endpoints.list(userId)) {
      const { id, url, description, eventTypes, disabledReason, disabledAt, createdAt } = endpoint;
      yield {
        id,
        url,
        description,
        eventTypes,
        disabledReason,
        disabledAt: iso(disabledAt),
        createdAt: iso(createdAt),
      };
    }
  }

  private async *exportDeliveries(userId: string): AsyncGenerator<object> {
    for await (const delivery of this.deliveries.streamOfUser(userId)) {
      const { id, endpointId, type, body, status, createdAt, endedAt, log } = delivery;
      yield {
        id,
        webhookId: endpointId,
        type,
        body: JSON.parse(body) as object,
        status,
        createdAt: iso(createdAt),
        endedAt: iso(endedAt),
        attempts: log.map(({ attemptedAt, httpStatus, outcome }) => ({ at: iso(attemptedAt), httpStatus, outcome })),
      };
    }
  }
}
