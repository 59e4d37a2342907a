import { findWriteKey, toProjectKey } from './write-key.js';

const basic = (credentials: string): string => `Basic ${Buffer.from(credentials).toString('base64')}`;

describe('findWriteKey', () => {
  it.each<[string, string | undefined, unknown, unknown]>([
    ['Basic with an empty password', basic('a1b2c3:'), {}, 'a1b2c3'],
    ['Basic without a colon', basic('a1b2c3'), {}, 'a1b2c3'],
    ['Basic with a password', basic('a1b2c3:secret:x'), {}, 'a1b2c3'],
    ['another letter case and spaces', `bASIC   ${Buffer.from('a1b2c3:').toString('base64')}  `, {}, 'a1b2c3'],
    ['the body', undefined, { writeKey: 'a1b2c3' }, 'a1b2c3'],
    ['Basic before the body', basic('a1b2c3:'), { writeKey: 'other' }, 'a1b2c3'],
    ['the body besides an OAuth token', 'Bearer token', { writeKey: 'a1b2c3' }, 'a1b2c3'],
    ['the body besides an empty user name', basic(':secret'), { writeKey: 'a1b2c3' }, 'a1b2c3'],
    ['the body besides Basic alone', 'Basic', { writeKey: 'a1b2c3' }, 'a1b2c3'],
    ['a key that is no text', undefined, { writeKey: { $gt: '' } }, { $gt: '' }],
    ['no key', undefined, {}, undefined],
    ['no body', undefined, undefined, undefined],
    ['a body that is null', undefined, null, undefined],
    ['a body that is text', undefined, 'writeKey', undefined],
  ])('should read %s', (_, authorization, body, expected) => {
    expect(findWriteKey(authorization, body)).toEqual(expected);
  });
});

describe('toProjectKey', () => {
  it('should pass a text', () => {
    expect(toProjectKey('a1b2c3')).toBe('a1b2c3');
  });

  it.each([undefined, null, ''])('should ask for credentials when the key is %j', (key) => {
    expect(() => toProjectKey(key)).toThrow(expect.objectContaining({ kind: 'unauthenticated' }));
  });

  it.each([5, true, {}, ['a1b2c3'], { $gt: '' }])('should refuse %j', (key) => {
    expect(() => toProjectKey(key)).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });
});
