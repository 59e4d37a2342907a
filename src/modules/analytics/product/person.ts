/** The ids that an event carries. */
export interface EventIds {
  userId?: string | null;
  anonymousId?: string | null;
}

/** First userId of each anonymousId that has one. */
export type IdentityLinks = ReadonlyMap<string, string>;

/** An id of an event; documents of before this server may hold other things than text, which are nobody's. */
export function textId(id: unknown): string | undefined {
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/**
 * Whose event it is: that of its user, else of the user its anonymousId is linked to, else of the anonymousId.
 * The key tells a userId from an anonymousId with the same text. `null`: an event without ids is nobody's.
 */
export function personOf(ids: EventIds, links: IdentityLinks): string | null {
  const anonymousId = textId(ids.anonymousId);
  const userId = textId(ids.userId) ?? (anonymousId === undefined ? undefined : links.get(anonymousId));
  if (userId) return `u${userId}`;
  return anonymousId === undefined ? null : `a${anonymousId}`;
}

/** The anonymousIds whose link decides whose event it is, each once. */
export function undecidedIds(rows: readonly EventIds[], known?: { has(anonymousId: string): boolean }): string[] {
  const ids = new Set<string>();
  for (const row of rows) {
    const anonymousId = textId(row.anonymousId);
    if (anonymousId === undefined || textId(row.userId) !== undefined) continue;
    if (known?.has(anonymousId) !== true) ids.add(anonymousId);
  }
  return [...ids];
}
