import { Column, Entity, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../../../infra/sql/column-types.js';

/** A commit that a walk has met. Which ones belong to a repository's figures, its walk says. */
@Entity('github_commits')
export class GithubCommitEntity {
  @PrimaryColumn('text', { name: 'repository_id' })
  repositoryId: string;

  @PrimaryColumn('text')
  oid: string;

  /** Number of the walk that met it. */
  @Column(wholeNumber())
  walk: number;

  @Column(wholeNumber({ name: 'committed_at' }))
  committedAt: number;

  @Column(wholeNumber({ name: 'authored_at' }))
  authoredAt: number;

  /** A hash: who it was is of no interest, only whether it was the same person. */
  @Column('text')
  author: string;

  @Column('boolean', { name: 'is_merge' })
  isMerge: boolean;

  @Column(wholeNumber({ nullable: true }))
  additions: number | null;

  @Column(wholeNumber({ nullable: true }))
  deletions: number | null;
}

/** What happened in a repository on one UTC day, by the times of the committers. */
@Entity('github_days')
export class GithubDayEntity {
  @PrimaryColumn('text', { name: 'repository_id' })
  repositoryId: string;

  /** Days since 1970-01-01. */
  @PrimaryColumn({ ...wholeNumber(), nullable: false })
  day: number;

  @Column(wholeNumber())
  commits: number;

  @Column(wholeNumber())
  additions: number;

  @Column(wholeNumber())
  deletions: number;
}
