import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In } from 'typeorm';
import { inTransaction } from '../../infra/sql/sql-transaction.js';
import { AccountErasureEntity, ErasedAccountEntity } from './account-erasure.entity.js';
import { ApiKeyEntity } from './api-key.entity.js';
import { SessionEntity } from './session.entity.js';
import { UserEntity } from './user.entity.js';

@Injectable()
export class AccountErasuresRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** The ids of the accounts whose erasure is not finished, the oldest request first. */
  async list(): Promise<string[]> {
    const rows = await this.dataSource
      .getRepository(AccountErasureEntity)
      .find({ order: { attempts: 'ASC', requestedAt: 'ASC' } });
    return rows.map((row) => row.userId);
  }

  async countAttempt(userId: string): Promise<void> {
    await this.dataSource.getRepository(AccountErasureEntity).increment({ userId }, 'attempts', 1);
  }

  /** Removes the account's own rows and the promise; a keyed hash of the id remains. */
  async finish(userId: string, subjectHash: string, now: number): Promise<void> {
    await inTransaction(this.dataSource, async (manager) => {
      await manager.getRepository(ApiKeyEntity).delete({ userId });
      await manager.getRepository(SessionEntity).delete({ userId });
      await manager.getRepository(UserEntity).delete({ id: userId });
      await manager.getRepository(ErasedAccountEntity).upsert({ subjectHash, erasedAt: now }, ['subjectHash']);
      await manager.getRepository(AccountErasureEntity).delete({ userId });
    });
  }

  /** `subjectHashes`: of one id, under each of the server's secrets. */
  async isErased(subjectHashes: string[]): Promise<boolean> {
    return this.dataSource.getRepository(ErasedAccountEntity).existsBy({ subjectHash: In(subjectHashes) });
  }
}
