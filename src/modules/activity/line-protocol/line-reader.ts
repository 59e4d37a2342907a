import { isAscii, isUtf8 } from 'node:buffer';
import { BOOLEAN, FLOAT, INTEGER, STRING, UNSIGNED, type FieldType } from './field-type.js';
import { DIGITS_BELOW_MS, readTime, type PreciseTime, type Precision } from './timestamp.js';

/** InfluxDB's limits of a measurement with its tags, and of a text. */
export const MAX_SERIES_BYTES = 65_535;
export const MAX_TEXT_BYTES = 65_536;
export const MAX_FIELDS = 1000;

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const COMMA = 0x2c;
const MINUS = 0x2d;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const LETTER_I = 0x69;
const LETTER_U = 0x75;

const FNV_OFFSET = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;
/** So many digits are always below 2^53. */
const SAFE_DIGITS = 15;
const FLOAT_FORM = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const TRUE_TEXTS = new Set(['t', 'T', 'true', 'True', 'TRUE']);
const FALSE_TEXTS = new Set(['f', 'F', 'false', 'False', 'FALSE']);

/**
 * Reads line protocol line by line. `next` moves on to the next line that holds a point, whose parts then stand in the
 * members of this object: nothing is made for a line but its texts, since a body has thousands of them.
 *
 * A line ends with its newline whatever stands before it, also within quotes, so that a broken line never takes others
 * with it.
 */
export class LineReader {
  /** Number of the line at hand, from 1 on; blank lines and comments count. */
  line = 0;
  /** The line in `bytes`, without spaces around it. */
  start = 0;
  end = 0;
  /** Why the line is no point, as the end of a sentence; `null`: it is one, and the members below say what it holds. */
  fault: string | null = null;
  /** End of the measurement with its tags, which begins at `start`. */
  seriesEnd = 0;
  /** Of the bytes of the measurement with its tags (FNV-1a, 32 bits); others may have the same. */
  seriesHash = 0;
  /** End of the fields; after it nothing or the time follows. */
  fieldsEnd = 0;
  fieldCount = 0;
  /** By field. Texts are unescaped. */
  readonly keys: string[] = [];
  readonly types: FieldType[] = [];
  /** Of numbers, and 0 or 1 of booleans. Whole numbers beyond 2^53 stand in `wide` besides. */
  readonly numbers: number[] = [];
  readonly texts: string[] = [];
  readonly wide: (bigint | null)[] = [];
  hasTime = false;
  readonly time: PreciseTime = { ms: 0, nanos: 0 };

  private following = 0;
  private readonly isAscii: boolean;
  private readonly isClean: boolean;
  private readonly digitsBelowMs: number;

  constructor(
    readonly bytes: Buffer,
    precision: Precision,
  ) {
    this.digitsBelowMs = DIGITS_BELOW_MS[precision];
    this.isAscii = isAscii(bytes);
    this.isClean = (this.isAscii || isUtf8(bytes)) && !bytes.includes(0);
  }

  /** False at the end of the body. */
  next(): boolean {
    const { bytes } = this;
    const { length } = bytes;
    while (this.following < length) {
      let start = this.following;
      let end = bytes.indexOf(NEWLINE, start);
      if (end < 0) end = length;
      this.following = end + 1;
      this.line++;
      while (start < end && (bytes[start] === SPACE || bytes[start] === TAB)) start++;
      while (end > start && (bytes[end - 1] === SPACE || bytes[end - 1] === RETURN)) end--;
      if (start === end || bytes[start] === HASH) continue;
      this.start = start;
      this.end = end;
      this.fault = this.isClean || isCleanText(bytes.subarray(start, end)) ? this.read() : 'it is not valid UTF-8 text';
      return true;
    }
    return false;
  }

  /** The measurement with its tags as they came, one character a byte: the same text, the same series. */
  get series(): string {
    return this.bytes.toString('latin1', this.start, this.seriesEnd);
  }

