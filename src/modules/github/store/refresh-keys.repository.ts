import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { IsNull, LessThan, type DataSource } from 'typeorm';
import type { RefreshStatus } from './github-refresh.entity.js';
import { GithubRefreshKeyEntity } from './github-refresh-key.entity.js';

export type RefreshKeyRow = Pick<GithubRefreshKeyEntity, keyof GithubRefreshKeyEntity>;

/** What was asked for with an `Idempotency-Key`. */
@Injectable()
export class RefreshKeysRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** The row of this key: the given one, or the one that is there. Those from before `notBefore` are forgotten. */
  async claim(row: RefreshKeyRow, notBefore: number): Promise<RefreshKeyRow> {
    await this.keys.delete({ createdAt: LessThan(notBefore) });
    await this.keys.createQueryBuilder().insert().values(row).orIgnore().execute();
    return { ...(await this.keys.findOneByOrFail({ id: row.id })) };
  }

  /** The first answer stays; it is what this returns. */
  async keepAnswer(id: string, jobId: string, status: RefreshStatus): Promise<RefreshKeyRow> {
    await this.keys.update({ id, status: IsNull() }, { jobId, status });
    return { ...(await this.keys.findOneByOrFail({ id })) };
  }

  /** Of a user, the oldest first. */
  async listOfUser(userId: string): Promise<RefreshKeyRow[]> {
    const entities = await this.keys.find({ where: { userId }, order: { createdAt: 'ASC', id: 'ASC' } });
    return entities.map((entity) => ({ ...entity }));
  }

  async deleteOfUser(userId: string): Promise<void> {
    await this.keys.delete({ userId });
  }

  private get keys() {
    return this.dataSource.getRepository(GithubRefreshKeyEntity);
  }
}
