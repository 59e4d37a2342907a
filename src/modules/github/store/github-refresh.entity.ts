import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import { jsonText, wholeNumber } from '../../../infra/sql/column-types.js';

export type EndStatus = 'completed' | 'partial' | 'failed';
export type RefreshStatus = 'queued' | 'running' | EndStatus;

/** What has become of one repository in a refresh. */
export type RefreshItemStatus = 'queued' | 'running' | 'updated' | 'unchanged' | 'skipped' | 'partial' | 'failed';

@Entity('github_refresh_jobs')
@Unique('UQ_github_refresh_jobs_active_key', ['activeKey'])
@Index('IDX_github_refresh_jobs_created_at', ['createdAt'])
export class GithubRefreshJobEntity {
  @PrimaryColumn('text')
  id: string;

  /** The same for all jobs that are not over, so that there is one; null afterwards. */
  @Column('text', { name: 'active_key', nullable: true })
  activeKey: string | null;

  @Column('text')
  status: RefreshStatus;

  @Column(wholeNumber({ name: 'created_at' }))
  createdAt: number;

  @Column(wholeNumber({ name: 'started_at', nullable: true }))
  startedAt: number | null;

  @Column(wholeNumber({ name: 'completed_at', nullable: true }))
  completedAt: number | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage: string | null;

  /** Null until GitHub has told which repositories there are. */
  @Column(wholeNumber({ name: 'total_repositories', nullable: true }))
  totalRepositories: number | null;

  @Column(wholeNumber({ name: 'repositories_processed' }))
  repositoriesProcessed: number;

  /** Of the repository that is being read, in thousandths. */
  @Column(wholeNumber({ name: 'current_share' }))
  currentShare: number;

  @Column(wholeNumber({ name: 'rate_remaining', nullable: true }))
  rateRemaining: number | null;

  @Column(wholeNumber({ name: 'rate_reset_at', nullable: true }))
  rateResetAt: number | null;

  @Column(wholeNumber({ name: 'points_used' }))
  pointsUsed: number;

  /** It waits until then: for GitHub's limit, or for GitHub to be back. */
  @Column(wholeNumber({ name: 'paused_until', nullable: true }))
  pausedUntil: number | null;

  /** Of the run that writes; a smaller one is refused. */
  @Column(wholeNumber({ name: 'fencing_token' }))
  fencingToken: number;
}

@Entity('github_refresh_items')
export class GithubRefreshItemEntity {
  @PrimaryColumn('text', { name: 'job_id' })
  jobId: string;

  /** The order in which they are read, from 0. */
  @PrimaryColumn({ ...wholeNumber(), nullable: false })
  position: number;

  @Column('text', { name: 'repository_id' })
  repositoryId: string;

  /** With its owner, for people. */
  @Column('text')
  name: string;

  @Column('text')
  status: RefreshItemStatus;

  @Column('text', { nullable: true })
  error: string | null;

  /** As the list of GitHub had it; null once the repository has been read. */
  @Column(jsonText({ nullable: true }))
  listed: object | null;
}
