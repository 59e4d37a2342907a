import { personOf, undecidedIds } from './person.js';

const links = new Map([['anon-1', 'u1']]);

describe('personOf', () => {
  it.each([
    [{ userId: 'u2', anonymousId: 'anon-1' }, 'uu2'],
    [{ anonymousId: 'anon-1' }, 'uu1'],
    [{ userId: '', anonymousId: 'anon-1' }, 'uu1'],
    [{ userId: null, anonymousId: 'anon-2' }, 'aanon-2'],
    [{ userId: 'u1' }, 'uu1'],
    [{}, null],
    [{ userId: '', anonymousId: '' }, null],
  ])('should give the person of %p', (ids, person) => {
    expect(personOf(ids, links)).toBe(person);
  });

  it('should keep a userId and an anonymousId of the same text apart', () => {
    expect(personOf({ userId: 'x' }, links)).not.toBe(personOf({ anonymousId: 'x' }, links));
  });
});

describe('undecidedIds', () => {
  it('should list the anonymousIds without a user that are not known yet', () => {
    const rows = [
      { userId: 'u', anonymousId: 'a' },
      { anonymousId: 'b' },
      { anonymousId: 'b' },
      { anonymousId: 'c' },
      {},
    ];
    expect(undecidedIds(rows)).toEqual(['b', 'c']);
    expect(undecidedIds(rows, new Set(['b']))).toEqual(['c']);
  });
});
