import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../../../infra/sql/column-types.js';
import type { RefreshStatus } from './github-refresh.entity.js';

/** An `Idempotency-Key` with which a refresh was asked for, and the answer. */
@Entity('github_refresh_keys')
@Index('IDX_github_refresh_keys_created_at', ['createdAt'])
export class GithubRefreshKeyEntity {
  /** A hash of whose key it is, and the key. */
  @PrimaryColumn('text')
  id: string;

  @Column('text', { name: 'user_id' })
  userId: string;

  /** Of the refresh that is begun with it; once it was answered, of the one that the answer names. */
  @Column('text', { name: 'job_id' })
  jobId: string;

  /** As it was answered; null: it was not yet. */
  @Column('text', { nullable: true })
  status: RefreshStatus | null;

  @Column(wholeNumber({ name: 'created_at' }))
  createdAt: number;
}
