import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThanOrEqual, Repository } from 'typeorm';
import { SessionEntity } from './session.entity.js';

export interface SessionRow {
  id: string;
  userId: string;
  currentHash: string;
  previousHash: string | null;
  addressHash: string;
  createdAt: number;
  rotatedAt: number;
  expiresAt: number;
  revokedAt: number | null;
}

@Injectable()
export class SessionsRepository {
  constructor(@InjectRepository(SessionEntity) private readonly sessions: Repository<SessionEntity>) {}

  async create(row: SessionRow): Promise<void> {
    await this.sessions.insert({ ...row });
  }

  async findById(id: string): Promise<SessionRow | null> {
    const entity = await this.sessions.findOneBy({ id });
    return entity && { ...entity };
  }

  async list(userId: string): Promise<SessionRow[]> {
    const entities = await this.sessions.find({ where: { userId }, order: { createdAt: 'ASC', id: 'ASC' } });
    return entities.map((entity) => ({ ...entity }));
  }

  /** Puts the next token in place of `fromHash`. False when somebody else was faster or the family is revoked. */
  async rotate(id: string, fromHash: string, toHash: string, now: number, expiresAt: number): Promise<boolean> {
    const { affected } = await this.sessions.update(
      { id, currentHash: fromHash, revokedAt: IsNull() },
      { currentHash: toHash, previousHash: fromHash, rotatedAt: now, expiresAt },
    );
    return affected === 1;
  }

  async revoke(id: string, now: number): Promise<void> {
    await this.sessions.update({ id, revokedAt: IsNull() }, { revokedAt: now });
  }

  /** Whether this user has signed in from this address within the life of a session. */
  async hasAddress(userId: string, addressHash: string): Promise<boolean> {
    return this.sessions.existsBy({ userId, addressHash });
  }

  async deleteExpired(now: number): Promise<void> {
    await this.sessions.delete({ expiresAt: LessThanOrEqual(now) });
  }
}
