import { parseInstant } from '../../../../common/time/instant.js';
import { isCleanText } from '../clean-text.js';
import { correctClock } from '../clock-correction.js';
import { MAX_EVENT_NAME_LENGTH, MAX_ID_LENGTH, MAX_PROCESS_NAME_LENGTH } from '../event-limits.js';
import { BSON } from './bson-types.js';
import { ByteSink } from './byte-sink.js';
import { EventIdentity, KEY_BYTES } from './event-identity.js';
import { PropertiesEncoder } from './properties-encoder.js';

const MAX_TIMESTAMP_TEXT = 256;

/** Where the key and the epoch stand in every document, from its start. */
export const KEY_AT = 14;
export const EPOCH_AT = 37;
export const EPOCH_BYTES = 12;

/** What the events of one batch have in common. */
export interface BatchFrame {
  projectKey: string;
  /** When the client sent it by its own clock, epoch milliseconds; `null`: not told. */
  sentAt: number | null;
  /** Epoch milliseconds. */
  receivedAt: number;
  /** True when an event of this time (epoch milliseconds; NaN: without one) may change who the anonymousId belongs to. */
  mayLink: (anonymousId: string, userId: string, time: number) => boolean;
}

/**
 * Judges events one by one, which may be any JSON value, and writes the good ones as the documents that are stored: BSON
 * with only known fields, each of its declared type. `""` and `null` count as missing. The key and the epoch are
 * blank until they are put in. Never throws.
 */
export class EventEncoder {
  /** The documents, one behind the other, also those of earlier batches. */
  readonly sink = new ByteSink();
  readonly identity = new EventIdentity(new ByteSink());
  eventName = '';
  /** Epoch milliseconds by the server's clock; NaN: the client's text could not be read. */
  time = NaN;
  anonymousId: string | undefined;
  userId: string | undefined;
  hasId = false;
  /** Its link is to be written after it. */
  linkPending = false;

  private readonly properties = new PropertiesEncoder(this.sink);
  private fault: string | undefined;
  private frame: BatchFrame;
  private head: Uint8Array = Buffer.alloc(0);
  private headProject: string | undefined;
  private tail: Uint8Array = Buffer.alloc(0);

  /** Before the events of a batch, and again when other batches may have come in between. */
  begin(frame: BatchFrame): void {
    this.frame = frame;
    this.sink.begin();
    this.identity.begin(frame.projectKey);
    if (frame.projectKey !== this.headProject) this.head = headOf(frame.projectKey);
    this.headProject = frame.projectKey;
    this.tail = tailOf(frame.receivedAt);
  }

  /**
   * Appends the event's document to `sink` and leaves its identity in `identity`.
   * @returns a sentence that says why it is refused; then nothing is appended.
   */
  encode(item: unknown): string | undefined {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return 'event must be an object';
    const { sink } = this;
    const start = sink.length;
    this.fault = undefined;
    sink.reserve(this.head.length);
    sink.copy(this.head, 0, this.head.length);
    this.fields(item as Record<string, unknown>);
    if (this.fault !== undefined) {
      sink.length = start;
      return this.fault;
    }
    sink.reserve(this.tail.length + LINK_PENDING.length + 1);
    sink.copy(this.tail, 0, this.tail.length);
    if (this.linkPending) sink.copy(LINK_PENDING, 0, LINK_PENDING.length);
    sink.byte(0);
    sink.putInt32(start, sink.length - start);
    return undefined;
  }

