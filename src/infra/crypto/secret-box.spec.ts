import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { EncryptionKeyMissingError, SealedValueError } from './secret-box.errors.js';
import { SecretBox, type SealContext } from './secret-box.js';

const PLACE: SealContext = { table: 'webhook_endpoints', row: 'we_1', column: 'secret' };
const [OLD, NEW] = [randomBytes(32), randomBytes(32)];
const boxOf = (...keys: Buffer[]) => new SecretBox({ keys });

describe('S1 SecretBox', () => {
  const box = boxOf(OLD);

  it('should give back what was sealed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (plain) => {
        expect(box.open(box.seal(plain, PLACE), PLACE)).toBe(plain);
      }),
    );
  });

  it('should never seal twice to the same text, nor show the secret', () => {
    const sealed = Array.from({ length: 200 }, () => box.seal('whsec_plain', PLACE));
    const nonces = sealed.map((text) => Buffer.from(text.split('.')[2]!, 'base64url').subarray(0, 12).toString('hex'));
    expect(new Set(nonces).size).toBe(200);
    expect(sealed.join()).not.toContain('plain');
    expect(sealed[0]).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]+$/);
  });

  it('should refuse a value whose any bit was changed', () => {
    const sealed = box.seal('secret', PLACE);
    const [version, id, text] = sealed.split('.') as [string, string, string];
    const bytes = Buffer.from(text, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => box.open(`${version}.${id}.${flipped.toString('base64url')}`, PLACE)).toThrow(SealedValueError);
    }
    for (let at = 0; at < sealed.length; at++) {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      expect(() => box.open(sealed.slice(0, at) + other + sealed.slice(at + 1), PLACE)).toThrow(SealedValueError);
    }
    for (const broken of ['', 'secret', 'v1..', `${sealed}A`, sealed.slice(0, -1), `v1.${id}.AAAA`]) {
      expect(() => box.open(broken, PLACE)).toThrow(SealedValueError);
    }
  });

  it.each([
    { ...PLACE, table: 'users' },
    { ...PLACE, row: 'we_2' },
    { ...PLACE, column: 'previous_secret' },
    { table: 'webhook_endpoints","we_1', row: '', column: 'secret' },
  ])('should refuse a value moved to %j', (place) => {
    expect(() => box.open(box.seal('secret', PLACE), place)).toThrow('changed or moved');
  });

  it('should open with both keys, seal with the first, and bring old values to it', () => {
    const old = box.seal('secret', PLACE);
    const both = boxOf(NEW, OLD);
    expect(both.open(old, PLACE)).toBe('secret');
    expect(both.needsReseal(old)).toBe(true);
    const resealed = both.reseal(old, PLACE);
    expect(both.needsReseal(resealed)).toBe(false);
    expect(boxOf(NEW).open(resealed, PLACE)).toBe('secret');
    expect(() => boxOf(NEW).open(old, PLACE)).toThrow('neither ENCRYPTION_KEY nor ENCRYPTION_KEY_PREVIOUS');
  });

  it('should say what to set where there is no key', () => {
    const none = boxOf();
    for (const call of [
      () => none.assertUsable(),
      () => none.seal('secret', PLACE),
      () => none.open(box.seal('secret', PLACE), PLACE),
    ]) {
      expect(call).toThrow(EncryptionKeyMissingError);
      expect(call).toThrow(/ENCRYPTION_KEY to 32 random bytes/);
    }
  });
});
