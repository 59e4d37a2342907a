/** The ids that an event carries. */
export interface EventIds {
  userId?: string | null;
  anonymousId?: string | null;
}

/** First userId of each anonymousId that has one. */
export type IdentityLinks = ReadonlyMap<string, string>;

/**
 * Whose event it is: that of its user, else of the user its anonymousId is linked to, else of the anonymousId.
 * The key tells a userId from an anonymousId with the same text. `null`: an event without ids is nobody's.
 */
export function personOf(ids: EventIds, links: IdentityLinks): string | null {
  const userId = ids.userId || (ids.anonymousId ? links.get(ids.anonymousId) : undefined);
  if (userId) return `u${userId}`;
  return ids.anonymousId ? `a${ids.anonymousId}` : null;
}

/** The anonymousIds whose link decides whose event it is, each once. */
export function undecidedIds(rows: readonly EventIds[], known?: { has(anonymousId: string): boolean }): string[] {
  const ids = new Set<string>();
  for (const { userId, anonymousId } of rows) {
    if (!userId && anonymousId && known?.has(anonymousId) !== true) ids.add(anonymousId);
  }
  return [...ids];
}
