/** The first userId that an anonymousId was seen with. */
export interface IdentityLink {
  projectKey: string;
  anonymousId: string;
  userId: string;
  /** Time of the event that says so, epoch milliseconds; `NO_TIME` for an event without one. */
  at: number;
}

/** The last instant a date can hold: events without a time come after all others. */
export const NO_TIME = 8.64e15;

/**
 * True when `a` is the earlier evidence: smaller time, then smaller userId in the order of its UTF-8
 * bytes, as the database compares texts. Total over (time, userId), so links merge to the same
 * result in whatever order, and however often, they arrive.
 */
export function isEarlier(a: Pick<IdentityLink, 'at' | 'userId'>, b: Pick<IdentityLink, 'at' | 'userId'>): boolean {
  if (a.at !== b.at) return a.at < b.at;
  return a.userId !== b.userId && Buffer.compare(Buffer.from(a.userId), Buffer.from(b.userId)) < 0;
}

/** The earliest link of each anonymousId. */
export function mergeLinks(links: Iterable<IdentityLink>): IdentityLink[] {
  const earliest = new Map<string, IdentityLink>();
  for (const link of links) {
    const key = linkKey(link.projectKey, link.anonymousId);
    const known = earliest.get(key);
    if (known === undefined || isEarlier(link, known)) earliest.set(key, link);
  }
  return [...earliest.values()];
}

/** Neither part can hold a NUL: ingest refuses it. */
export function linkKey(projectKey: string, anonymousId: string): string {
  return `${projectKey}\u0000${anonymousId}`;
}
