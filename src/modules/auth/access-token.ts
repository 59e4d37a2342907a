import { createSecretKey, type KeyObject } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { sha256 } from './keyed-hash.js';

const ALGORITHM = 'HS256';
const CLOCK_TOLERANCE_SECONDS = 30;
/** No token of ours or of the old servers comes near; longer ones are not worth decoding. */
const MAX_TOKEN_LENGTH = 4096;
const MAX_ID_LENGTH = 200;
/** The last one that a date can hold. */
const LAST_SECOND = 8.64e12;
/** The last second that a Date can hold. */
const LATEST_EXPIRY_SECONDS = 8.64e12;
/** Tokens minted elsewhere may carry any text, and ids are looked up in SQL: PostgreSQL refuses NUL and halves of surrogate pairs. */
const ID = /^[^\p{Cc}\p{Cs}]+$/u;

export interface AccessTokenSettings {
  /** The first signs; all verify. */
  secrets: readonly [string, ...string[]];
  lifetimeSeconds: number;
  issuer?: string;
  audience?: string;
}

export interface AccessTokenSubject {
  userId: string;
  email: string;
  role: string;
  sessionId: string;
  tokenVersion: number;
}

/** What a verified access token says. Times are epoch seconds. */
export interface AccessTokenClaims {
  userId: string;
  email: string;
  /** The token's own id, or a digest of it where it was minted elsewhere without one. */
  tokenId: string;
  issuedAt: number;
  expiresAt: number;
  /** Only in tokens made here. */
  own?: { sessionId: string; tokenVersion: number };
}

/** A signed access token (HS256). `now` in epoch milliseconds. */
export async function signAccessToken(
  subject: AccessTokenSubject,
  tokenId: string,
  settings: AccessTokenSettings,
  now: number,
): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  const token = new SignJWT({
    userId: subject.userId,
    email: subject.email,
    role: subject.role,
    type: 'access',
    sid: subject.sessionId,
    ver: subject.tokenVersion,
  })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
    .setSubject(subject.userId)
    .setJti(tokenId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + settings.lifetimeSeconds);
  if (settings.issuer !== undefined) token.setIssuer(settings.issuer);
  if (settings.audience !== undefined) token.setAudience(settings.audience);
  return token.sign(keyOf(settings.secrets[0]));
}

/**
 * The claims of a token that one of the secrets signed and that is valid at `now` (epoch milliseconds, 30 s of
 * tolerance), else null. Only HS256; `exp` is required; header members that name a key (`kid`, `jku`, `x5u`) are
 * never followed. Tokens minted elsewhere with the same secret carry `userId`, `email`, `iat` and `exp` alone.
 */
export async function verifyAccessToken(
  token: string,
  settings: AccessTokenSettings,
  now: number,
): Promise<AccessTokenClaims | null> {
  if (token.length > MAX_TOKEN_LENGTH || !isPlainHs256(token)) return null;
  for (const secret of settings.secrets) {
    try {
      const { payload } = await jwtVerify(token, keyOf(secret), {
        algorithms: [ALGORITHM],
        requiredClaims: ['exp', 'iat'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(now),
        issuer: settings.issuer,
        audience: settings.audience,
      });
      return readClaims(payload, token, now);
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) continue;
      if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
      throw error;
    }
  }
  return null;
}

function isPlainHs256(token: string): boolean {
  try {
    const header = decodeProtectedHeader(token);
    return header.alg === ALGORITHM && header.crit === undefined && header.enc === undefined;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function readClaims(payload: JWTPayload, token: string, now: number): AccessTokenClaims | null {
  const { userId, email, type, sub, jti, sid, ver } = payload;
  // Some libraries write fractions of a second.
  const iat = Math.floor(payload.iat ?? 0);
  const exp = Math.ceil(payload.exp ?? 0);
  if (!Number.isSafeInteger(iat) || !(exp <= LATEST_EXPIRY_SECONDS)) return null;
  if (!isId(userId) || typeof email !== 'string' || email.length > MAX_ID_LENGTH * 2) return null;
  if (iat > now / 1000 + CLOCK_TOLERANCE_SECONDS) return null;
  // Both may have fractions (RFC 7519, 2); the deny list stores whole numbers that a date can hold.
  if (exp > LAST_SECOND) return null;
  const claims = { userId, email, issuedAt: Math.floor(iat), expiresAt: Math.ceil(exp) };
  if (type === undefined) {
    if (sub !== undefined && sub !== userId) return null;
    return { ...claims, tokenId: isId(jti) ? jti : sha256(token) };
  }
  if (type !== 'access' || sub !== userId || !isId(jti) || !isId(sid) || typeof ver !== 'number') return null;
  return { ...claims, tokenId: jti, own: { sessionId: sid, tokenVersion: ver } };
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_ID_LENGTH && ID.test(value);
}

const keys = new Map<string, KeyObject>();

/** Made once per secret; jose then imports it once instead of for every token. */
function keyOf(secret: string): KeyObject {
  const known = keys.get(secret);
  if (known) return known;
  const key = createSecretKey(Buffer.from(secret, 'utf8'));
  keys.set(secret, key);
  return key;
}
