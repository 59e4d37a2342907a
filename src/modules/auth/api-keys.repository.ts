import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { ApiKeyScope } from '../../common/auth/principal.js';
import { ApiKeyEntity } from './api-key.entity.js';

export interface ApiKeyRow {
  id: string;
  userId: string;
  name: string;
  prefix: string;
  secretHash: string;
  scopes: ApiKeyScope[];
  createdAt: number;
  expiresAt: number | null;
  lastUsedAt: number | null;
}

@Injectable()
export class ApiKeysRepository {
  constructor(@InjectRepository(ApiKeyEntity) private readonly keys: Repository<ApiKeyEntity>) {}

  async create(row: ApiKeyRow): Promise<void> {
    await this.keys.insert({ ...row });
  }

  async findById(id: string): Promise<ApiKeyRow | null> {
    const entity = await this.keys.findOneBy({ id });
    return entity && { ...entity };
  }

  async list(userId: string): Promise<ApiKeyRow[]> {
    const entities = await this.keys.find({ where: { userId }, order: { createdAt: 'ASC', id: 'ASC' } });
    return entities.map((entity) => ({ ...entity }));
  }

  async count(userId: string): Promise<number> {
    return this.keys.countBy({ userId });
  }

  /** False when this user has no such key. */
  async delete(userId: string, id: string): Promise<boolean> {
    const { affected } = await this.keys.delete({ id, userId });
    return affected === 1;
  }

  async touch(id: string, now: number): Promise<void> {
    await this.keys.update({ id }, { lastUsedAt: now });
  }
}
