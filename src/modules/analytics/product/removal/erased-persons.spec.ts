import type { StoredIds } from '../../../events/product/removal/event-removal.service.js';
import { NO_TIME, type IdentityLink } from '../../../events/product/links/identity-merge.js';
import { ErasedPersons } from './erased-persons.js';

const REQUESTED_AT = new Date(1000);

const event = (changes: Partial<StoredIds>): StoredIds => ({
  key: new Uint8Array(16),
  userId: null,
  anonymousId: null,
  timestamp: new Date(500),
  receivedAt: new Date(900),
  ...changes,
});

const link = (anonymousId: string, userId: string, at: number): IdentityLink => ({
  projectKey: 'p',
  anonymousId,
  userId,
  at,
});

const stored = (...links: IdentityLink[]) => new Map(links.map((each) => [each.anonymousId, each]));

describe('ErasedPersons', () => {
  const persons = () => new ErasedPersons('p', [{ userId: 'u', anonymousIds: ['a', 'b'], requestedAt: REQUESTED_AT }]);

  it.each([
    ['of the user', { userId: 'u' }, true],
    ['of the user, with an anonymousId of somebody', { userId: 'u', anonymousId: 'z' }, true],
    ['without a user, with one of the anonymousIds', { anonymousId: 'b' }, true],
    ['of another user with one of the anonymousIds', { userId: 'v', anonymousId: 'a' }, false],
    ['of an anonymousId with the text of the user', { anonymousId: 'u' }, false],
    ['of a user with the text of an anonymousId', { userId: 'a' }, false],
    ['of nobody', {}, false],
    ['received as it was requested', { userId: 'u', receivedAt: REQUESTED_AT }, true],
    ['received later', { userId: 'u', receivedAt: new Date(1001) }, false],
    ['of which nobody knows when it was received', { userId: 'u', receivedAt: null }, true],
  ])('should tell whether an event goes: %s', (_, changes, expected) => {
    expect(persons().isErased(event(changes))).toBe(expected);
  });

  it('should take the later of two requests for one person', () => {
    const twice = new ErasedPersons('p', [
      { userId: 'u', anonymousIds: ['a'], requestedAt: new Date(2000) },
      { userId: 'u', anonymousIds: [], requestedAt: new Date(1000) },
    ]);
    expect(twice.isErased(event({ userId: 'u', receivedAt: new Date(1500) }))).toBe(true);
    expect([twice.userIds, twice.anonymousIds]).toEqual([['u'], ['a']]);
    expect(twice.actors).toEqual([
      { kind: 'u', id: 'u' },
      { kind: 'a', id: 'a' },
    ]);
  });

  it('should delete a link that no event that stays supports, and give it to the first user of those that do', () => {
    const erased = persons();
    erased.addEvidence(event({ userId: 'x', anonymousId: 'b', timestamp: null }));
    erased.addEvidence(event({ userId: 'w', anonymousId: 'b', timestamp: new Date(700) }));
    erased.addEvidence(event({ userId: 'v', anonymousId: 'b', timestamp: new Date(700) }));
    erased.addEvidence(event({ userId: 'v', anonymousId: 'c', timestamp: new Date(1) }));
    erased.addEvidence(event({ userId: 'v' }));
    erased.addEvidence(event({ anonymousId: 'a' }));
    const [a, b] = [link('a', 'u', 600), link('b', 'u', 600)];
    expect(erased.planLinks(stored(a, b))).toEqual({
      replace: [
        { from: a, to: null },
        { from: b, to: link('b', 'v', 700) },
      ],
      merge: [],
    });
  });

  it('should leave a link that an event that stays supports, and add what is missing or too late', () => {
    const erased = new ErasedPersons('p', [
      { userId: 'u', anonymousIds: ['a', 'b', 'c', 'd'], requestedAt: REQUESTED_AT },
    ]);
    for (const anonymousId of ['a', 'b', 'c']) erased.addEvidence(event({ userId: 'v', anonymousId }));
    const plan = erased.planLinks(stored(link('a', 'v', 500), link('b', 'w', 500)));
    expect(plan).toEqual({ replace: [], merge: [link('b', 'v', 500), link('c', 'v', 500)] });
  });

  it('should put events without a time last', () => {
    const erased = persons();
    erased.addEvidence(event({ userId: 'v', anonymousId: 'a', timestamp: null }));
    expect(erased.planLinks(stored()).merge).toEqual([link('a', 'v', NO_TIME)]);
  });
});
