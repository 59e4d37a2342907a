import { isEarlier, NO_TIME, type IdentityLink } from '../../../events/product/links/identity-merge.js';
import type { LinkChange, StoredIds } from '../../../events/product/removal/event-removal.service.js';
import type { ActorKind } from '../../../events/product/segments/actor-key.js';

/** A person to be erased: the events of its user, and those without a user that carry one of the anonymousIds. */
export interface ErasedPerson {
  userId: string;
  anonymousIds: readonly string[];
  /** Events received later are new data and stay. */
  requestedAt: Date;
}

/** Tells which events go, and who is the first user of an anonymousId by those that stay. */
export class ErasedPersons {
  private readonly users = new Map<string, number>();
  private readonly anonymous = new Map<string, number>();
  private readonly first = new Map<string, IdentityLink>();

  constructor(
    private readonly projectKey: string,
    persons: readonly ErasedPerson[],
  ) {
    for (const { userId, anonymousIds, requestedAt } of persons) {
      raise(this.users, userId, requestedAt.getTime());
      for (const anonymousId of anonymousIds) raise(this.anonymous, anonymousId, requestedAt.getTime());
    }
  }

  get userIds(): string[] {
    return [...this.users.keys()];
  }

  get anonymousIds(): string[] {
    return [...this.anonymous.keys()];
  }

  /** As the rollups know them. */
  get actors(): { kind: ActorKind; id: string }[] {
    return [
      ...this.userIds.map((id) => ({ kind: 'u' as const, id })),
      ...this.anonymousIds.map((id) => ({ kind: 'a' as const, id })),
    ];
  }

  /** An event that carries a userId belongs to it, whatever its anonymousId. */
  isErased({ userId, anonymousId, receivedAt }: StoredIds): boolean {
    const until =
      userId !== null ? this.users.get(userId) : anonymousId !== null ? this.anonymous.get(anonymousId) : undefined;
    return until !== undefined && (receivedAt?.getTime() ?? -Infinity) <= until;
  }

  /** Notes what an event that stays says about whose an anonymousId is. */
  addEvidence({ userId, anonymousId, timestamp }: StoredIds): void {
    if (userId === null || anonymousId === null || !this.anonymous.has(anonymousId)) return;
    const link = { projectKey: this.projectKey, anonymousId, userId, at: timestamp?.getTime() ?? NO_TIME };
    const known = this.first.get(anonymousId);
    if (known === undefined || isEarlier(link, known)) this.first.set(anonymousId, link);
  }

  /**
   * What must be done to the links so that they are what the events that stay say. A stored link that is earlier than
   * all of these came from an erased event.
   */
  planLinks(stored: ReadonlyMap<string, IdentityLink>): { replace: LinkChange[]; merge: IdentityLink[] } {
    const replace: LinkChange[] = [];
    const merge: IdentityLink[] = [];
    for (const anonymousId of this.anonymous.keys()) {
      const from = stored.get(anonymousId);
      const first = this.first.get(anonymousId);
      if (from !== undefined && (first === undefined || isEarlier(from, first))) {
        replace.push({ from, to: first ?? null });
      } else if (first !== undefined && (from === undefined || isEarlier(first, from))) merge.push(first);
    }
    return { replace, merge };
  }
}

function raise(map: Map<string, number>, key: string, value: number): void {
  map.set(key, Math.max(map.get(key) ?? -Infinity, value));
}
