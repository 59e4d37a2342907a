/** What a number in the place of the time counts, by the name that the query parameter `precision` has. */
export const PRECISIONS = ['ns', 'us', 'ms', 's', 'n', 'u'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** How many digits of a number are below the millisecond; seconds: three are missing. */
export const DIGITS_BELOW_MS: Record<Precision, number> = { ns: 6, n: 6, us: 3, u: 3, ms: 0, s: -3 };

/** A time to the nanosecond, which one number cannot hold: `ms` is rounded down, `nanos` (0 to 999,999) counts on from it. */
export interface PreciseTime {
  ms: number;
  nanos: number;
}

const NANOS_PER_MS = 1_000_000;
/** InfluxDB's first and last nanosecond are the second and last but one of an int64. */
const FIRST: PreciseTime = { ms: -9_223_372_036_855, nanos: 224_194 };
const LAST: PreciseTime = { ms: 9_223_372_036_854, nanos: 775_806 };

export function isStorable({ ms, nanos }: PreciseTime): boolean {
  if (ms <= FIRST.ms) return ms === FIRST.ms && nanos >= FIRST.nanos;
  if (ms >= LAST.ms) return ms === LAST.ms && nanos <= LAST.nanos;
  return true;
}

/** Nanoseconds since the epoch, exactly. */
export function toNanoseconds({ ms, nanos }: PreciseTime): bigint {
  return BigInt(ms) * 1_000_000n + BigInt(nanos);
}

/** The time of the server in the precision of the request, as InfluxDB gives it to points without one. */
export function serverTime(now: number, precision: Precision): PreciseTime {
  return { ms: precision === 's' ? Math.floor(now / 1000) * 1000 : Math.floor(now), nanos: 0 };
}

/**
 * The value of the digits `[start, end)` of a text in bytes, which holds nothing else.
 * @returns false when they are not digits alone, or beyond what InfluxDB can store.
 */
export function readTime(
  bytes: Uint8Array,
  start: number,
  end: number,
  digitsBelowMs: number,
  into: PreciseTime,
): boolean {
  const isNegative = bytes[start] === 0x2d;
  let at = isNegative ? start + 1 : start;
  if (at === end) return false;
  // Leading zeros say nothing, and would count as digits of a number that is too long.
  while (at < end - 1 && bytes[at] === 0x30) at++;
  if (end - at > 19) return false;
  const split = Math.max(at, end - Math.max(0, digitsBelowMs));
  let whole = 0;
  for (; at < split; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return false;
    whole = whole * 10 + digit;
  }
  let rest = 0;
  for (; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return false;
    rest = rest * 10 + digit;
  }
  if (digitsBelowMs === 3) rest *= 1000;
  else if (digitsBelowMs === -3) whole *= 1000;
  // Below, a number of more than 2^53 is inexact, but far out of range.
  if (!isNegative) setTime(into, whole, rest);
  else if (rest === 0) setTime(into, -whole, 0);
  else setTime(into, -whole - 1, NANOS_PER_MS - rest);
  return isStorable(into);
}

function setTime(into: PreciseTime, ms: number, nanos: number): void {
  into.ms = ms;
  into.nanos = nanos;
}
