import { isCleanText } from '../../product/clean-text.js';
import { MAX_KEYS_PER_LEVEL, MAX_PROPERTIES_BYTES, MAX_PROPERTIES_DEPTH } from '../../product/event-limits.js';
import { isReservedKey } from '../../product/encoding/properties-encoder.js';
import { PrivacyRules } from './privacy-rules.js';

type Json = Record<string, unknown>;

export type CleanedPayload = { payload: Json; fault?: undefined } | { payload?: undefined; fault: string };

const TOO_LARGE = 'payload is larger than 32 KB';
const UNCLEAN = 'payload holds text that is not valid Unicode or contains a NUL character';
/** A character takes at most 6 bytes of JSON (`\u001f`). */
const MOST_BYTES_PER_CHARACTER = 6;
/** What a number, a name's quotes and a comma take at most. */
const MOST_BYTES_PER_VALUE = 32;

class PayloadFault extends Error {}

/**
 * A copy of a free-form payload as it may be stored: without the addresses that `rules` keep out, within the limits of
 * size and depth, and without keys or texts that a store cannot hold. Never throws, however deep or wide.
 */
export function cleanPayload(payload: Json, rules: PrivacyRules): CleanedPayload {
  const walk = new PayloadWalk(rules);
  try {
    const cleaned = walk.object(payload, 1);
    if (walk.mostBytes > MAX_PROPERTIES_BYTES && Buffer.byteLength(JSON.stringify(cleaned)) > MAX_PROPERTIES_BYTES) {
      return { fault: TOO_LARGE };
    }
    return { payload: cleaned };
  } catch (error) {
    if (error instanceof PayloadFault) return { fault: error.message };
    throw error;
  }
}

class PayloadWalk {
  /** No less than the copy takes as JSON. */
  mostBytes = 0;
  /** No more than it takes. */
  private leastBytes = 0;

  constructor(private readonly rules: PrivacyRules) {}

  object(value: Json, depth: number): Json {
    const keys = Object.keys(value);
    if (keys.length > MAX_KEYS_PER_LEVEL) {
      throw new PayloadFault(`payload has more than ${MAX_KEYS_PER_LEVEL} keys at one level`);
    }
    const cleaned: Json = {};
    for (const key of keys) {
      const inner = value[key];
      if (isReservedKey(key, inner)) throw new PayloadFault(`payload holds the reserved key '${key}'`);
      this.count(key);
      if (!isCleanText(key)) throw new PayloadFault(UNCLEAN);
      cleaned[key] = this.value(inner, depth);
    }
    return cleaned;
  }

  private value(value: unknown, depth: number): unknown {
    this.count('');
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null) return value ?? null;
    if (depth === MAX_PROPERTIES_DEPTH) {
      throw new PayloadFault(`payload is nested deeper than ${MAX_PROPERTIES_DEPTH} levels`);
    }
    if (Array.isArray(value)) return value.map((inner) => this.value(inner, depth + 1));
    return this.object(value as Json, depth + 1);
  }

  private text(text: string): string | null {
    const kept = PrivacyRules.isUrl(text) ? (this.rules.record(text)?.text ?? null) : text;
    if (kept === null) return null;
    this.count(kept);
    if (!isCleanText(kept)) throw new PayloadFault(UNCLEAN);
    return kept;
  }

  private count(text: string): void {
    this.mostBytes += text.length * MOST_BYTES_PER_CHARACTER + MOST_BYTES_PER_VALUE;
    this.leastBytes += text.length + 1;
    // Not only at the end: what is far too large is not worth a copy.
    if (this.leastBytes > MAX_PROPERTIES_BYTES) throw new PayloadFault(TOO_LARGE);
  }
}
