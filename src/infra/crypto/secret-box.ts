import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ENCRYPTION_CONFIG, type EncryptionConfig } from '../../config/app.config.js';
import { EncryptionKeyMissingError, SealedValueError } from './secret-box.errors.js';

/** Where a sealed value stands. It opens nowhere else, so that rows cannot be swapped. */
export interface SealContext {
  table: string;
  row: string;
  column: string;
}

interface Key {
  id: string;
  bytes: Buffer;
}

const ALGORITHM = 'aes-256-gcm';
const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORM = /^v1\.([0-9a-f]{8})\.([A-Za-z0-9_-]+)$/;

/**
 * Encrypts secrets at rest: AES-256-GCM with a random 96-bit nonce. A sealed value is
 * `v1.<key id>.<base64url of nonce, ciphertext, tag>`; table, row and column are authenticated with it.
 * The first key of the configuration seals, both open; `reseal` brings a value to the first.
 */
@Injectable()
export class SecretBox {
  private readonly keys: readonly Key[];

  constructor(@Inject(ENCRYPTION_CONFIG) config: EncryptionConfig) {
    this.keys = config.keys.map((bytes) => ({ id: keyId(bytes), bytes }));
  }

  /** @throws EncryptionKeyMissingError when secrets cannot be kept: ask before a secret is made or fetched. */
  assertUsable(): void {
    if (this.keys.length === 0) throw new EncryptionKeyMissingError();
  }

  /** @throws EncryptionKeyMissingError */
  seal(plain: string, context: SealContext): string {
    const key = this.keys[0];
    if (key === undefined) throw new EncryptionKeyMissingError();
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, key.bytes, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(authenticated(key.id, context));
    const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${VERSION}.${key.id}.${sealed.toString('base64url')}`;
  }

  /** @throws SealedValueError when the value is not what was sealed for this place; EncryptionKeyMissingError */
  open(sealed: string, context: SealContext): string {
    this.assertUsable();
    const { id, bytes } = parse(sealed);
    const key = this.keys.find((candidate) => candidate.id === id);
    if (key === undefined) throw new SealedValueError('key');
    const end = bytes.length - TAG_BYTES;
    const decipher = createDecipheriv(ALGORITHM, key.bytes, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(authenticated(id, context));
    decipher.setAuthTag(bytes.subarray(end));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, end)), decipher.final()]).toString('utf8');
    } catch {
      throw new SealedValueError('content');
    }
  }

  /** Whether the value was sealed with another key than the one that seals now. */
  needsReseal(sealed: string): boolean {
    return parse(sealed).id !== this.keys[0]?.id;
  }

  /** The same secret for the same place, sealed with the present key. */
  reseal(sealed: string, context: SealContext): string {
    return this.seal(this.open(sealed, context), context);
  }
}

/** Tells keys apart without telling anything about them. */
function keyId(key: Buffer): string {
  return Buffer.from(hkdfSync('sha256', key, '', 'almanac key id', 4)).toString('hex');
}

/** As JSON, so that no choice of names can look like another place. */
function authenticated(id: string, { table, row, column }: SealContext): Buffer {
  return Buffer.from(JSON.stringify([VERSION, id, table, row, column]));
}

function parse(sealed: string): { id: string; bytes: Buffer } {
  const [, id, text] = FORM.exec(sealed) ?? [];
  const bytes = Buffer.from(text ?? '', 'base64url');
  // Decoders ignore spare bits at the end: a value with those changed is not the one that was sealed.
  if (id === undefined || bytes.toString('base64url') !== text || bytes.length < NONCE_BYTES + TAG_BYTES)
    throw new SealedValueError('form');
  return { id, bytes };
}
