import { createHmac } from 'node:crypto';

/** Given to servers whose tests mint tokens of their own. */
export const TEST_JWT_SECRET = 'kX9f2Qm7Lw4Zr8Tn1Vb6Hy3Jd5Gs0PcA';

function encode(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

/** A token as another server with the same secret makes it; written here without the library under test. */
export function mintToken(
  claims: Record<string, unknown>,
  options: { secret?: string; header?: Record<string, unknown>; hash?: 'sha256' | 'sha512' } = {},
): string {
  const signed = `${encode({ alg: 'HS256', typ: 'JWT', ...options.header })}.${encode(claims)}`;
  const signature = createHmac(options.hash ?? 'sha256', options.secret ?? TEST_JWT_SECRET)
    .update(signed)
    .digest('base64url');
  return `${signed}.${signature}`;
}

/** Claims of a token minted elsewhere, valid for an hour. */
export function foreignClaims(userId: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  return { userId, email: `${userId}@example.com`, iat: now - 10, exp: now + 3600, ...changes };
}

/** `alg: none`, with the claims of a good token and an empty signature. */
export function unsignedToken(claims: Record<string, unknown>, alg = 'none'): string {
  return `${encode({ alg, typ: 'JWT' })}.${encode(claims)}.`;
}

export function claimsOf(token: string): Record<string, any> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}
