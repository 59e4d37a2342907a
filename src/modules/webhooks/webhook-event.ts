import { createHash, randomBytes } from 'node:crypto';
import { WebhookPayloadTooLargeError } from './webhooks.errors.js';

/** What a user may ask to be told of. */
export const WEBHOOK_EVENT_TYPES = [
  'report.completed',
  'report.failed',
  'budget.threshold',
  'webhook.disabled',
] as const;

export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number];

/** `webhook.test` is sent on demand only. */
export type WebhookMessageType = WebhookEventType | 'webhook.test';

const MAX_BODY_BYTES = 20_000;

/** @throws WebhookPayloadTooLargeError */
export function messageBody(type: WebhookMessageType, at: number, data: object): string {
  const body = JSON.stringify({ type, timestamp: new Date(at).toISOString(), data });
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) throw new WebhookPayloadTooLargeError(MAX_BODY_BYTES);
  return body;
}

/** The same for the same message to the same endpoint; without an id of its own a message is new each time. */
export function deliveryId(endpointId: string, messageId: string | undefined): string {
  const hash = messageId === undefined ? randomBytes(20) : createHash('sha256').update(`${endpointId}/${messageId}`);
  const bytes = Buffer.isBuffer(hash) ? hash : hash.digest().subarray(0, 20);
  return `msg_${bytes.toString('base64url').replaceAll(/[-_]/g, '0')}`;
}
