import { randomBytes } from 'node:crypto';
import { sha256 } from './keyed-hash.js';

export const API_KEY_PREFIX = 'alm_';
const SHAPE = /^alm_([0-9a-f]{16})_[\w-]{43}$/;

export interface NewApiKey {
  id: string;
  /** The whole key, shown once. */
  key: string;
  /** How its owner recognises it in a list. */
  prefix: string;
  secretHash: string;
}

/** `alm_<16 hex id>_<256 random bits>`. The id is not secret, so a lookup by it tells nothing. */
export function createApiKey(): NewApiKey {
  const id = randomBytes(8).toString('hex');
  const key = `${API_KEY_PREFIX}${id}_${randomBytes(32).toString('base64url')}`;
  return { id, key, prefix: `${API_KEY_PREFIX}${id}`, secretHash: apiKeyHash(key) };
}

/** A plain hash is enough: 256 random bits cannot be guessed, so nothing is gained by a slow one. */
export function apiKeyHash(key: string): string {
  return sha256(key);
}

export function apiKeyId(key: string): string | null {
  return SHAPE.exec(key)?.[1] ?? null;
}
