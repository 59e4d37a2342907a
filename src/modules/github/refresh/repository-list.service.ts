import { Inject, Injectable } from '@nestjs/common';
import { GITHUB_CONFIG, type GithubConfig } from '../../../config/app.config.js';
import { GithubClient } from '../client/github.client.js';
import type { ListedRepository, RateState, RepositoryPage } from '../client/github-answers.js';
import { RefusedFault, TooMuchAskedFault, UnavailableFault } from '../github.errors.js';

const PAGE_SIZE = 50;

export interface RepositoryListing {
  repositories: ListedRepository[];
  /** What could not be listed: repositories that are not in the list may still be there. */
  problems: { name: string; error: string }[];
}

/** What the token's owner and the configured organizations have on GitHub. */
@Injectable()
export class RepositoryListService {
  constructor(
    private readonly client: GithubClient,
    @Inject(GITHUB_CONFIG) private readonly config: GithubConfig,
  ) {}

  /** @throws GithubFault where the owner's own repositories cannot be listed */
  async list(signal: AbortSignal, onPage: (rate: RateState) => Promise<void>): Promise<RepositoryListing> {
    const found = new Map<string, ListedRepository>();
    const problems: RepositoryListing['problems'] = [];
    for (const organization of [null, ...this.config.organizations]) {
      const name = organization === null ? 'own repositories' : `organization ${organization}`;
      try {
        const missing = await this.listOwner(organization, found, signal, onPage);
        if (missing > 0) problems.push({ name, error: `GitHub left out ${missing} of the repositories` });
      } catch (error) {
        if (organization === null || !(error instanceof RefusedFault)) throw error;
        problems.push({ name, error: error.message });
      }
    }
    return { repositories: [...found.values()], problems };
  }

  /** @returns how many repositories GitHub left out */
  private async listOwner(
    organization: string | null,
    found: Map<string, ListedRepository>,
    signal: AbortSignal,
    onPage: (rate: RateState) => Promise<void>,
  ): Promise<number> {
    let missing = 0;
    let cursor: string | null = null;
    let pageSize = PAGE_SIZE;
    do {
      const asked = await this.ask(organization, cursor, pageSize, signal);
      pageSize = asked.pageSize;
      for (const repository of asked.page.repositories) found.set(repository.id, repository);
      missing += asked.page.missing;
      cursor = asked.page.nextCursor;
      await onPage(asked.page.rate);
    } while (cursor !== null);
    return missing;
  }

  private async ask(
    organization: string | null,
    cursor: string | null,
    largest: number,
    signal: AbortSignal,
  ): Promise<{ page: RepositoryPage; pageSize: number }> {
    for (let pageSize = largest; ; pageSize = Math.floor(pageSize / 2)) {
      try {
        return { page: await this.client.listRepositories({ organization, cursor, pageSize }, signal), pageSize };
      } catch (error) {
        if (!(error instanceof TooMuchAskedFault)) throw error;
        // Without the list nothing can be done: that GitHub may answer other questions is no help.
        if (pageSize === 1) throw new UnavailableFault(error.message);
      }
    }
  }
}
