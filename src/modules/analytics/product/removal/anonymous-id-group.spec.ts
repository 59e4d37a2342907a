import type { IdentityLink } from '../../../events/product/links/identity-merge.js';
import { nextAnonymousIds } from './anonymous-id-group.js';

// In the order of UTF-8 bytes, in which U+FFEE comes before U+1F600; in JavaScript's own order it comes after.
const IDS = ['a', 'b', 'ü', '\uffee', '😀'];
const LINKS = IDS.map((anonymousId, i): IdentityLink => ({ projectKey: 'p', userId: 'u', anonymousId, at: 100 - i }));

describe('nextAnonymousIds', () => {
  it('should go through all of them, each once', () => {
    const groups: unknown[] = [];
    let after = '';
    for (let more = true; more;) {
      const group = nextAnonymousIds(LINKS, after, 2);
      groups.push([group.anonymousIds, group.firstLinkAt]);
      after = group.anonymousIds.at(-1) ?? '';
      more = group.more;
    }
    expect(groups).toEqual([
      [['a', 'b'], 99],
      [['ü', '\uffee'], 97],
      [['😀'], 96],
    ]);
  });

  it('should be empty without links', () => {
    expect(nextAnonymousIds([], '', 2)).toEqual({ anonymousIds: [], firstLinkAt: null, more: false });
  });
});
