import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In, Not, type EntityManager } from 'typeorm';
import { placeholders } from '../../../infra/sql/sql-dialect.js';
import type { ListedRepository } from '../client/github-answers.js';
import { FencedWritesRepository, type Fence, type RunFigures } from './fenced-writes.repository.js';
import { GithubDayEntity } from './github-commit.entity.js';
import { GithubRepositoryEntity } from './github-repository.entity.js';

export type RepositoryRow = Pick<GithubRepositoryEntity, keyof GithubRepositoryEntity>;

export interface DayRow {
  /** Days since 1970-01-01 (UTC). */
  day: number;
  commits: number;
  additions: number;
  deletions: number;
}

const WRITE_STEP = 500;

/** Repositories with their figures, and what happened in them day by day. */
@Injectable()
export class GithubRepositoriesRepository {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly writes: FencedWritesRepository,
  ) {}

  /** A text that differs after every change of any repository: revisions only grow, and no row goes. */
  async getVersion(): Promise<string> {
    const [row] = await this.query<{ rows: string | number; revisions: string | number | null }>(
      'SELECT COUNT(*) AS "rows", SUM(revision) AS revisions FROM github_repositories',
      [],
    );
    return `${row?.rows} ${row?.revisions}`;
  }

  /** The newest commit first. */
  async listShown(): Promise<RepositoryRow[]> {
    const entities = await this.repositories.find({
      where: { state: 'shown' },
      order: { lastCommitAt: 'DESC', id: 'ASC' },
    });
    return entities.map((entity) => ({ ...entity }));
  }

  /** Of several owners' repositories of this name the one with the newest commit. */
  async findShown(name: string, owner?: string): Promise<RepositoryRow | null> {
    const entities = await this.repositories.find({
      where: { state: 'shown', nameKey: name.toLowerCase() },
      order: { lastCommitAt: 'DESC', id: 'ASC' },
    });
    const entity = entities.find((one) => owner === undefined || one.owner.toLowerCase() === owner.toLowerCase());
    return entity === undefined ? null : { ...entity };
  }

  async findByIds(ids: readonly string[]): Promise<Map<string, RepositoryRow>> {
    const found = new Map<string, RepositoryRow>();
    for (let i = 0; i < ids.length; i += WRITE_STEP) {
      const entities = await this.repositories.findBy({ id: In(ids.slice(i, i + WRITE_STEP)) });
      for (const entity of entities) found.set(entity.id, { ...entity });
    }
    return found;
  }

  /** Days with commits, in order; both ends inclusive. */
  async listDays(repositoryId: string, from: number, to: number): Promise<DayRow[]> {
    const rows = await this.query<Record<keyof DayRow, string | number>>(
      `SELECT day, commits, additions, deletions FROM github_days
       WHERE repository_id = ? AND day BETWEEN ? AND ? ORDER BY day`,
      [repositoryId, from, to],
    );
    return rows.map(toDay);
  }

  /** Days on which there was a commit in any repository that is shown. */
  async countDistinctDays(): Promise<number> {
    const [row] = await this.query<{ days: string | number }>(
      `SELECT COUNT(DISTINCT github_days.day) AS days FROM github_days
       JOIN github_repositories ON github_repositories.id = github_days.repository_id
       WHERE github_repositories.state = ?`,
      ['shown'],
    );
    return Number(row?.days ?? 0);
  }

  /** Everything of a repository that is read anew: its row and its days, both or neither. */
  async saveFigures(fence: Fence, figures: RunFigures, row: RepositoryRow, days: readonly DayRow[]): Promise<void> {
    await this.writes.run(fence, figures, async (manager) => {
      await saveRow(manager, row);
      await this.replaceDays(manager, row.id, days);
    });
  }

  /** Rows of which only the names, sizes or states are new. */
  async saveRows(fence: Fence, figures: RunFigures, rows: readonly RepositoryRow[]): Promise<void> {
    await this.writes.run(fence, figures, async (manager) => {
      for (const row of rows) await saveRow(manager, row);
    });
  }

  /** All but these are no longer on GitHub. */
  async markOthersGone(
    fence: Fence,
    present: ReadonlySet<string>,
    incompleteOwners: ReadonlySet<string>,
  ): Promise<number> {
    const known = await this.repositories.find({ where: { state: Not('gone') } });
    const gone = known.filter(({ id, owner }) => !present.has(id) && !incompleteOwners.has(owner.toLowerCase()));
    await this.saveRows(
      fence,
      {},
      gone.map((row) => ({ ...row, state: 'gone' as const })),
    );
    return gone.length;
  }

  /** For demo data, which no refresh brings. */
  async saveSample(row: RepositoryRow, days: readonly DayRow[]): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await saveRow(manager, row);
      await this.replaceDays(manager, row.id, days);
    });
  }

  /** Writes only what differs: most days of a repository never change again. */
  private async replaceDays(manager: EntityManager, repositoryId: string, days: readonly DayRow[]): Promise<void> {
    const rows = await manager.getRepository(GithubDayEntity).findBy({ repositoryId });
    const stored = new Map(rows.map((row) => [row.day, row]));
    const changed = days.filter((day) => {
      const before = stored.get(day.day);
      stored.delete(day.day);
      return (
        before?.commits !== day.commits || before.additions !== day.additions || before.deletions !== day.deletions
      );
    });
    for (let i = 0; i < changed.length; i += WRITE_STEP) {
      const part = changed.slice(i, i + WRITE_STEP).map((day) => ({ repositoryId, ...day }));
      await manager.getRepository(GithubDayEntity).upsert(part, ['repositoryId', 'day']);
    }
    const left = [...stored.keys()];
    for (let i = 0; i < left.length; i += WRITE_STEP) {
      await manager.getRepository(GithubDayEntity).delete({ repositoryId, day: In(left.slice(i, i + WRITE_STEP)) });
    }
  }

  private get repositories() {
    return this.dataSource.getRepository(GithubRepositoryEntity);
  }

  private query<T>(sql: string, parameters: unknown[]): Promise<T[]> {
    return this.dataSource.query(placeholders(this.dataSource, sql), parameters);
  }
}

/** A repository that nothing is known of yet but what GitHub's list tells. */
export function newRow(listed: ListedRepository): RepositoryRow {
  return {
    id: listed.id,
    ...listedColumns(listed),
    state: 'new',
    headOid: null,
    commitCount: 0,
    firstCommitAt: null,
    lastCommitAt: null,
    activeDays: 0,
    additions: 0,
    deletions: 0,
    isChurnComplete: true,
    codingSeconds: 0,
    loc: 0,
    locSource: null,
    locOid: null,
    uncountable: null,
    refreshedAt: null,
    revision: 0,
  };
}

/** What the list tells anew each time. */
export function listedColumns(listed: ListedRepository) {
  return {
    owner: listed.owner,
    name: listed.name,
    nameKey: listed.name.toLowerCase(),
    url: listed.url,
    isPrivate: listed.isPrivate,
    primaryLanguage: listed.languages[0]?.name ?? null,
    sizeKb: listed.sizeKb,
  };
}

async function saveRow(manager: EntityManager, row: RepositoryRow): Promise<void> {
  await manager.getRepository(GithubRepositoryEntity).upsert({ ...row, revision: row.revision + 1 }, ['id']);
}

function toDay(row: Record<keyof DayRow, string | number>): DayRow {
  return {
    day: Number(row.day),
    commits: Number(row.commits),
    additions: Number(row.additions),
    deletions: Number(row.deletions),
  };
}
