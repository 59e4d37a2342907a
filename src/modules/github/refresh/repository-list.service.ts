import { Inject, Injectable } from '@nestjs/common';
import { GITHUB_CONFIG, type GithubConfig } from '../../../config/app.config.js';
import { GithubClient } from '../client/github.client.js';
import type { ListedRepository, NamedRepository, RateState, RepositoryPage } from '../client/github-answers.js';
import { LARGEST_PAGE, PageSize } from '../commits/page-size.js';
import { RefusedFault, TooMuchAskedFault, UnavailableFault } from '../github.errors.js';

export interface RepositoryListing {
  repositories: ListedRepository[];
  /** They are there, and cannot be read. */
  named: NamedRepository[];
  /** What could not be listed. */
  problems: { name: string; error: string }[];
  /** Logins in lower case of those who may have more repositories than were listed. */
  incompleteOwners: Set<string>;
}

type OnPage = (rate: RateState | null) => Promise<void>;

/** What the token's owner and the configured organizations have on GitHub. */
@Injectable()
export class RepositoryListService {
  constructor(
    private readonly client: GithubClient,
    @Inject(GITHUB_CONFIG) private readonly config: GithubConfig,
  ) {}

  /** @throws GithubFault where the owner's own repositories cannot be listed */
  async list(signal: AbortSignal, onPage: OnPage): Promise<RepositoryListing> {
    const repositories = new Map<string, ListedRepository>();
    const named = new Map<string, NamedRepository>();
    const problems: RepositoryListing['problems'] = [];
    const incompleteOwners = new Set<string>();
    for (const organization of [null, ...this.config.organizations]) {
      const name = organization === null ? 'own repositories' : `organization ${organization}`;
      try {
        for await (const page of this.pages(organization, signal)) {
          for (const one of page.repositories) repositories.set(one.id, one);
          for (const one of page.named) named.set(one.id, one);
          if (page.missing > 0) {
            problems.push({ name, error: `GitHub left out ${page.missing} of the repositories` });
            incompleteOwners.add(page.owner.toLowerCase());
          }
          await onPage(page.rate);
        }
      } catch (error) {
        if (organization === null || !(error instanceof RefusedFault)) throw error;
        problems.push({ name, error: error.message });
        incompleteOwners.add(organization.toLowerCase());
      }
    }
    const unread = [...named.values()].filter(({ id }) => !repositories.has(id));
    return { repositories: [...repositories.values()], named: unread, problems, incompleteOwners };
  }

  private async *pages(organization: string | null, signal: AbortSignal): AsyncGenerator<RepositoryPage> {
    let cursor: string | null = null;
    let size = new PageSize(LARGEST_PAGE);
    do {
      let page = await this.askForDetails(organization, cursor, size, signal);
      if (page === null) {
        page = await this.askForOneName(organization, cursor, signal);
        // The one that was too much is behind.
        size = new PageSize(LARGEST_PAGE);
      }
      yield page;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }

  /** The next page, as large as GitHub can manage; null: it cannot manage the next repository alone. */
  private async askForDetails(
    organization: string | null,
    cursor: string | null,
    size: PageSize,
    signal: AbortSignal,
  ): Promise<RepositoryPage | null> {
    for (;;) {
      try {
        const question = { organization, cursor, pageSize: size.current, withDetails: true };
        const page = await this.client.listRepositories(question, signal);
        size.succeeded();
        return page;
      } catch (error) {
        if (!(error instanceof TooMuchAskedFault)) throw error;
        if (!size.shrink()) return null;
      }
    }
  }

  private async askForOneName(
    organization: string | null,
    cursor: string | null,
    signal: AbortSignal,
  ): Promise<RepositoryPage> {
    try {
      return await this.client.listRepositories({ organization, cursor, pageSize: 1, withDetails: false }, signal);
    } catch (error) {
      // Without the list nothing can be done: that GitHub may answer other questions is no help.
      if (error instanceof TooMuchAskedFault) throw new UnavailableFault(error.message);
      throw error;
    }
  }
}
