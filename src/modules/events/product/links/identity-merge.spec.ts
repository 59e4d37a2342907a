import fc from 'fast-check';
import { isEarlier, linkKey, mergeLinks, NO_TIME, type IdentityLink } from './identity-merge.js';

const link = fc.record({
  projectKey: fc.constantFrom('p1', 'p2'),
  anonymousId: fc.constantFrom('a1', 'a2', 'a3'),
  userId: fc.constantFrom('u1', 'u2', 'ü', '\uffee', '😀', '$x', ''),
  at: fc.constantFrom(0, 1, 2, NO_TIME),
});

describe('mergeLinks', () => {
  it('should end in the same links in any order, division and repetition', () => {
    fc.assert(
      fc.property(
        fc.array(link, { maxLength: 30 }),
        fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
        (links, seeds) => {
          const repeated = [...links, ...links.filter((_, i) => (seeds[i] ?? 0) % 2 === 0)];
          const shuffled = repeated
            .map((value, i) => ({ value, seed: seeds[i] ?? 0 }))
            .sort((a, b) => a.seed - b.seed)
            .map(({ value }) => value);
          const cut = (seeds[0] ?? 0) % (shuffled.length + 1);
          const merged = mergeLinks([...mergeLinks(shuffled.slice(0, cut)), ...mergeLinks(shuffled.slice(cut))]);
          expect(asObject(merged)).toEqual(bruteForce(links));
        },
      ),
    );
  });
});

describe('isEarlier', () => {
  it('should order texts by their UTF-8 bytes, not by UTF-16 units', () => {
    expect(isEarlier({ at: 0, userId: '\uffee' }, { at: 0, userId: '😀' })).toBe(true);
    expect(isEarlier({ at: 0, userId: '😀' }, { at: 0, userId: '\uffee' })).toBe(false);
    expect(isEarlier({ at: 0, userId: 'u' }, { at: 0, userId: 'u' })).toBe(false);
    expect(isEarlier({ at: 5, userId: 'z' }, { at: NO_TIME, userId: 'a' })).toBe(true);
  });
});

function asObject(links: IdentityLink[]): Record<string, [string, number]> {
  return Object.fromEntries(links.map((each) => [linkKey(each.projectKey, each.anonymousId), [each.userId, each.at]]));
}

// Independent: sort all evidence of an anonymousId by (time, code points) and take the first.
function bruteForce(links: IdentityLink[]): Record<string, [string, number]> {
  const result: Record<string, [string, number]> = {};
  for (const key of new Set(links.map((each) => linkKey(each.projectKey, each.anonymousId)))) {
    const [first] = links
      .filter((each) => linkKey(each.projectKey, each.anonymousId) === key)
      .sort((a, b) => a.at - b.at || comparePoints([...a.userId], [...b.userId]));
    if (first !== undefined) result[key] = [first.userId, first.at];
  }
  return result;
}

function comparePoints(a: string[], b: string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i]?.codePointAt(0) ?? -1) - (b[i]?.codePointAt(0) ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
