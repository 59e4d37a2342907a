import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { placeholders } from '../../../infra/sql/sql-dialect.js';
import { FencedWritesRepository, type Fence, type RunFigures } from './fenced-writes.repository.js';
import { GithubCommitEntity } from './github-commit.entity.js';
import { GithubWalkEntity } from './github-walk.entity.js';

export type WalkRow = Pick<GithubWalkEntity, keyof GithubWalkEntity>;

export type CommitRow = Omit<GithubCommitEntity, 'repositoryId' | 'walk'>;

/** What a repository's figures are made of. */
export type CommitFacts = Omit<CommitRow, 'oid'>;

const READ_STEP = 2000;
const COLUMNS = 9;

/** How far histories are read, and the commits that were met. */
@Injectable()
export class GithubCommitsRepository {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly writes: FencedWritesRepository,
  ) {}

  async findWalk(repositoryId: string): Promise<WalkRow | null> {
    const entity = await this.dataSource.getRepository(GithubWalkEntity).findOneBy({ repositoryId });
    return entity && { ...entity };
  }

  async saveWalk(fence: Fence, walk: WalkRow): Promise<void> {
    await this.writes.run(fence, {}, (manager) => upsertWalk(manager, walk));
  }

  /** Which of the commits belong to what was read whole before. */
  async findBaseOids(walk: WalkRow, oids: readonly string[]): Promise<Set<string>> {
    if (walk.baseOid === null || oids.length === 0) return new Set();
    const rows = await this.query<{ oid: string }>(
      `SELECT oid FROM github_commits WHERE repository_id = ? AND walk BETWEEN ? AND ?
       AND oid IN (${oids.map(() => '?').join()})`,
      [walk.repositoryId, walk.baseFrom, walk.baseTo, ...oids],
    );
    return new Set(rows.map(({ oid }) => oid));
  }

  /** A page of commits and how far the walk has come with it, both or neither. */
  async savePage(fence: Fence, figures: RunFigures, walk: WalkRow, commits: readonly CommitRow[]): Promise<void> {
    await this.writes.run(fence, figures, async (manager) => {
      if (commits.length > 0) await this.upsert(manager, walk, commits);
      await upsertWalk(manager, walk);
    });
  }

  /** The commits that belong to what was read whole, in no particular order. */
  async *listBase(walk: WalkRow): AsyncGenerator<CommitFacts[]> {
    let after = '';
    for (;;) {
      const rows = await this.query<Record<string, string | number | boolean | null>>(
        `SELECT oid, committed_at, authored_at, author, is_merge, additions, deletions FROM github_commits
         WHERE repository_id = ? AND oid > ? AND walk BETWEEN ? AND ? ORDER BY oid LIMIT ${READ_STEP}`,
        [walk.repositoryId, after, walk.baseFrom, walk.baseTo],
      );
      if (rows.length > 0) yield rows.map(toFacts);
      if (rows.length < READ_STEP) return;
      after = String(rows.at(-1)?.oid);
    }
  }

  /** Deletes some commits that belong to nothing any more. @returns whether there may be more */
  async deleteStrays(walk: WalkRow): Promise<boolean> {
    const rows = await this.query<{ oid: string }>(
      `SELECT oid FROM github_commits WHERE repository_id = ? AND NOT walk BETWEEN ? AND ? LIMIT 500`,
      [walk.repositoryId, walk.baseFrom, walk.baseTo],
    );
    if (rows.length === 0) return false;
    await this.query(`DELETE FROM github_commits WHERE repository_id = ? AND oid IN (${rows.map(() => '?').join()})`, [
      walk.repositoryId,
      ...rows.map(({ oid }) => oid),
    ]);
    return true;
  }

  private async upsert(manager: EntityManager, walk: WalkRow, commits: readonly CommitRow[]): Promise<void> {
    const values = commits.map(() => `(${Array.from({ length: COLUMNS }, () => '?').join()})`).join();
    // Figures that were told once are not lost where GitHub cannot tell them again.
    const sql = `INSERT INTO github_commits
        (repository_id, oid, walk, committed_at, authored_at, author, is_merge, additions, deletions) VALUES ${values}
      ON CONFLICT (repository_id, oid) DO UPDATE SET walk = excluded.walk, author = excluded.author,
        additions = COALESCE(excluded.additions, github_commits.additions),
        deletions = COALESCE(excluded.deletions, github_commits.deletions)`;
    // SQLite's driver takes no booleans, PostgreSQL's column no numbers.
    const flag = (value: boolean) => (this.dataSource.options.type === 'postgres' ? value : Number(value));
    const parameters = commits.flatMap((commit) => [
      walk.repositoryId,
      commit.oid,
      walk.number,
      commit.committedAt,
      commit.authoredAt,
      commit.author,
      flag(commit.isMerge),
      commit.additions,
      commit.deletions,
    ]);
    await manager.query(placeholders(this.dataSource, sql), parameters);
  }

  private query<T>(sql: string, parameters: unknown[]): Promise<T[]> {
    return this.dataSource.query(placeholders(this.dataSource, sql), parameters);
  }
}

async function upsertWalk(manager: EntityManager, walk: WalkRow): Promise<void> {
  await manager.getRepository(GithubWalkEntity).upsert({ ...walk }, ['repositoryId']);
}

/** PostgreSQL gives `bigint` as text, SQLite booleans as numbers. */
function toFacts(row: Record<string, string | number | boolean | null>): CommitFacts {
  return {
    committedAt: Number(row.committed_at),
    authoredAt: Number(row.authored_at),
    author: String(row.author),
    isMerge: Boolean(row.is_merge),
    additions: row.additions === null ? null : Number(row.additions),
    deletions: row.deletions === null ? null : Number(row.deletions),
  };
}
