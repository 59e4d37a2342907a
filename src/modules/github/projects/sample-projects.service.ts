import { Inject, Injectable } from '@nestjs/common';
import { GITHUB_CONFIG, type GithubConfig } from '../../../config/app.config.js';
import { authorKey } from '../commits/author-key.js';
import { CommitFiguresBuilder } from '../commits/commit-figures.js';
import { GithubRepositoriesRepository, newRow } from '../store/github-repositories.repository.js';

export interface SampleCommit {
  /** Epoch milliseconds. */
  at: number;
  author: string;
  additions: number;
  deletions: number;
}

export interface SampleProject {
  id: string;
  owner: string;
  name: string;
  language: string;
  isPrivate: boolean;
  sizeKb: number;
  loc: number;
  /** In any order, at least one. */
  commits: SampleCommit[];
}

const MINUTE = 60;

/** Puts repositories into the dashboard that are not from GitHub: demo data. */
@Injectable()
export class SampleProjectsService {
  constructor(
    private readonly repositories: GithubRepositoriesRepository,
    @Inject(GITHUB_CONFIG) private readonly config: GithubConfig,
  ) {}

  /** Stores a sample. False: it is there already, and stays as it is. */
  async store(sample: SampleProject): Promise<boolean> {
    if ((await this.repositories.findByIds([sample.id])).size > 0) return false;
    const builder = new CommitFiguresBuilder();
    for (const { at, author, additions, deletions } of sample.commits) {
      const key = authorKey(author);
      builder.add({ committedAt: at, authoredAt: at, author: key, isMerge: false, additions, deletions });
    }
    const { sessionGapMinutes, sessionFirstMinutes } = this.config;
    const { days, ...figures } = builder.finish({
      gap: sessionGapMinutes * MINUTE,
      first: sessionFirstMinutes * MINUTE,
    });
    const lastCommitAt = Math.max(...sample.commits.map(({ at }) => at));
    const listed = newRow({
      id: sample.id,
      owner: sample.owner,
      name: sample.name,
      url: `https://github.com/${sample.owner}/${sample.name}`,
      isPrivate: sample.isPrivate,
      sizeKb: sample.sizeKb,
      languages: [{ name: sample.language, bytes: sample.loc * 36 }],
      head: null,
    });
    const row = {
      ...listed,
      ...figures,
      state: 'shown' as const,
      lastCommitAt,
      loc: sample.loc,
      locSource: 'counted' as const,
      refreshedAt: lastCommitAt,
    };
    await this.repositories.saveSample(row, days);
    return true;
  }
}
