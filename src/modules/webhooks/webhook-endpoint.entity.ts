import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import { jsonText, wholeNumber } from '../../infra/sql/column-types.js';
import type { WebhookEventType } from './webhook-event.js';

/** Why an endpoint gets no messages: it said 410, it failed for days, or its owner switched it off. */
export type DisabledReason = 'gone' | 'failing' | 'user';

@Entity('webhook_endpoints')
@Unique('UQ_webhook_endpoints_user_id_url', ['userId', 'url'])
export class WebhookEndpointEntity {
  @PrimaryColumn('text')
  id: string;

  @Column('text', { name: 'user_id' })
  userId: string;

  @Column('text')
  url: string;

  @Column('text')
  description: string;

  /** Which messages it gets without being named; empty: all. */
  @Column(jsonText({ name: 'event_types' }))
  eventTypes: WebhookEventType[];

  /** Made by the `webhookUrl` of a request: it gets only messages addressed to it. */
  @Column('boolean', { name: 'from_request' })
  fromRequest: boolean;

  @Column('text', { name: 'disabled_reason', nullable: true })
  disabledReason: DisabledReason | null;

  @Column(wholeNumber({ name: 'disabled_at', nullable: true }))
  disabledAt: number | null;

  /** Sealed. */
  @Column('text')
  secret: string;

  /** Sealed; signs beside the present one until `previousUntil`. */
  @Column('text', { name: 'previous_secret', nullable: true })
  previousSecret: string | null;

  @Column(wholeNumber({ name: 'previous_until', nullable: true }))
  previousUntil: number | null;

  /** The first failure since the last success. */
  @Column(wholeNumber({ name: 'failing_since', nullable: true }))
  failingSince: number | null;

  /** It said that it is overloaded: left alone until then. */
  @Column(wholeNumber({ name: 'slow_until', nullable: true }))
  slowUntil: number | null;

  @Column(wholeNumber({ name: 'slow_ms' }))
  slowMs: number;

  @Column(wholeNumber({ name: 'last_success_at', nullable: true }))
  lastSuccessAt: number | null;

  /** When a message was last addressed to it. */
  @Column(wholeNumber({ name: 'used_at' }))
  usedAt: number;

  @Column(wholeNumber({ name: 'created_at' }))
  createdAt: number;
}
