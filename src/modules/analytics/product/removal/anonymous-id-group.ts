import type { IdentityLink } from '../../../events/product/links/identity-merge.js';

/**
 * The next anonymousIds of a user, in the order of the database, which compares texts by their UTF-8 bytes.
 * @param links of the user, in that order.
 * @param after an anonymousId; those up to it are left out.
 */
export function nextAnonymousIds(
  links: readonly IdentityLink[],
  after: string,
  limit: number,
): { anonymousIds: string[]; firstLinkAt: number | null; more: boolean } {
  const bytes = Buffer.from(after);
  const rest = links.filter(({ anonymousId }) => Buffer.compare(Buffer.from(anonymousId), bytes) > 0);
  const taken = rest.slice(0, limit);
  return {
    anonymousIds: taken.map(({ anonymousId }) => anonymousId),
    firstLinkAt: taken.length === 0 ? null : Math.min(...taken.map(({ at }) => at)),
    more: rest.length > limit,
  };
}
