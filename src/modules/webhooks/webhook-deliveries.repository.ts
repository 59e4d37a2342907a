import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In, LessThan, LessThanOrEqual, Not, type FindOptionsWhere } from 'typeorm';
import { isUniqueViolation } from '../../infra/sql/sql-errors.js';
import { inTransaction } from '../../infra/sql/sql-transaction.js';
import { WebhookAttemptEntity, WebhookDeliveryEntity, type DeliveryStatus } from './webhook-delivery.entity.js';
import type { AttemptRow, DeliveryRow } from './webhook-rows.js';

const BATCH = 500;

export interface DeliverySearch {
  endpointId?: string;
  status?: DeliveryStatus;
  limit: number;
}

/** Where a delivery stands after an attempt. */
export type DeliveryProgress = Pick<DeliveryRow, 'status' | 'nextAttemptAt' | 'endedAt' | 'lastOutcome'>;

@Injectable()
export class WebhookDeliveriesRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** False when there is one with this id. */
  async create(row: DeliveryRow): Promise<boolean> {
    try {
      await this.deliveries.insert({ ...row });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  /** Of any user: for what the server does by itself. */
  async findById(id: string): Promise<DeliveryRow | null> {
    const entity = await this.deliveries.findOneBy({ id });
    return entity && { ...entity };
  }

  async find(userId: string, id: string): Promise<DeliveryRow | null> {
    const entity = await this.deliveries.findOneBy({ userId, id });
    return entity && { ...entity };
  }

  /** The newest first. */
  async list(userId: string, { endpointId, status, limit }: DeliverySearch): Promise<DeliveryRow[]> {
    const where: FindOptionsWhere<WebhookDeliveryEntity> = { userId };
    if (endpointId !== undefined) where.endpointId = endpointId;
    if (status !== undefined) where.status = status;
    const entities = await this.deliveries.find({ where, order: { createdAt: 'DESC', id: 'DESC' }, take: limit });
    return entities.map((entity) => ({ ...entity }));
  }

  async listAttempts(deliveryId: string): Promise<AttemptRow[]> {
    const entities = await this.dataSource
      .getRepository(WebhookAttemptEntity)
      .find({ where: { deliveryId }, order: { attempt: 'ASC' } });
    return entities.map(({ attempt, attemptedAt, durationMs, httpStatus, outcome }) => ({
      attempt,
      attemptedAt,
      durationMs,
      httpStatus,
      outcome,
    }));
  }

  /** Notes an attempt and what follows. False when another worker has noted this one, or the delivery has ended. */
  async recordAttempt(id: string, attempt: AttemptRow, progress: DeliveryProgress): Promise<boolean> {
    return inTransaction(this.dataSource, async (manager) => {
      const { affected } = await manager
        .getRepository(WebhookDeliveryEntity)
        .update({ id, attempts: attempt.attempt - 1, status: 'pending' }, { ...progress, attempts: attempt.attempt });
      if (affected !== 1) return false;
      await manager.getRepository(WebhookAttemptEntity).insert({ deliveryId: id, ...attempt });
      return true;
    });
  }

  /** Without an attempt: it waits for its endpoint, or is given up. */
  async postpone(id: string, progress: DeliveryProgress): Promise<void> {
    await this.deliveries.update({ id, status: 'pending' }, progress);
  }

  /** Begins the schedule anew. False when it is pending. */
  async restart(userId: string, id: string, attempts: number, now: number): Promise<boolean> {
    const { affected } = await this.deliveries.update(
      { userId, id, status: Not<DeliveryStatus>('pending') },
      { status: 'pending', roundStart: attempts, nextAttemptAt: now, endedAt: null },
    );
    return affected === 1;
  }

  /** Of any user: pending, and due for so long that somebody should have tried. */
  async listOverdue(before: number): Promise<DeliveryRow[]> {
    const entities = await this.deliveries.find({
      where: { status: 'pending', nextAttemptAt: LessThanOrEqual(before) },
      order: { nextAttemptAt: 'ASC' },
      take: BATCH,
    });
    return entities.map((entity) => ({ ...entity }));
  }

  async hasPending(endpointId: string): Promise<boolean> {
    return this.deliveries.existsBy({ endpointId, status: 'pending' });
  }

  async deleteOfEndpoint(endpointId: string): Promise<void> {
    await this.deliveries.delete({ endpointId });
  }

  async deleteOfUser(userId: string): Promise<void> {
    await this.deliveries.delete({ userId });
  }

  /** Ended ones that were created before; in steps, so that no statement takes long. */
  async deleteEndedBefore(time: number): Promise<void> {
    for (;;) {
      const old = await this.deliveries.find({
        select: { id: true },
        where: { createdAt: LessThan(time), status: Not<DeliveryStatus>('pending') },
        take: BATCH,
      });
      if (old.length > 0) await this.deliveries.delete({ id: In(old.map(({ id }) => id)) });
      if (old.length < BATCH) return;
    }
  }

  /** All of the user's, with their attempts; the oldest first. */
  async *streamOfUser(userId: string): AsyncGenerator<DeliveryRow & { log: AttemptRow[] }> {
    for (let skip = 0; ; skip += BATCH) {
      const page = await this.deliveries.find({
        where: { userId },
        order: { createdAt: 'ASC', id: 'ASC' },
        skip,
        take: BATCH,
      });
      for (const entity of page) yield { ...entity, log: await this.listAttempts(entity.id) };
      if (page.length < BATCH) return;
    }
  }

  private get deliveries() {
    return this.dataSource.getRepository(WebhookDeliveryEntity);
  }
}
