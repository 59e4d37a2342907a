import type { IdentityLink } from './identity-merge.js';
import { KnownLinks } from './known-links.js';

const link = (anonymousId: string, at: number, userId = 'u'): IdentityLink => ({
  projectKey: 'p',
  anonymousId,
  userId,
  at,
});

describe('KnownLinks', () => {
  it('should ask for evidence that is earlier than what is known, or of what is not known', () => {
    const links = new KnownLinks().ofProject('p', 0);
    expect([links.isKnown('a'), links.mayChange('a', 'u', 5)]).toEqual([false, true]);
    links.remember(link('a', 5));
    expect(links.isKnown('a')).toBe(true);
    expect([4, 5, 6, NaN].map((time) => links.mayChange('a', 'u', time))).toEqual([true, false, false, false]);
    expect(links.mayChange('a', 't', 5)).toBe(true);
  });

  it('should never remember a later link in the place of an earlier one', () => {
    const links = new KnownLinks().ofProject('p', 0);
    links.remember(link('a', 5));
    links.remember(link('a', 9));
    expect(links.mayChange('a', 'u', 7)).toBe(false);
  });

  it('should keep projects and generations apart', () => {
    const known = new KnownLinks();
    known.ofProject('p', 0).remember(link('a', 5));
    expect(known.ofProject('p', 0).isKnown('a')).toBe(true);
    expect(known.ofProject('q', 0).isKnown('a')).toBe(false);
    expect(known.ofProject('p', 1).isKnown('a')).toBe(false);
  });

  it('should forget what was not used for long, and keep what is', () => {
    const known = new KnownLinks(100);
    const links = known.ofProject('p', 0);
    links.remember(link('used', 5));
    links.remember(link('unused', 5));
    const other = known.ofProject('q', 0);
    for (let i = 0; i < 150; i++) {
      other.remember(link(`a${i}`, 1));
      expect(links.isKnown('used')).toBe(true);
    }
    expect(known.ofProject('p', 0).isKnown('used')).toBe(true);
    expect(links.isKnown('unused')).toBe(false);
    expect(other.isKnown('a0')).toBe(false);
    expect(other.isKnown('a149')).toBe(true);
  });
});