  private read(): string | null {
    const seriesEnd = this.endOfSeries();
    if (seriesEnd < 0) return 'it has no fields';
    this.seriesEnd = seriesEnd;
    if (seriesEnd - this.start > MAX_SERIES_BYTES) return 'its measurement and tags are too long';
    return this.readFields(this.skipSpaces(seriesEnd)) ?? this.readEnd();
  }

  private endOfSeries(): number {
    const { bytes, end } = this;
    let hash = FNV_OFFSET;
    for (let at = this.start; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === SPACE) {
        this.seriesHash = hash;
        return at;
      }
      hash = Math.imul(hash ^ byte, FNV_PRIME);
      if (byte !== BACKSLASH || !isEscapable(bytes[at + 1])) continue;
      at++;
      hash = Math.imul(hash ^ bytes[at]!, FNV_PRIME);
    }
    return -1;
  }

  private readFields(from: number): string | null {
    const { bytes, end } = this;
    let count = 0;
    for (let at = from; ; at++) {
      const keyStart = at;
      let isEscaped = false;
      for (; at < end && bytes[at] !== EQUALS; at++) {
        const byte = bytes[at];
        if (byte === SPACE || byte === COMMA) break;
        if (byte !== BACKSLASH || !isEscapable(bytes[at + 1])) continue;
        isEscaped = true;
        at++;
      }
      if (at >= end || bytes[at] !== EQUALS) return keyStart >= end ? 'a field is missing' : 'a field has no value';
      if (at === keyStart) return 'a field has no name';
      if (count === MAX_FIELDS) return `it has more than ${MAX_FIELDS} fields`;
      if (isEscaped) this.keys[count] = unescapeName(this.text(keyStart, at));
      else if (!this.isKeyOfLineBefore(count, keyStart, at)) this.keys[count] = this.text(keyStart, at);
      const valueEnd = this.readValue(count, at + 1);
      if (typeof valueEnd === 'string') return valueEnd;
      count++;
      at = valueEnd;
      if (at >= end || bytes[at] !== COMMA) {
        this.fieldCount = count;
        this.fieldsEnd = at;
        return null;
      }
    }
  }

  /** Most lines have the fields of the line before; a key that is ASCII then need not be made again. */
  private isKeyOfLineBefore(field: number, start: number, end: number): boolean {
    const key = this.keys[field];
    if (key?.length !== end - start) return false;
    for (let i = 0; i < key.length; i++) {
      const byte = this.bytes[start + i]!;
      if (byte >= 0x80 || byte !== key.charCodeAt(i)) return false;
    }
    return true;
  }

  /** The end of the value, or what is wrong with it. */
  private readValue(field: number, start: number): number | string {
    const first = this.bytes[start];
    if (start >= this.end || first === COMMA || first === SPACE) return `the field ${this.name(field)} has no value`;
    if (first === QUOTE) return this.readText(field, start + 1);
    const { bytes, end } = this;
    // The common case: a whole number of few digits.
    let at = start;
    let value = 0;
    for (; at < end; at++) {
      const digit = bytes[at]! - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at > start && at - start <= SAFE_DIGITS) {
      const byte = bytes[at];
      if (at === end || byte === COMMA || byte === SPACE) return this.setNumber(field, FLOAT, value, at);
      if (byte === LETTER_I && this.isValueEnd(at + 1)) return this.setNumber(field, INTEGER, value, at + 1);
    }
    while (!this.isValueEnd(at)) at++;
    return this.readRareValue(field, this.text(start, at), at);
  }

  private isValueEnd(at: number): boolean {
    return at >= this.end || this.bytes[at] === COMMA || this.bytes[at] === SPACE;
  }

  private readRareValue(field: number, text: string, end: number): number | string {
    if (TRUE_TEXTS.has(text)) return this.setNumber(field, BOOLEAN, 1, end);
    if (FALSE_TEXTS.has(text)) return this.setNumber(field, BOOLEAN, 0, end);
    const bad = `the value of the field ${this.name(field)} is neither a number, a boolean nor a quoted text`;
    const last = text.charCodeAt(text.length - 1);
    if (last === LETTER_I || last === LETTER_U) {
      const digits = text.slice(0, -1);
      if (!/^[+-]?\d+$/.test(digits)) return bad;
      const value = BigInt(digits.startsWith('+') ? digits.slice(1) : digits);
      const isUnsigned = last === LETTER_U;
      const [min, max] = isUnsigned ? [0n, MAX_UINT64] : [-MAX_INT64 - 1n, MAX_INT64];
      if (value < min || value > max) return `the value of the field ${this.name(field)} is out of range`;
      this.setNumber(field, isUnsigned ? UNSIGNED : INTEGER, Number(value), end);
      if (!Number.isSafeInteger(Number(value))) this.wide[field] = value;
      return end;
    }
    if (!FLOAT_FORM.test(text)) return bad;
    const value = Number(text);
    if (!Number.isFinite(value)) return `the value of the field ${this.name(field)} is out of range`;
    return this.setNumber(field, FLOAT, value, end);
  }

  private setNumber(field: number, type: FieldType, value: number, end: number): number {
    this.types[field] = type;
    this.numbers[field] = value;
    this.wide[field] = null;
    return end;
  }

  private readText(field: number, start: number): number | string {
    const { bytes, end } = this;
    let isEscaped = false;
    let at = start;
    for (; at < end && bytes[at] !== QUOTE; at++) {
      if (bytes[at] !== BACKSLASH) continue;
      const following = bytes[at + 1];
      if (following !== QUOTE && following !== BACKSLASH) continue;
      isEscaped = true;
      at++;
    }
    if (at >= end) return `the text of the field ${this.name(field)} has no closing quote on its line`;
    if (at - start > MAX_TEXT_BYTES) return `the text of the field ${this.name(field)} is longer than 64 KiB`;
    if (!this.isValueEnd(at + 1)) return `something follows the closing quote of the field ${this.name(field)}`;
    const text = this.text(start, at);
    this.types[field] = STRING;
    this.texts[field] = isEscaped ? text.replace(/\\(["\\])/g, '$1') : text;
    return at + 1;
  }

  private readEnd(): string | null {
    const from = this.skipSpaces(this.fieldsEnd);
    this.hasTime = from < this.end;
    if (!this.hasTime || readTime(this.bytes, from, this.end, this.digitsBelowMs, this.time)) return null;
    for (let at = from; at < this.end; at++) {
      const byte = this.bytes[at]!;
      const isDigit = byte >= 0x30 && byte <= 0x39;
      if (!isDigit && !(byte === MINUS && at === from && at < this.end - 1)) return 'its time is not a whole number';
    }
    return 'its time is out of range';
  }

  private skipSpaces(from: number): number {
    let at = from;
    while (at < this.end && this.bytes[at] === SPACE) at++;
    return at;
  }

  private text(start: number, end: number): string {
    return this.isAscii ? this.bytes.toString('latin1', start, end) : this.bytes.toString('utf8', start, end);
  }

  /** Of a field, fit to stand in a sentence. */
  private name(field: number): string {
    return printable(this.keys[field]!, 64);
  }
}

/** A backslash before anything else stands for itself, also before another backslash. */
function isEscapable(byte: number | undefined): boolean {
  return byte === COMMA || byte === EQUALS || byte === SPACE;
}

/** Undoes the escapes of measurements, tags and the keys of fields. Other backslashes stand for themselves. */
export function unescapeName(text: string): string {
  return text.replace(/\\([,= ])/g, '$1');
}

/** At most `length` characters, none of which moves a cursor or ends a line. */
export function printable(text: string, length: number): string {
  const isCut = text.length > length;
  // eslint-disable-next-line no-control-regex -- they are what is taken away
  const clean = (isCut ? text.slice(0, length) : text).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd]/g, '?');
  return (isCut ? `${clean}…` : clean).replace(/[\ud800-\udfff]/gu, '?');
}

function isCleanText(bytes: Uint8Array): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}
