import { createHmac, timingSafeEqual } from 'node:crypto';

/** WHOOP gives no window; ours. */
export const REPLAY_WINDOW_MS = 300_000;

/**
 * Whether a delivery is WHOOP's: base64 of the HMAC-SHA256, keyed with the app's secret, over the timestamp header directly
 * followed by the bytes of the body. The timestamp is in milliseconds and within five minutes of now, either way.
 */
export function isSignedByWhoop(
  delivery: { body: Uint8Array; signature: string | undefined; timestamp: string | undefined },
  secret: string,
  now: number,
): boolean {
  const { body, signature, timestamp } = delivery;
  if (signature === undefined || timestamp === undefined || !/^\d{1,16}$/.test(timestamp)) return false;
  if (Math.abs(now - Number(timestamp)) > REPLAY_WINDOW_MS) return false;
  const expected = createHmac('sha256', secret).update(timestamp).update(body).digest();
  const given = Buffer.from(signature, 'base64');
  // The text is compared too: a decoder forgives what stands after the end.
  return (
    given.length === expected.length &&
    timingSafeEqual(given, expected) &&
    signature.length === expected.toString('base64').length
  );
}