  private fields(item: Record<string, unknown>): void {
    const { identity } = this;
    if (hasReservedKey(item)) this.fail('event holds a reserved key');
    this.hasId = !isMissing(item['eventId']);
    identity.startWithContent();
    const eventName = this.text(EVENT_NAME, item['eventName']);
    if (eventName === undefined) this.fail('eventName is required');
    this.eventName = eventName ?? '';
    this.timestamp(item['timestamp']);
    this.anonymousId = this.text(ANONYMOUS_ID, item['anonymousId']);
    this.userId = this.text(USER_ID, item['userId']);
    this.text(SESSION_ID, item['sessionId']);
    this.process(item);
    this.freeForm(item['properties']);
    if (this.hasId) {
      const eventId = this.text(EVENT_ID, item['eventId']);
      if (eventId !== undefined) identity.startWithId(eventId);
    }
    this.linkPending =
      this.anonymousId !== undefined &&
      this.userId !== undefined &&
      this.frame.mayLink(this.anonymousId, this.userId, this.time);
  }

  private process(item: Record<string, unknown>): void {
    const processName = this.text(PROCESS_NAME, item['processName']);
    const processId = this.text(PROCESS_ID, item['processId']);
    const processStep = this.text(PROCESS_STEP, item['processStep']);
    if (processStep !== undefined && processStep !== 'START' && processStep !== 'END') {
      this.fail('processStep must be START or END');
    }
    if (processId !== undefined && (processName === undefined || processStep === undefined)) {
      this.fail('processId needs processName and processStep');
    }
  }

  /** Writes a text of at most so many characters, here and into the identity. */
  private text(field: TextField, value: unknown): string | undefined {
    if (isMissing(value)) {
      if (!this.hasId) this.identity.part(undefined);
      return undefined;
    }
    if (typeof value !== 'string') return this.fail(field.notText);
    if (value.length > field.maxLength && isLongerThan(value, field.maxLength)) return this.fail(field.tooLong);
    if (!this.string(field.header, value)) {
      return this.fail(`${field.name} is not valid Unicode or contains a NUL character`);
    }
    if (!this.hasId) this.identity.part(value);
    return value;
  }

  private timestamp(value: unknown): void {
    this.time = NaN;
    if (typeof value === 'string' ? value === '' : typeof value !== 'number') {
      this.fail(isMissing(value) ? 'timestamp is required' : 'timestamp must be text or a number of milliseconds');
      return;
    }
    const timestamp = value as string | number;
    const claimed = parseInstant(timestamp);
    if (claimed === null) return this.unreadableTime(timestamp);
    const { sentAt, receivedAt } = this.frame;
    const { at, clamped } = correctClock(claimed, sentAt, receivedAt);
    this.time = at;
    const { sink } = this;
    sink.reserve(TIMESTAMP.length + 8 + CLAMPED.length);
    sink.copy(TIMESTAMP, 0, TIMESTAMP.length);
    sink.int64(at);
    if (clamped) sink.copy(CLAMPED, 0, CLAMPED.length);
    if (!this.hasId) this.identity.time(timestamp);
  }

  /** The event has no time, and keeps what the client sent. */
  private unreadableTime(timestamp: string | number): void {
    const { sink } = this;
    sink.reserve(NO_TIMESTAMP.length);
    sink.copy(NO_TIMESTAMP, 0, NO_TIMESTAMP.length);
    // All of it must be clean, since all of it is in the identity.
    const text = String(timestamp);
    if (!isCleanText(text) || !this.string(TIMESTAMP_TEXT, cutText(text))) {
      this.fail('timestamp is not valid Unicode or contains a NUL character');
    } else if (!this.hasId) this.identity.time(timestamp);
  }

  private freeForm(value: unknown): void {
    if (isMissing(value)) return;
    if (typeof value !== 'object' || Array.isArray(value)) {
      this.fail('properties must be an object');
      return;
    }
    const { sink } = this;
    const properties = value as Record<string, unknown>;
    sink.reserve(PROPERTIES.length);
    sink.copy(PROPERTIES, 0, PROPERTIES.length);
    const fault = this.properties.encode(properties);
    if (fault !== undefined) this.fail(fault);
    else if (!this.hasId) this.identity.properties(properties);
  }

