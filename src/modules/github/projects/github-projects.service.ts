import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/clock.js';
import { GithubProjectNotFoundError } from '../github.errors.js';
import { GithubRepositoriesRepository, type RepositoryRow } from '../store/github-repositories.repository.js';
import { languageOf } from './project-figures.js';
import { sortProjects, type ProjectSort } from './project-sort.js';
import { totalsOf, type ProjectTotals } from './totals.js';

const DAY_MS = 86_400_000;

export interface ProjectDay {
  /** `YYYY-MM-DD`, UTC. */
  date: string;
  commits: number;
  additions: number;
  deletions: number;
}

export interface GithubMetrics {
  totals: ProjectTotals;
  /** UTC days with a commit in any project. */
  distinctDays: number;
}

/** The stored figures, however old: reading never asks GitHub. */
@Injectable()
export class GithubProjectsService {
  private distinctDays: { version: string; count: number } | undefined;

  constructor(
    private readonly repositories: GithubRepositoriesRepository,
    private readonly clock: Clock,
  ) {}

  async list(sort: ProjectSort, language?: string): Promise<RepositoryRow[]> {
    const rows = await this.repositories.listShown();
    const wanted = language?.toLowerCase();
    return sortProjects(wanted === undefined ? rows : rows.filter((row) => languageOf(row).toLowerCase() === wanted), sort);
  }

  /** @param name with or without its owner: `repo` or `owner/repo` @throws GithubProjectNotFoundError */
  async get(name: string): Promise<RepositoryRow> {
    const [last = '', ...owner] = name.split('/').reverse();
    const row = owner.length > 1 ? null : await this.repositories.findShown(last, owner[0]);
    if (row === null) throw new GithubProjectNotFoundError();
    return row;
  }

  /** So many UTC days that end today, those without commits too. @throws GithubProjectNotFoundError */
  async getActivity(name: string, days: number): Promise<ProjectDay[]> {
    const { id } = await this.get(name);
    const today = Math.floor(this.clock.now() / DAY_MS);
    const first = today - days + 1;
    const stored = new Map((await this.repositories.listDays(id, first, today)).map((row) => [row.day, row]));
    return Array.from({ length: days }, (_, i) => {
      const { commits = 0, additions = 0, deletions = 0 } = stored.get(first + i) ?? {};
      return { date: new Date((first + i) * DAY_MS).toISOString().slice(0, 10), commits, additions, deletions };
    });
  }

  async getMetrics(): Promise<GithubMetrics> {
    const rows = await this.repositories.listShown();
    return { totals: totalsOf(rows), distinctDays: await this.countDistinctDays(rows) };
  }

  /** Goes over the days of all projects, so it is done once for each state of them: their revisions only grow. */
  private async countDistinctDays(rows: readonly RepositoryRow[]): Promise<number> {
    const version = rows.map(({ id, revision }) => `${id} ${revision}`).join();
    if (this.distinctDays?.version !== version) {
      this.distinctDays = { version, count: await this.repositories.countDistinctDays() };
    }
    return this.distinctDays.count;
  }
}
