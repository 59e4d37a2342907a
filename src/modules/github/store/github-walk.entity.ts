import { Column, Entity, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../../../infra/sql/column-types.js';

/** How far the history of a repository is read. */
@Entity('github_walks')
export class GithubWalkEntity {
  @PrimaryColumn('text', { name: 'repository_id' })
  repositoryId: string;

  /**
   * All commits that can be reached from here are stored: those met by the walks from `baseFrom` to `baseTo`. Null before
   * the first walk has ended, and while a whole history is read anew.
   */
  @Column('text', { name: 'base_oid', nullable: true })
  baseOid: string | null;

  @Column(wholeNumber({ name: 'base_count' }))
  baseCount: number;

  @Column(wholeNumber({ name: 'base_from' }))
  baseFrom: number;

  @Column(wholeNumber({ name: 'base_to' }))
  baseTo: number;

  /** The walk that is going on; its number is larger than those of all before. */
  @Column(wholeNumber())
  number: number;

  /** Null: none is going on. */
  @Column('text', { name: 'head_oid', nullable: true })
  headOid: string | null;

  /** False: only until the commits since `baseOid` are found. */
  @Column('boolean', { name: 'is_whole' })
  isWhole: boolean;

  @Column('text', { nullable: true })
  cursor: string | null;

  /** Commits met that are not among those of the base. */
  @Column(wholeNumber({ name: 'new_count' }))
  newCount: number;

  @Column('boolean', { name: 'met_base' })
  metBase: boolean;

  @Column(wholeNumber({ name: 'page_size' }))
  pageSize: number;

  /** Pages of which GitHub could not give additions and deletions. */
  @Column(wholeNumber({ name: 'pages_without_churn' }))
  pagesWithoutChurn: number;
}
