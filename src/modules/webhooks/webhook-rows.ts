import type { DeliveryStatus } from './webhook-delivery.entity.js';
import type { DisabledReason } from './webhook-endpoint.entity.js';
import type { WebhookEventType } from './webhook-event.js';

export interface EndpointRow {
  id: string;
  userId: string;
  url: string;
  description: string;
  eventTypes: WebhookEventType[];
  fromRequest: boolean;
  disabledReason: DisabledReason | null;
  disabledAt: number | null;
  /** Sealed, like the previous one. */
  secret: string;
  previousSecret: string | null;
  previousUntil: number | null;
  failingSince: number | null;
  slowUntil: number | null;
  slowMs: number;
  lastSuccessAt: number | null;
  usedAt: number;
  createdAt: number;
}

export interface DeliveryRow {
  id: string;
  endpointId: string;
  userId: string;
  type: string;
  body: string;
  status: DeliveryStatus;
  attempts: number;
  roundStart: number;
  nextAttemptAt: number | null;
  lastOutcome: string | null;
  createdAt: number;
  endedAt: number | null;
}

export interface AttemptRow {
  attempt: number;
  attemptedAt: number;
  durationMs: number;
  httpStatus: number | null;
  outcome: string;
}
