import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import { isUniqueViolation } from '../../infra/sql/sql-errors.js';
import { WebhookEndpointEntity, type DisabledReason } from './webhook-endpoint.entity.js';
import type { EndpointRow } from './webhook-rows.js';

type EndpointChanges = Partial<Omit<EndpointRow, 'id' | 'userId' | 'url' | 'createdAt'>>;

@Injectable()
export class WebhookEndpointsRepository {
  constructor(@InjectRepository(WebhookEndpointEntity) private readonly endpoints: Repository<WebhookEndpointEntity>) {}

  /** False when the user has an endpoint with this address. */
  async create(row: EndpointRow): Promise<boolean> {
    try {
      await this.endpoints.insert({ ...row });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  async list(userId: string): Promise<EndpointRow[]> {
    const entities = await this.endpoints.find({ where: { userId }, order: { createdAt: 'ASC', id: 'ASC' } });
    return entities.map((entity) => ({ ...entity }));
  }

  async find(userId: string, id: string): Promise<EndpointRow | null> {
    const entity = await this.endpoints.findOneBy({ userId, id });
    return entity && { ...entity };
  }

  async findByUrl(userId: string, url: string): Promise<EndpointRow | null> {
    const entity = await this.endpoints.findOneBy({ userId, url });
    return entity && { ...entity };
  }

  /** Of any user: for what the server does by itself. */
  async findById(id: string): Promise<EndpointRow | null> {
    const entity = await this.endpoints.findOneBy({ id });
    return entity && { ...entity };
  }

  async update(userId: string, id: string, changes: EndpointChanges): Promise<boolean> {
    const { affected } = await this.endpoints.update({ userId, id }, changes);
    return affected === 1;
  }

  async delete(userId: string, id: string): Promise<boolean> {
    const { affected } = await this.endpoints.delete({ userId, id });
    return affected === 1;
  }

  async deleteOfUser(userId: string): Promise<void> {
    await this.endpoints.delete({ userId });
  }

  async recordSuccess(id: string, now: number): Promise<void> {
    await this.endpoints.update({ id }, { failingSince: null, slowUntil: null, slowMs: 0, lastSuccessAt: now });
  }

  /** When it began to fail. */
  async recordFailure(id: string, now: number): Promise<number> {
    await this.endpoints.update({ id, failingSince: IsNull() }, { failingSince: now });
    return (await this.endpoints.findOneBy({ id }))?.failingSince ?? now;
  }

  async slowDown(id: string, until: number, slowMs: number): Promise<void> {
    await this.endpoints.update({ id }, { slowUntil: until, slowMs });
  }

  /** False when it was disabled already. */
  async disable(id: string, reason: DisabledReason, now: number): Promise<boolean> {
    const { affected } = await this.endpoints.update(
      { id, disabledAt: IsNull() },
      { disabledAt: now, disabledReason: reason },
    );
    return affected === 1;
  }
}
