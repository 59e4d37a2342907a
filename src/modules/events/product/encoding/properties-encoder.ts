import { MAX_KEYS_PER_LEVEL, MAX_PROPERTIES_BYTES, MAX_PROPERTIES_DEPTH } from '../event-limits.js';
import type { ByteSink } from './byte-sink.js';
import { BSON } from './bson-types.js';

// A byte of BSON stands for at most 6 of JSON (a control character written as \u001f), and 8 of BSON for at least one
// of JSON (`0,` for -0 in a long array: type, five digits, NUL, double). In between the JSON itself must be measured.
const MOST_JSON_PER_BYTE = 6;
const SURELY_TOO_LARGE = 8 * MAX_PROPERTIES_BYTES;

const TOO_LARGE = 'properties are larger than 32 KB';
const UNCLEAN_TEXT = 'properties hold text that is not valid Unicode or contains a NUL character';
const UNCLEAN_KEY = 'properties hold a key that is not valid Unicode or contains a NUL character';

/** True for a key by which an object would become something else than data when it is stored or copied. */
export function isReservedKey(key: string, value: unknown): boolean {
  if (key === '__proto__' || key === '_bsontype') return true;
  return key === 'constructor' && typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
}

/**
 * Walks free-form JSON from a client once, to judge it and to write it as the BSON that the driver would make of it.
 * Never throws, however deep or wide; may leave something half written when it finds a fault.
 */
export class PropertiesEncoder {
  /** Why the properties cannot be stored; undefined when they can. */
  private fault: string | undefined;
  private limit = 0;

  constructor(private readonly sink: ByteSink) {}

  /** @returns why they cannot be stored. */
  encode(properties: Record<string, unknown>): string | undefined {
    const { sink } = this;
    const start = sink.length;
    this.fault = undefined;
    this.limit = start + SURELY_TOO_LARGE;
    this.object(properties, 1);
    const bytes = sink.length - start;
    if (this.fault === undefined && MOST_JSON_PER_BYTE * bytes > MAX_PROPERTIES_BYTES && isTooLarge(properties)) {
      this.fault = TOO_LARGE;
    }
    return this.fault;
  }

  private object(value: Record<string, unknown>, depth: number): void {
    const { sink } = this;
    const keys = Object.keys(value);
    if (keys.length > MAX_KEYS_PER_LEVEL) {
      return this.fail(`properties have more than ${MAX_KEYS_PER_LEVEL} keys at one level`);
    }
    const start = sink.length;
    sink.reserve(5);
    sink.length += 4;
    for (const key of keys) {
      const inner = value[key];
      if (isReservedKey(key, inner)) return this.fail(`properties hold the reserved key '${key}'`);
      if (key.length > MAX_PROPERTIES_BYTES) return this.fail(TOO_LARGE);
      sink.reserve(1);
      const typeAt = sink.length++;
      if (!sink.text(key)) return this.fail(UNCLEAN_KEY);
      sink.reserve(10);
      sink.byte(0);
      // In two steps: writing the value may put other bytes in the place of these.
      const type = this.value(inner, depth);
      sink.bytes[typeAt] = type;
      if (sink.length > this.limit) this.fail(TOO_LARGE);
      if (this.fault !== undefined) return;
    }
    this.finish(start);
  }

  private array(value: unknown[], depth: number): void {
    const { sink } = this;
    const start = sink.length;
    sink.reserve(5);
    sink.length += 4;
    for (let i = 0; i < value.length; i++) {
      sink.reserve(32);
      const typeAt = sink.length++;
      sink.digits(i);
      sink.byte(0);
      const type = this.value(value[i], depth);
      sink.bytes[typeAt] = type;
      if (sink.length > this.limit) this.fail(TOO_LARGE);
      if (this.fault !== undefined) return;
    }
    this.finish(start);
  }

  /** Writes the value, for which there are 9 bytes of room. @returns its BSON type. */
  private value(value: unknown, depth: number): number {
    const { sink } = this;
    switch (typeof value) {
      case 'string':
        this.string(value);
        return BSON.string;
      case 'number':
        if (isInt32(value)) {
          sink.int32(value);
          return BSON.int32;
        }
        sink.double(value);
        return BSON.double;
      case 'boolean':
        sink.byte(value ? 1 : 0);
        return BSON.boolean;
      default:
        return value === null || value === undefined ? BSON.null : this.nested(value, depth);
    }
  }

  private string(value: string): void {
    const { sink } = this;
    if (value.length > MAX_PROPERTIES_BYTES) return this.fail(TOO_LARGE);
    const start = sink.length;
    sink.length += 4;
    if (!sink.text(value)) return this.fail(UNCLEAN_TEXT);
    sink.reserve(1);
    sink.byte(0);
    sink.putInt32(start, sink.length - start - 4);
  }

  private nested(value: object, depth: number): number {
    if (depth === MAX_PROPERTIES_DEPTH) {
      this.fail(`properties are nested deeper than ${MAX_PROPERTIES_DEPTH} levels`);
    } else if (Array.isArray(value)) {
      this.array(value, depth + 1);
      return BSON.array;
    } else this.object(value as Record<string, unknown>, depth + 1);
    return BSON.object;
  }

  private finish(start: number): void {
    const { sink } = this;
    sink.reserve(1);
    sink.byte(0);
    sink.putInt32(start, sink.length - start);
  }

  private fail(reason: string): void {
    this.fault ??= reason;
  }
}

/** As the driver decides: whole numbers of 32 bits, but not -0. */
function isInt32(value: number): boolean {
  return (value | 0) === value && !Object.is(value, -0);
}

function isTooLarge(properties: Record<string, unknown>): boolean {
  return Buffer.byteLength(JSON.stringify(properties)) > MAX_PROPERTIES_BYTES;
}
