import { randomBytes } from 'node:crypto';
import type { EnvReader } from './env-reader.js';

const KEY_BYTES = 32;

export const newEncryptionKey = (): string => randomBytes(KEY_BYTES).toString('base64');

/** 32 bytes written as base64 (also URL-safe) or as 64 hex digits; `null` for anything else. */
export function parseEncryptionKey(text: string): Buffer | null {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  return bytes.length === KEY_BYTES ? bytes : null;
}

/** The key that encrypts, then the one that is being replaced. Empty: none is set; development makes one, production stores no secret. */
export function readEncryptionKeys(reader: EnvReader, production: boolean): Buffer[] {
  const keys: Buffer[] = [];
  for (const name of ['ENCRYPTION_KEY', 'ENCRYPTION_KEY_PREVIOUS']) {
    const raw = reader.text(name);
    if (raw === undefined) continue;
    const key = parseEncryptionKey(raw);
    if (key === null || (production && new Set(key).size < 8)) {
      reader.problems.push(`${name} must be 32 random bytes in base64 (openssl rand -base64 32) or hex`);
    } else keys.push(key);
  }
  return keys;
}
