import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThanOrEqual, MoreThan, Repository } from 'typeorm';
import { DeniedTokenEntity } from './denied-token.entity.js';

export interface DeniedTokenRow {
  id: string;
  deniedAt: number;
  expiresAt: number;
}

@Injectable()
export class DeniedTokensRepository {
  constructor(@InjectRepository(DeniedTokenEntity) private readonly tokens: Repository<DeniedTokenEntity>) {}

  /** Denying twice is the same as once. */
  async add(rows: DeniedTokenRow[]): Promise<void> {
    await this.tokens
      .createQueryBuilder()
      .insert()
      .values(rows.map((row) => ({ ...row })))
      .orIgnore()
      .execute();
  }

  async listDeniedAfter(deniedAt: number, now: number): Promise<DeniedTokenRow[]> {
    const entities = await this.tokens.findBy({ deniedAt: MoreThan(deniedAt), expiresAt: MoreThan(now) });
    return entities.map((entity) => ({ ...entity }));
  }

  async deleteExpired(now: number): Promise<void> {
    await this.tokens.delete({ expiresAt: LessThanOrEqual(now) });
  }
}
