import { Injectable } from '@nestjs/common';
import { EventRemovalService } from '../../../events/product/removal/event-removal.service.js';
import type { IdentityLink } from '../../../events/product/links/identity-merge.js';
import { ProjectsService } from '../../../projects/projects.service.js';
import type { ErasedPersons } from './erased-persons.js';
import { ReplicaDelay } from './replica-delay.js';

/** An event may have been received so long before it was stored, and by another clock. */
const RECEIPT_MARGIN_MS = 60_000;

/** Whom a pass erases, and where. */
export interface ErasureScope {
  projectKey: string;
  persons: ErasedPersons;
  /** No link of their anonymousIds was made by an earlier event than this, in epoch milliseconds; `null`: there is none. */
  firstLinkAt: number | null;
  /** When they were found. */
  foundAt: Date;
  signal: AbortSignal;
}

/**
 * Makes the links of erased persons what the events that stay say: those of another user with the same anonymousId may
 * now be the first. Processes remember links, and do not look at events again that could not have changed these; and
 * what they had begun to write may bring back a link that is gone. So everybody is told to forget, and when all have
 * heard of it, whatever came in between is looked at again, until there is nothing left to take back.
 */
@Injectable()
export class ErasedLinksService {
  constructor(
    private readonly removal: EventRemovalService,
    private readonly projects: ProjectsService,
    private readonly delay: ReplicaDelay,
  ) {}

  /** @param links as they were before the events were looked at that `scope.persons` knows of. */
  async correct(scope: ErasureScope, links: ReadonlyMap<string, IdentityLink>): Promise<void> {
    const { projectKey, persons, signal } = scope;
    let stored = links;
    for (let round = 0; ; round++) {
      await this.addRecentEvidence(scope);
      const { replace, merge } = persons.planLinks(stored);
      await this.removal.replaceLinks(replace);
      await this.removal.mergeLinks(merge);
      // The first time always: an interrupted pass may have changed links and told nobody.
      if (round > 0 && replace.length === 0) return;
      await this.projects.raiseLinkGeneration(projectKey);
      await this.delay.since(new Date(), signal);
      stored = await this.removal.listLinks(projectKey, persons.anonymousIds);
    }
  }

  /** A link is written after its event: what the links said before this was said by events that this meets. */
  private async addRecentEvidence({ projectKey, persons, foundAt, signal }: ErasureScope): Promise<void> {
    const from = new Date(foundAt.getTime() - RECEIPT_MARGIN_MS);
    const { anonymousIds } = persons;
    const recent = { order: 'receivedAt', from, toExclusive: null } as const;
    for await (const part of this.removal.divide(projectKey, recent, signal)) {
      for (const event of await this.removal.listWithIds(projectKey, part, { userIds: [], anonymousIds })) {
        if (!persons.isErased(event)) persons.addEvidence(event);
      }
    }
  }
}
