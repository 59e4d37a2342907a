import { createHmac, generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { signAccessToken, verifyAccessToken, type AccessTokenSettings } from './access-token.js';

const SECRET = 'a secret of the server, long enough';
const FORMER = 'the secret that the server had before';
const NOW = Date.parse('2025-11-20T10:00:00Z');
const SECONDS = NOW / 1000;
const SETTINGS: AccessTokenSettings = { secrets: [SECRET], lifetimeSeconds: 3600 };
const FOREIGN = { userId: 'u1', email: 'u@example.com', iat: SECONDS, exp: SECONDS + 60 };
const OWN = { ...FOREIGN, sub: 'u1', type: 'access', jti: 'j1', sid: 's1', ver: 0, role: 'user' };

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Built by hand, so that every wrong form can be made. */
function mint(
  claims: object,
  {
    header = { alg: 'HS256' },
    secret = SECRET,
    hash = 'sha256',
  }: { header?: object; secret?: string; hash?: string } = {},
): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

function rs256(): Promise<string> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return new SignJWT(FOREIGN).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
}

const without = (claims: object, ...names: string[]) =>
  Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));

describe('A3 access tokens', () => {
  const accepted: [string, string][] = [
    ['minted elsewhere', mint(FOREIGN)],
    ['our own', mint(OWN)],
    ['expired 29 s ago', mint({ ...FOREIGN, exp: SECONDS - 29 })],
    ['valid in 29 s', mint({ ...FOREIGN, nbf: SECONDS + 29 })],
    ['issued in 29 s', mint({ ...FOREIGN, iat: SECONDS + 29 })],
    [
      'with a kid and addresses of keys, which are ignored',
      mint(FOREIGN, {
        header: { alg: 'HS256', kid: '../../x', jku: 'http://127.0.0.1:1/k', x5u: 'http://127.0.0.1:1/x' },
      }),
    ],
  ];
  it.each(accepted)('should accept a token %s', async (_, token) => {
    expect(await verifyAccessToken(token, SETTINGS, NOW)).toMatchObject({ userId: 'u1', email: 'u@example.com' });
  });

  const signature = (token: string) => token.split('.')[2]!;
  const refused: [string, string | Promise<string>][] = [
    ['with alg none', mint(FOREIGN, { header: { alg: 'none' } })],
    ['with alg none and no signature', `${encode({ alg: 'none' })}.${encode(FOREIGN)}.`],
    ['with alg nOnE', `${encode({ alg: 'nOnE' })}.${encode(FOREIGN)}.`],
    ['with HS384', mint(FOREIGN, { header: { alg: 'HS384' }, hash: 'sha384' })],
    ['with HS512', mint(FOREIGN, { header: { alg: 'HS512' }, hash: 'sha512' })],
    ['with RS256', rs256()],
    ['without alg', mint(FOREIGN, { header: {} })],
    ['with a critical header', mint(FOREIGN, { header: { alg: 'HS256', crit: ['x'], x: 1 } })],
    ['with a wrong secret', mint(FOREIGN, { secret: 'another' })],
    [
      'with a changed payload',
      `${encode({ alg: 'HS256' })}.${encode({ ...FOREIGN, userId: 'u2' })}.${signature(mint(FOREIGN))}`,
    ],
    ['without a signature', `${mint(FOREIGN).split('.').slice(0, 2).join('.')}.`],
    ['without exp', mint(without(FOREIGN, 'exp'))],
    ['with exp as text', mint({ ...FOREIGN, exp: String(SECONDS + 60) })],
    ['expired 31 s ago', mint({ ...FOREIGN, exp: SECONDS - 31 })],
    ['valid in 31 s', mint({ ...FOREIGN, nbf: SECONDS + 31 })],
    ['issued in 31 s', mint({ ...FOREIGN, iat: SECONDS + 31 })],
    ['without iat', mint(without(FOREIGN, 'iat'))],
    ['of type refresh', mint({ ...OWN, type: 'refresh' })],
    ['of a type that is no text', mint({ ...OWN, type: null })],
    ['of ours for another subject', mint({ ...OWN, sub: 'u2' })],
    ['of ours without jti', mint(without(OWN, 'jti'))],
    ['without userId', mint(without(FOREIGN, 'userId'))],
    ['with an object as userId', mint({ ...FOREIGN, userId: { $ne: '' } })],
    ['without email', mint(without(FOREIGN, 'email'))],
    ['that is a refresh token', `alr_${'0'.repeat(32)}.${'x'.repeat(43)}`],
    ['that is nothing', ''],
    ['that is not JSON', 'a.b.c'],
    ['that is very long', `${'a'.repeat(5000)}.b.c`],
    ['with a lone surrogate', '\ud800.\ud800.\ud800'],
  ];
  it.each(refused)('should refuse a token %s', async (_, token) => {
    expect(await verifyAccessToken(await token, SETTINGS, NOW)).toBeNull();
  });

  it('should check iss and aud where they are configured', async () => {
    const strict = { ...SETTINGS, issuer: 'almanac', audience: 'clients' };
    const good = { ...FOREIGN, iss: 'almanac', aud: 'clients' };
    expect(await verifyAccessToken(mint(good), strict, NOW)).not.toBeNull();
    expect(await verifyAccessToken(mint({ ...good, iss: 'other' }), strict, NOW)).toBeNull();
    expect(await verifyAccessToken(mint({ ...good, aud: 'other' }), strict, NOW)).toBeNull();
    expect(await verifyAccessToken(mint(FOREIGN), strict, NOW)).toBeNull();
  });

  it('A4 should accept the former secret until exp', async () => {
    const rotated = { ...SETTINGS, secrets: [SECRET, FORMER] as const };
    expect(await verifyAccessToken(mint(FOREIGN, { secret: FORMER }), rotated, NOW)).not.toBeNull();
    expect(await verifyAccessToken(mint(FOREIGN, { secret: FORMER }), rotated, NOW + 100_000)).toBeNull();
    expect(await verifyAccessToken(mint(FOREIGN, { secret: FORMER }), SETTINGS, NOW)).toBeNull();
  });

  it('should read back what it signed', async () => {
    const subject = { userId: 'u1', email: 'u@example.com', role: 'admin', sessionId: 's1', tokenVersion: 3 };
    const token = await signAccessToken(subject, 'j1', { ...SETTINGS, issuer: 'i', audience: 'a' }, NOW);
    expect(await verifyAccessToken(token, { ...SETTINGS, issuer: 'i', audience: 'a' }, NOW)).toEqual({
      userId: 'u1',
      email: 'u@example.com',
      tokenId: 'j1',
      issuedAt: SECONDS,
      expiresAt: SECONDS + 3600,
      own: { sessionId: 's1', tokenVersion: 3 },
    });
  });
});
