import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../../../infra/sql/column-types.js';

/**
 * `new`: seen, but not read yet; `shown`: has figures; `empty`: has no commits; `gone`: not on GitHub any more, or not among
 * the repositories that the configuration asks for.
 */
export type RepositoryState = 'new' | 'shown' | 'empty' | 'gone';

/** `estimated`: by bytes, where lines could never be counted. */
export type LocSource = 'counted' | 'cloc' | 'estimated';

/** What is shown of a repository: always the figures of one commit, `headOid`, as a whole. */
@Entity('github_repositories')
@Index('IDX_github_repositories_name_key', ['nameKey'])
export class GithubRepositoryEntity {
  /** GitHub's, which outlives renames. */
  @PrimaryColumn('text')
  id: string;

  @Column('text')
  owner: string;

  @Column('text')
  name: string;

  /** In lower case: names are found without regard to case, as on GitHub. */
  @Column('text', { name: 'name_key' })
  nameKey: string;

  @Column('text')
  url: string;

  @Column('boolean', { name: 'is_private' })
  isPrivate: boolean;

  @Column('text')
  state: RepositoryState;

  @Column('text', { name: 'head_oid', nullable: true })
  headOid: string | null;

  @Column(wholeNumber({ name: 'commit_count' }))
  commitCount: number;

  @Column(wholeNumber({ name: 'first_commit_at', nullable: true }))
  firstCommitAt: number | null;

  @Column(wholeNumber({ name: 'last_commit_at', nullable: true }))
  lastCommitAt: number | null;

  @Column(wholeNumber({ name: 'active_days' }))
  activeDays: number;

  @Column(wholeNumber())
  additions: number;

  @Column(wholeNumber())
  deletions: number;

  /** GitHub gave additions and deletions for every commit. */
  @Column('boolean', { name: 'is_churn_complete' })
  isChurnComplete: boolean;

  @Column(wholeNumber({ name: 'coding_seconds' }))
  codingSeconds: number;

  @Column('text', { name: 'primary_language', nullable: true })
  primaryLanguage: string | null;

  @Column(wholeNumber({ name: 'size_kb' }))
  sizeKb: number;

  @Column(wholeNumber())
  loc: number;

  @Column('text', { name: 'loc_source', nullable: true })
  locSource: LocSource | null;

  /** The commit whose lines were counted. */
  /** See `uncountableMark`: its lines are not tried to be counted again. */
  @Column('text', { nullable: true })
  uncountable: string | null;

  @Column('text', { name: 'loc_oid', nullable: true })
  locOid: string | null;

  @Column(wholeNumber({ name: 'refreshed_at', nullable: true }))
  refreshedAt: number | null;

  /** Grows with every change of the row. */
  @Column(wholeNumber())
  revision: number;
}
