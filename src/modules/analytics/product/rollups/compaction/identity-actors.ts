import { actorKey, type ActorKind } from '../../../../events/product/segments/actor-key.js';
import type { ActorBook } from '../format/actor-book.js';

/** Texts to remember at once, so that memory does not grow with the number of persons. */
const MAX_KNOWN = 100_000;

/** Numbers of actors by the ids that events carry. */
export class IdentityActors {
  private readonly known = { u: new Map<string, number>(), a: new Map<string, number>() };

  constructor(private readonly book: ActorBook) {}

  /** Who did it: the user, else the anonymousId, else nobody (-1). An id that is empty or no text is none. */
  numberOf(userId: unknown, anonymousId: unknown): number {
    if (isId(userId)) return this.get('u', userId);
    return isId(anonymousId) ? this.get('a', anonymousId) : -1;
  }

  /**
   * The numbers of both ends of a link. An anonymousId gets one even if nothing was done under it alone yet: when that
   * happens, nobody will look for its link any more.
   */
  numbersOf(link: { anonymousId: string; userId: string }): { anonymous: number; user: number } {
    return { anonymous: this.get('a', link.anonymousId), user: this.get('u', link.userId) };
  }

  private get(kind: ActorKind, id: string): number {
    const known = this.known[kind];
    const found = known.get(id);
    if (found !== undefined) return found;
    if (known.size >= MAX_KNOWN) known.clear();
    const number = this.book.numberOf(actorKey(kind, id), 0);
    known.set(id, number);
    return number;
  }
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
