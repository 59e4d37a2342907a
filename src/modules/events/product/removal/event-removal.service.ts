import { Injectable } from '@nestjs/common';
import { EventRemovalRepository, type EventStretch, type StoredIds } from './event-removal.repository.js';
import { IdentityLinksRepository } from '../links/identity-links.repository.js';
import type { IdentityLink } from '../links/identity-merge.js';
import { LinkRemovalRepository, type LinkChange } from '../links/link-removal.repository.js';

export type { EventStretch, StoredIds } from './event-removal.repository.js';
export type { LinkChange } from '../links/link-removal.repository.js';

/** A step reads so many index entries or events: some 50 ms of the database's time. */
const STEP = 20_000;
const LINKS_PER_READ = 1000;

/**
 * Removes events and corrects identity links, for the erasure of persons and the retention of events. Knows nothing of
 * what is made from events: whoever calls it keeps that right.
 */
@Injectable()
export class EventRemovalService {
  constructor(
    private readonly events: EventRemovalRepository,
    private readonly linkRemoval: LinkRemovalRepository,
    private readonly links: IdentityLinksRepository,
  ) {}

  /** Divides the stretch into parts that hold about as many events as one step may read. */
  async *divide(projectKey: string, stretch: EventStretch, signal: AbortSignal): AsyncGenerator<EventStretch> {
    for (let from: Date | null = stretch.from; from !== null;) {
      signal.throwIfAborted();
      const boundary: Date | null = await this.events.findBoundary(projectKey, { ...stretch, from }, STEP);
      // More events of one instant than a step should read stay together.
      const isInstant: boolean = boundary !== null && boundary.getTime() === from.getTime();
      const end: Date | null = isInstant ? new Date(from.getTime() + 1) : boundary;
      yield { ...stretch, from, toExclusive: end ?? stretch.toExclusive };
      from = end;
    }
  }

  /** The instant of the first event of the stretch; `null`: there is none. */
  async findFirst(projectKey: string, stretch: EventStretch): Promise<Date | null> {
    return this.events.findBoundary(projectKey, stretch, 0);
  }

  /** Events of the stretch that carry one of these ids. */
  async listWithIds(
    projectKey: string,
    stretch: EventStretch,
    ids: { userIds: readonly string[]; anonymousIds: readonly string[] },
  ): Promise<StoredIds[]> {
    return this.events.listWithIds(projectKey, stretch, ids.userIds, ids.anonymousIds);
  }

  /** Keys of the events of the stretch that were received before. */
  async listKeys(projectKey: string, stretch: EventStretch, receivedBefore: Date): Promise<Uint8Array[]> {
    return this.events.listKeys(projectKey, stretch, receivedBefore);
  }

  /** Durable when it resolves. */
  async deleteEvents(keys: readonly Uint8Array[]): Promise<void> {
    await this.events.delete(keys);
  }

  /** All links to one of the users, in the order of the anonymousIds. */
  async *listLinksOfUsers(
    projectKey: string,
    userIds: readonly string[],
    signal: AbortSignal,
  ): AsyncGenerator<IdentityLink> {
    for (let after: string | null = ''; after !== null;) {
      signal.throwIfAborted();
      const step: Awaited<ReturnType<LinkRemovalRepository['listOfUsers']>> = await this.linkRemoval.listOfUsers(
        projectKey,
        userIds,
        after,
        STEP,
      );
      yield* step.links;
      after = step.next;
    }
  }

  /** By anonymousId. */
  async listLinks(projectKey: string, anonymousIds: readonly string[]): Promise<Map<string, IdentityLink>> {
    const found = new Map<string, IdentityLink>();
    for (let start = 0; start < anonymousIds.length; start += LINKS_PER_READ) {
      const some = await this.links.list(projectKey, anonymousIds.slice(start, start + LINKS_PER_READ));
      for (const link of some) found.set(link.anonymousId, link);
    }
    return found;
  }

  /** Lowers or creates links, as ingest does. Durable when it resolves. */
  async mergeLinks(links: readonly IdentityLink[]): Promise<void> {
    await this.links.merge(links);
  }

  /**
   * Makes links later or deletes them, unless they have changed since they were read. Durable when it resolves. Every
   * process that remembers links must then be told, by the project's `linkGeneration`.
   */
  async replaceLinks(changes: readonly LinkChange[]): Promise<void> {
    await this.linkRemoval.replace(changes);
  }
}
