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

interface Shown {
  version: string;
  rows: readonly RepositoryRow[];
  distinctDays?: number;
}

/**
 * The stored figures, however old: reading never asks GitHub. What was read is kept until the version in the database is
 * another one, since hundreds of rows take longer to read than to show.
 */
@Injectable()
export class GithubProjectsService {
  private latest: Shown | undefined;

  constructor(
    private readonly repositories: GithubRepositoriesRepository,
    private readonly clock: Clock,
  ) {}

  async list(sort: ProjectSort, language?: string): Promise<RepositoryRow[]> {
    const { rows } = await this.readShown();
    const wanted = language?.toLowerCase();
    return sortProjects(
      wanted === undefined ? rows : rows.filter((row) => languageOf(row).toLowerCase() === wanted),
      sort,
    );
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
    const shown = await this.readShown();
    // Goes over the days of all projects.
    shown.distinctDays ??= await this.repositories.countDistinctDays();
    return { totals: totalsOf(shown.rows), distinctDays: shown.distinctDays };
  }

  /** The version first: rows that are newer than it are read again the next time, rows that are older never shown. */
  private async readShown(): Promise<Shown> {
    const version = await this.repositories.getVersion();
    if (this.latest?.version === version) return this.latest;
    return (this.latest = { version, rows: await this.repositories.listShown() });
  }
}