  /** @returns false for unclean text. */
  private string(header: Uint8Array, text: string): boolean {
    const { sink } = this;
    sink.reserve(header.length + 5);
    sink.copy(header, 0, header.length);
    const start = sink.length;
    sink.length += 4;
    if (!sink.text(text)) return false;
    sink.reserve(1);
    sink.byte(0);
    sink.putInt32(start, sink.length - start - 4);
    return true;
  }

  private fail(reason: string): undefined {
    this.fault ??= reason;
    return undefined;
  }
}

interface TextField {
  name: string;
  header: Uint8Array;
  maxLength: number;
  notText: string;
  tooLong: string;
}

const EVENT_NAME = textField('eventName', MAX_EVENT_NAME_LENGTH);
const ANONYMOUS_ID = textField('anonymousId', MAX_ID_LENGTH);
const USER_ID = textField('userId', MAX_ID_LENGTH);
const SESSION_ID = textField('sessionId', MAX_ID_LENGTH);
const EVENT_ID = textField('eventId', MAX_ID_LENGTH);
const PROCESS_NAME = textField('processName', MAX_PROCESS_NAME_LENGTH);
const PROCESS_ID = textField('processId', MAX_ID_LENGTH);
const PROCESS_STEP = { ...textField('processStep', 5), ...sameFault('processStep must be START or END') };
const TIMESTAMP = header(BSON.date, 'timestamp');
const NO_TIMESTAMP = header(BSON.null, 'timestamp');
const TIMESTAMP_TEXT = header(BSON.string, 'timestampText');
const CLAMPED = Buffer.concat([header(BSON.boolean, 'clamped'), Buffer.from([1])]);
const PROPERTIES = header(BSON.object, 'properties');
const LINK_PENDING = Buffer.concat([header(BSON.boolean, 'linkPending'), Buffer.from([1])]);

function textField(name: string, maxLength: number): TextField {
  return {
    name,
    header: header(BSON.string, name),
    maxLength,
    notText: `${name} must be a string`,
    tooLong: `${name} must have at most ${maxLength} characters`,
  };
}

function sameFault(sentence: string): Pick<TextField, 'notText' | 'tooLong'> {
  return { notText: sentence, tooLong: sentence };
}

/** Type and name of a field. */
function header(type: number, name: string): Buffer {
  return Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`)]);
}

/** Size, `_id`, epoch and project key, the first three still blank. */
function headOf(projectKey: string): Buffer {
  const text = Buffer.from(`${projectKey}\0`);
  const [keySize, textSize] = [int32(KEY_BYTES), int32(text.length)];
  const key = [header(BSON.binary, '_id'), keySize, Buffer.alloc(1 + KEY_BYTES)];
  const epoch = [header(BSON.objectId, 'epoch'), Buffer.alloc(EPOCH_BYTES)];
  return Buffer.concat([int32(0), ...key, ...epoch, header(BSON.string, 'projectKey'), textSize, text]);
}

function tailOf(receivedAt: number): Buffer {
  const date = Buffer.alloc(8);
  date.writeBigInt64LE(BigInt(receivedAt));
  return Buffer.concat([header(BSON.date, 'receivedAt'), date]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** A key by which the object would be something else than data when it is copied. */
function hasReservedKey(item: Record<string, unknown>): boolean {
  if (Object.hasOwn(item, '__proto__')) return true;
  // Cheaper than to ask for the key itself: without one it is that of the prototype.
  const { constructor } = item as { constructor: unknown };
  return constructor !== Object && typeof constructor === 'object' && Object.hasOwn(constructor ?? {}, 'prototype');
}

// A character outside the basic plane takes two places in a JavaScript string.
function isLongerThan(text: string, characters: number): boolean {
  return text.length > 2 * characters || Array.from(text).length > characters;
}

// Never ends in half of a surrogate pair.
function cutText(text: string): string {
  if (text.length <= MAX_TIMESTAMP_TEXT) return text;
  const last = text.charCodeAt(MAX_TIMESTAMP_TEXT - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? MAX_TIMESTAMP_TEXT - 1 : MAX_TIMESTAMP_TEXT);
}
