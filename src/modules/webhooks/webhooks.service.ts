import { Injectable } from '@nestjs/common';

/** The kinds of messages that Almanac sends. */
export type WebhookEventType =
  'report.completed' | 'report.failed' | 'budget.threshold' | 'webhook.disabled' | 'webhook.test';

export interface WebhookMessage {
  userId: string;
  /** One endpoint of the user. Absent: all that are enabled and want this type. */
  endpointId?: string;
  /** Instead of `endpointId`: the endpoint of the user with this address, which is made when there is none. */
  url?: string;
  type: WebhookEventType;
  /** At most 20 kB as JSON. */
  data: object;
  /** Makes sending idempotent: the same id to the same endpoint is sent once, however often this is called. */
  id?: string;
}

/** Signed messages to addresses of users, kept until they are delivered or given up. */
@Injectable()
export class WebhooksService {
  /**
   * Durable when it resolves; delivered in the background, with retries for three days.
   * @throws InvalidInputError for an address that may not be called, or data that are too large
   */
  send(message: WebhookMessage): Promise<void> {
    return Promise.reject(new Error(`Not built yet: ${message.type}`));
  }
}
