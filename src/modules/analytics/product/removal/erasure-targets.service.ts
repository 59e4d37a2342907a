import { Injectable } from '@nestjs/common';
import type { IdentityLink } from '../../../events/product/links/identity-merge.js';
import { EventRemovalService } from '../../../events/product/removal/event-removal.service.js';
import { actorKey } from '../../../events/product/segments/actor-key.js';
import { nextAnonymousIds } from './anonymous-id-group.js';
import { PersonErasuresRepository, type ErasureGroup, type PersonErasure } from './person-erasures.repository.js';
import { RollupDaysRepository } from './rollup-days.repository.js';
import { stretchesToScan } from './scan-stretches.js';

/** More are erased in further passes: the ids stand in one document, and in every question to the database. */
const ANONYMOUS_IDS_PER_PERSON = 1000;
/** Of all persons of a pass, unless one alone has more. */
const ANONYMOUS_IDS_PER_PASS = 5000;

/** Of whom it is known who they are. */
export interface ErasureTarget extends PersonErasure {
  userId: string;
  group: ErasureGroup;
}

/**
 * Finds out who is to be erased. An id stands for the user who has it; if there is none, an anonymousId that is linked
 * stands for its user; else it stands for itself. A person is the user with all anonymousIds that are linked to it, and
 * with the anonymousId of the same text unless that is another user's.
 */
@Injectable()
export class ErasureTargetsService {
  constructor(
    private readonly erasures: PersonErasuresRepository,
    private readonly removal: EventRemovalService,
    private readonly rollupDays: RollupDaysRepository,
  ) {}

  /**
   * What is found is stored first: once links and events are gone, nothing would tell any more. Persons for whose
   * anonymousIds there is no room are left for the next pass, and nothing is stored of them.
   */
  async find(projectKey: string, requests: readonly PersonErasure[], signal: AbortSignal): Promise<ErasureTarget[]> {
    const foundAt = new Date();
    const open = requests.filter(({ group }) => group === null);
    const ownLinks = await this.removal.listLinks(
      projectKey,
      open.map(({ id }) => id),
    );
    const links = await this.listLinks(projectKey, open, ownLinks, signal);
    const targets: ErasureTarget[] = [];
    let anonymousIds = 0;
    for (const request of requests) {
      const ownLink = ownLinks.get(request.id);
      const userId = request.userId ?? (await this.userOf(projectKey, request.id, ownLink, links, signal));
      const group = request.group ?? firstOrNextGroup(request, userId, ownLink, links.get(userId) ?? [], foundAt);
      anonymousIds += group.anonymousIds.length;
      if (targets.length > 0 && anonymousIds > ANONYMOUS_IDS_PER_PASS) break;
      if (request.group === null) await this.erasures.setPerson(request.erasureId, userId, group);
      targets.push({ ...request, userId, group });
    }
    return targets;
  }

  /** The links of every user that may be meant. */
  private async listLinks(
    projectKey: string,
    open: readonly PersonErasure[],
    ownLinks: ReadonlyMap<string, IdentityLink>,
    signal: AbortSignal,
  ): Promise<Map<string, IdentityLink[]>> {
    const links = new Map<string, IdentityLink[]>();
    const userIds = new Set([
      ...open.map(({ id, userId }) => userId ?? id),
      ...[...ownLinks.values()].map((l) => l.userId),
    ]);
    if (userIds.size === 0) return links;
    for await (const link of this.removal.listLinksOfUsers(projectKey, [...userIds], signal)) {
      const known = links.get(link.userId);
      if (known === undefined) links.set(link.userId, [link]);
      else known.push(link);
    }
    return links;
  }

  private async userOf(
    projectKey: string,
    id: string,
    ownLink: IdentityLink | undefined,
    links: ReadonlyMap<string, unknown>,
    signal: AbortSignal,
  ): Promise<string> {
    if (ownLink === undefined || ownLink.userId === id || links.has(id)) return id;
    return (await this.isUser(projectKey, id, signal)) ? id : ownLink.userId;
  }

  private async isUser(projectKey: string, id: string, signal: AbortSignal): Promise<boolean> {
    const known = await this.rollupDays.hasActor(projectKey, actorKey('u', id), signal);
    if (known !== null) return known;
    for (const stretch of stretchesToScan(null, null)) {
      for await (const part of this.removal.divide(projectKey, stretch, signal)) {
        const events = await this.removal.listWithIds(projectKey, part, { userIds: [id], anonymousIds: [] });
        if (events.length > 0) return true;
      }
    }
    return false;
  }
}

function firstOrNextGroup(
  request: PersonErasure,
  userId: string,
  ownLink: IdentityLink | undefined,
  links: readonly IdentityLink[],
  foundAt: Date,
): ErasureGroup {
  const { anonymousIds, ...rest } = nextAnonymousIds(links, request.doneUpTo, ANONYMOUS_IDS_PER_PERSON);
  const isFree = request.doneUpTo === '' && ownLink === undefined && userId === request.id;
  return { anonymousIds: isFree ? [request.id, ...anonymousIds] : anonymousIds, foundAt, ...rest };
}
