import type { ProductEventsRepository } from '../product-events.repository.js';
import type { IdentityLinksRepository } from './identity-links.repository.js';
import { IdentityLinksService } from './identity-links.service.js';

function serviceThatRemembers(): { identities: IdentityLinksService; reads: string[][] } {
  const reads: string[][] = [];
  const links: Pick<IdentityLinksRepository, 'listByKeys'> = {
    listByKeys: async (keys) => {
      reads.push(keys.map(({ anonymousId }) => anonymousId));
      return [];
    },
  };
  return {
    identities: new IdentityLinksService(links as IdentityLinksRepository, {} as ProductEventsRepository),
    reads,
  };
}

describe('learning links', () => {
  it('should ask for no id that is longer than an id may be', async () => {
    const { identities, reads } = serviceThatRemembers();
    const links = identities.linksOf('p', 0);
    const astral = '\u{1f600}'.repeat(256);
    await identities.learn(links, [
      { anonymousId: 'a'.repeat(4_500_000), userId: 'u' },
      { anonymousId: 'of a long user', userId: 'u'.repeat(4_500_000) },
      { anonymousId: 'without a user' },
      { anonymousId: astral, userId: 'u' },
      { anonymousId: 'a', userId: 'u' },
      null,
    ]);
    expect(reads).toEqual([[astral, 'a']]);
  });

  it('should divide what many requests ask for, so that each message to the store stays small', async () => {
    const { identities, reads } = serviceThatRemembers();
    const ids = (request: number) => Array.from({ length: 500 }, (_, i) => `${request} ${i} `.padEnd(512, 'x'));
    const learn = (request: number) => {
      const events = ids(request).map((anonymousId) => ({ anonymousId, userId: 'u' }));
      return identities.learn(identities.linksOf(`p${request}`, 0), events);
    };
    await Promise.all(Array.from({ length: 9 }, (_, request) => learn(request)));
    expect(reads.flat().sort()).toEqual(
      Array.from({ length: 9 }, (_, request) => ids(request))
        .flat()
        .sort(),
    );
    expect(Math.max(...reads.map((read) => Buffer.byteLength(read.join(''))))).toBeLessThan(4 * 1024 * 1024);
    expect(reads.length).toBeGreaterThan(1);
  });
});
