import { hash } from 'node:crypto';
import type { ByteSink } from './byte-sink.js';

export const KEY_BYTES = 16;
const MAX_REMEMBERED_VIEW = 4096;

const BY_CONTENT = codeOf('c');
const BY_ID = codeOf('i');
const MISSING = codeOf('-');
const TEXT = codeOf('s');
const NUMBER = codeOf('n');
const TRUE = codeOf('t');
const FALSE = codeOf('f');
const NULL = codeOf('z');
const COLON = codeOf(':');
const SEMICOLON = codeOf(';');
const OPEN_OBJECT = codeOf('{');
const CLOSE_OBJECT = codeOf('}');
const OPEN_ARRAY = codeOf('[');
const CLOSE_ARRAY = codeOf(']');

/**
 * What makes an event itself. With an `eventId` that and the project; without one everything the client said about it.
 * Every text is prefixed by its length (in UTF-16 units) and every absent field marked, so that different events never
 * have the same identity. It is made of texts that have been judged before.
 */
export class EventIdentity {
  private projectEnd = 0;
  private viewed: Uint8Array | undefined;
  private readonly views: (Uint8Array | undefined)[] = [];

  constructor(private readonly sink: ByteSink) {}

  /** Before the events of a project. */
  begin(projectKey: string): void {
    this.sink.length = 0;
    this.sink.reserve(1);
    this.sink.byte(BY_CONTENT);
    this.part(projectKey);
    this.projectEnd = this.sink.length;
  }

  /** By the id that the client gave. */
  startWithId(eventId: string): void {
    this.sink.length = this.projectEnd;
    this.sink.bytes[0] = BY_ID;
    this.part(eventId);
  }

  /** By the content: parts follow in an order that must never change. */
  startWithContent(): void {
    this.sink.length = this.projectEnd;
    this.sink.bytes[0] = BY_CONTENT;
  }

  part(text: string | undefined): void {
    const { sink } = this;
    if (text === undefined) {
      sink.reserve(1);
      sink.byte(MISSING);
    } else this.text(text);
  }

  /** A number, or a text that stands for itself, as the client wrote the time. */
  time(timestamp: string | number): void {
    if (typeof timestamp === 'number') this.number(timestamp);
    else this.text(timestamp);
  }

  /** The same for equal content whatever the order of keys: keys sorted, values tagged by type. */
  properties(value: Record<string, unknown>): void {
    const { sink } = this;
    const keys = sorted(Object.keys(value));
    sink.reserve(1);
    sink.byte(OPEN_OBJECT);
    for (const key of keys) {
      this.text(key);
      this.value(value[key]);
    }
    sink.reserve(1);
    sink.byte(CLOSE_OBJECT);
  }

  /**
   * SHA-256, a character for each byte, over the identity and, for a content identity, which of the identical events of
   * its batch it is (0, 1, …). Its first 16 bytes are the `_id` under which the event is stored: two different events
   * share one with a chance of 2^-64 after four thousand million events.
   */
  key(occurrence: number): string {
    const identity = this.view();
    return digest(occurrence === 0 ? identity : Buffer.concat([Buffer.from(`${occurrence}#`), identity]));
  }

  // Making a view costs as much as a third of the hashing, and identities have a few hundred lengths.
  private view(): Uint8Array {
    const { bytes, length } = this.sink;
    if (this.viewed !== bytes) {
      this.viewed = bytes;
      this.views.length = 0;
    }
    if (length > MAX_REMEMBERED_VIEW) return bytes.subarray(0, length);
    return (this.views[length] ??= bytes.subarray(0, length));
  }

  private value(value: unknown): void {
    const { sink } = this;
    sink.reserve(1);
    switch (typeof value) {
      case 'string':
        sink.byte(TEXT);
        return this.text(value);
      case 'number':
        return this.number(value);
      case 'boolean':
        return sink.byte(value ? TRUE : FALSE);
      default:
        if (value === null || value === undefined) sink.byte(NULL);
        else if (Array.isArray(value)) this.array(value);
        else this.properties(value as Record<string, unknown>);
    }
  }

  private array(value: unknown[]): void {
    const { sink } = this;
    sink.byte(OPEN_ARRAY);
    for (const inner of value) this.value(inner);
    sink.reserve(1);
    sink.byte(CLOSE_ARRAY);
  }

  private text(text: string): void {
    const { sink } = this;
    sink.reserve(11);
    sink.digits(text.length);
    sink.byte(COLON);
    sink.text(text);
  }

  private number(value: number): void {
    const { sink } = this;
    sink.reserve(32);
    sink.byte(NUMBER);
    if (value >= 0 && (value | 0) === value) sink.digits(value);
    else sink.text(String(value));
    sink.reserve(1);
    sink.byte(SEMICOLON);
  }
}

function digest(identity: Uint8Array): string {
  // A text is made several times faster than the Buffer that `hash` gives by itself.
  return hash('sha256', identity, 'binary');
}

// Few keys, often in order already: insertion is several times faster here than Array.prototype.sort.
function sorted(keys: string[]): string[] {
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] as string;
    let j = i - 1;
    while (j >= 0 && (keys[j] as string) > key) {
      keys[j + 1] = keys[j] as string;
      j--;
    }
    keys[j + 1] = key;
  }
  return keys;
}

function codeOf(letter: string): number {
  return letter.charCodeAt(0);
}
