/** A JSON object, and neither an array nor null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As everywhere in the ingest, `""` and `null` count as missing. */
export function isMissing(value: unknown): value is undefined | null | '' {
  return value === undefined || value === null || value === '';
}

// Deeper than any event may be nested; a walk without an end would overflow the stack.
const MAX_DEPTH = 32;
const LONGEST_NUMBER = 25;
/** A unit of text written as \u001f. */
const LONGEST_UNIT = 6;

/** True when the value takes more bytes as JSON, or is nested too deep to tell. */
export function isLargerThan(value: unknown, bytes: number): boolean {
  const most = mostBytes(value, 0);
  if (most <= bytes) return false;
  return most === Infinity || Buffer.byteLength(JSON.stringify(value)) > bytes;
}

/** An upper bound of the bytes as JSON, which costs a fraction of writing it. */
function mostBytes(value: unknown, depth: number): number {
  if (typeof value === 'string') return LONGEST_UNIT * value.length + 2;
  if (typeof value !== 'object' || value === null) return LONGEST_NUMBER;
  if (depth === MAX_DEPTH) return Infinity;
  let bytes = 2;
  if (Array.isArray(value)) for (const item of value) bytes += mostBytes(item, depth + 1) + 1;
  else {
    for (const [key, inner] of Object.entries(value)) {
      bytes += LONGEST_UNIT * key.length + 4 + mostBytes(inner, depth + 1);
    }
  }
  return bytes;
}
