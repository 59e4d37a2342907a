import { randomBytes } from 'node:crypto';
import { keyedHash, sameDigest, sha256 } from './keyed-hash.js';

export const REFRESH_TOKEN_PREFIX = 'alr_';
/** A lost reply or a second tab may send the former token once more within this time. */
export const REUSE_GRACE_MS = 10_000;

const SHAPE = /^alr_([0-9a-f]{32})\.[\w-]{43}$/;

/** What a session stores of its family of refresh tokens: hashes of the last two. */
export interface TokenFamily {
  currentHash: string;
  previousHash: string | null;
  rotatedAt: number;
  expiresAt: number;
  revokedAt: number | null;
}

export type RefreshVerdict =
  | { kind: 'rotate'; child: string }
  /** The former token, in time: the child that was already handed out. */
  | { kind: 'repeat'; child: string }
  /** A token that was replaced: somebody else has a copy. */
  | { kind: 'reuse' }
  | { kind: 'refused' };

/** The first token of a family: the session's id and 256 random bits. */
export function firstRefreshToken(sessionId: string): string {
  return `${REFRESH_TOKEN_PREFIX}${sessionId}.${randomBytes(32).toString('base64url')}`;
}

export function refreshTokenHash(token: string): string {
  return sha256(token);
}

/** The session a token claims to belong to, or null when it is no refresh token at all. */
export function refreshTokenSession(token: string): string | null {
  return SHAPE.exec(token)?.[1] ?? null;
}

/** The successor of a token: computable again by the server alone, so the grace period needs no clear text. */
export function childToken(secret: string, sessionId: string, parent: string): string {
  return `${REFRESH_TOKEN_PREFIX}${sessionId}.${keyedHash(secret, 'refresh', parent)}`;
}

/**
 * What to do with a presented refresh token. `secrets`: the server's secret and its former one; a child that was
 * made under the former one is still found.
 */
export function judgeRefresh(
  sessionId: string,
  token: string,
  family: TokenFamily,
  secrets: readonly [string, ...string[]],
  now: number,
): RefreshVerdict {
  if (family.revokedAt !== null || family.expiresAt <= now) return { kind: 'refused' };
  const hash = refreshTokenHash(token);
  if (sameDigest(hash, family.currentHash)) return { kind: 'rotate', child: childToken(secrets[0], sessionId, token) };
  const inTime = now - family.rotatedAt <= REUSE_GRACE_MS;
  if (inTime && family.previousHash !== null && sameDigest(hash, family.previousHash)) {
    const children = secrets.map((secret) => childToken(secret, sessionId, token));
    const child = children.find((candidate) => sameDigest(refreshTokenHash(candidate), family.currentHash));
    if (child !== undefined) return { kind: 'repeat', child };
  }
  return { kind: 'reuse' };
}
