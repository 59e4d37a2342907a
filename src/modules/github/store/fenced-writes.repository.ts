import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, IsNull, Not, type EntityManager } from 'typeorm';
import { inTransaction } from '../../../infra/sql/sql-transaction.js';
import type { RateState } from '../client/github-answers.js';
import { GithubRefreshJobEntity } from './github-refresh.entity.js';

/** Which run of a refresh writes. */
export interface Fence {
  jobId: string;
  token: number;
}

/** What a run tells about itself with whatever else it writes. */
export interface RunFigures {
  totalRepositories?: number;
  repositoriesProcessed?: number;
  currentShare?: number;
  pointsUsed?: number;
  rate?: RateState | null;
  pausedUntil?: number | null;
}

/** Another run of the same refresh has begun, or the refresh is over: this one must not write any more. */
export class RefreshTakenOverError extends Error {
  constructor() {
    super('Another run has taken over this refresh, or it is over');
  }
}

/** Writes of a refresh: each together with the proof that its run is the latest one. */
@Injectable()
export class FencedWritesRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** @throws RefreshTakenOverError, and nothing is written */
  async run(fence: Fence, figures: RunFigures, write?: (manager: EntityManager) => Promise<void>): Promise<void> {
    await inTransaction(this.dataSource, async (manager) => {
      const { affected } = await manager
        .getRepository(GithubRefreshJobEntity)
        .update(
          { id: fence.jobId, fencingToken: fence.token, activeKey: Not(IsNull()) },
          { fencingToken: fence.token, ...toColumns(figures) },
        );
      if (affected !== 1) throw new RefreshTakenOverError();
      await write?.(manager);
    });
  }
}

function toColumns({ rate, ...figures }: RunFigures): Partial<GithubRefreshJobEntity> {
  return { ...figures, ...(rate && { rateRemaining: rate.remaining, rateResetAt: rate.resetAt }) };
}
