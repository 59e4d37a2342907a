import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type PrimaryColumnOptions } from 'typeorm';
import { wholeNumber } from '../../infra/sql/column-types.js';

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'cancelled'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One message to one endpoint. Its id is the `webhook-id`, the same in every attempt. */
@Entity('webhook_deliveries')
@Index('IDX_webhook_deliveries_user_id_created_at', ['userId', 'createdAt'])
@Index('IDX_webhook_deliveries_endpoint_id', ['endpointId'])
@Index('IDX_webhook_deliveries_status_next_attempt_at', ['status', 'nextAttemptAt'])
@Index('IDX_webhook_deliveries_created_at', ['createdAt'])
export class WebhookDeliveryEntity {
  @PrimaryColumn('text')
  id: string;

  @Column('text', { name: 'endpoint_id' })
  endpointId: string;

  @Column('text', { name: 'user_id' })
  userId: string;

  @Column('text')
  type: string;

  @Column('text')
  body: string;

  @Column('text')
  status: DeliveryStatus;

  @Column(wholeNumber())
  attempts: number;

  /** Attempts made before the last redelivery: the schedule counts from it. */
  @Column(wholeNumber({ name: 'round_start' }))
  roundStart: number;

  @Column(wholeNumber({ name: 'next_attempt_at', nullable: true }))
  nextAttemptAt: number | null;

  @Column('text', { name: 'last_outcome', nullable: true })
  lastOutcome: string | null;

  @Column(wholeNumber({ name: 'created_at' }))
  createdAt: number;

  @Column(wholeNumber({ name: 'ended_at', nullable: true }))
  endedAt: number | null;
}

@Entity('webhook_attempts')
export class WebhookAttemptEntity {
  @PrimaryColumn('text', { name: 'delivery_id' })
  deliveryId: string;

  @ManyToOne(() => WebhookDeliveryEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'delivery_id', foreignKeyConstraintName: 'FK_webhook_attempts_delivery_id' })
  delivery?: WebhookDeliveryEntity;

  @PrimaryColumn(wholeNumber() as PrimaryColumnOptions)
  attempt: number;

  @Column(wholeNumber({ name: 'attempted_at' }))
  attemptedAt: number;

  @Column(wholeNumber({ name: 'duration_ms' }))
  durationMs: number;

  @Column(wholeNumber({ name: 'http_status', nullable: true }))
  httpStatus: number | null;

  @Column('text')
  outcome: string;
}
