import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/**
 * HMAC-SHA-256 under the server's secret. `purpose` separates the uses, so that a value made for one is worth
 * nothing for another.
 */
export function keyedHash(secret: string, purpose: string, text: string): string {
  return createHmac('sha256', secret).update(`almanac:${purpose}\0${text}`).digest('base64url');
}

/** Compares two digests of the same function without telling by its time where they differ. */
export function sameDigest(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
