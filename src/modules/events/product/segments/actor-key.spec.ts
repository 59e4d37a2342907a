import { createHash } from 'node:crypto';
import { actorKey } from './actor-key.js';

describe('actorKey', () => {
  it.each([
    ['u', 'user-1'],
    ['a', 'anon-1'],
    ['u', '😀 ü'],
  ] as const)('should be the first 16 bytes of SHA-256 over kind and id: %s %s', (kind, id) => {
    const expected = createHash('sha256').update(`${kind}${id}`).digest().subarray(0, 16);
    expect(Buffer.from(actorKey(kind, id))).toEqual(expected);
  });

  it('should tell a user from an anonymousId of the same text', () => {
    expect(actorKey('u', 'x')).not.toEqual(actorKey('a', 'x'));
  });
});
