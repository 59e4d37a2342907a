import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { BatchEnvelope } from '../batch-envelope.js';
import { EventEncoder, KEY_AT, type BatchFrame } from './event-encoder.js';
import { KEY_BYTES } from './event-identity.js';

const SLICE_MS = 20;
/** A part fits into one command to the database. */
const MAX_PART_EVENTS = 1000;
const MAX_PART_BYTES = 1024 * 1024;

export interface RejectedEvent {
  /** Position in the batch. */
  index: number;
  /** A sentence for the client's developer. */
  reason: string;
}

/** An event fit to be written, as far as others than the database need to know it. */
export interface PreparedEvent {
  /** Position in the batch. */
  index: number;
  /** Where its document begins. */
  start: number;
  eventName: string;
  /** Epoch milliseconds; NaN: no readable time. */
  time: number;
  anonymousId: string | undefined;
  userId: string | undefined;
  /** Its identity link is to be written after it. */
  linkPending: boolean;
}

export interface PreparedPart {
  /** One BSON document behind the other, their epochs still blank. */
  documents: Buffer;
  events: PreparedEvent[];
}

export interface PreparedBatch {
  parts: PreparedPart[];
  /** Events whose `eventId` came earlier in the same batch. */
  duplicates: number;
  rejected: RejectedEvent[];
}

/** One for all: a part is complete before anybody else can come in between. */
const encoder = new EventEncoder();

/**
 * Judges every event by itself and writes the good ones as documents. Never fails, whatever the JSON. A batch that takes
 * long, which only unusual ones do, lets other requests run in between.
 */
export async function prepareBatch(
  batch: BatchEnvelope,
  receivedAt: Date,
  mayLink: BatchFrame['mayLink'],
): Promise<PreparedBatch> {
  const { projectKey, events, sentAt } = batch;
  const frame: BatchFrame = { projectKey, sentAt, receivedAt: receivedAt.getTime(), mayLink };
  const prepared: PreparedBatch = { parts: [], duplicates: 0, rejected: [] };
  const occurrences = new Map<string, number>();
  let sliceEnd = performance.now() + SLICE_MS;
  for (let index = 0; index < events.length;) {
    encoder.begin(frame);
    const first = encoder.sink.length;
    const accepted: PreparedEvent[] = [];
    do {
      prepareEvent(events[index], index, occurrences, accepted, prepared);
      index++;
      // Now and then: asking for the time is not free.
    } while (index < events.length && !isFull(accepted, first) && (index % 8 !== 0 || performance.now() < sliceEnd));
    if (accepted.length > 0) prepared.parts.push(takePart(accepted, first));
    if (index < events.length && performance.now() >= sliceEnd) {
      await yieldToEventLoop();
      sliceEnd = performance.now() + SLICE_MS;
    }
  }
  return prepared;
}

function prepareEvent(
  item: unknown,
  index: number,
  occurrences: Map<string, number>,
  accepted: PreparedEvent[],
  prepared: PreparedBatch,
): void {
  const { sink, identity } = encoder;
  const start = sink.length;
  const fault = encoder.encode(item);
  if (fault !== undefined) {
    prepared.rejected.push({ index, reason: fault });
    return;
  }
  const first = identity.key(0);
  const occurrence = occurrences.get(first) ?? 0;
  if (occurrence > 0 && encoder.hasId) {
    prepared.duplicates++;
    sink.length = start;
    return;
  }
  occurrences.set(first, occurrence + 1);
  putKey(sink.bytes, start + KEY_AT, occurrence === 0 ? first : identity.key(occurrence));
  const { eventName, time, anonymousId, userId, linkPending } = encoder;
  accepted.push({ index, start, eventName, time, anonymousId, userId, linkPending });
}

function isFull(accepted: readonly PreparedEvent[], first: number): boolean {
  return accepted.length >= MAX_PART_EVENTS || encoder.sink.length - first >= MAX_PART_BYTES;
}

function takePart(events: PreparedEvent[], first: number): PreparedPart {
  for (const event of events) event.start -= first;
  return { documents: encoder.sink.bytes.subarray(first, encoder.sink.length), events };
}

/** The `_id` of a document that begins there. */
export function keyOf(documents: Buffer, start: number): Uint8Array {
  return documents.subarray(start + KEY_AT, start + KEY_AT + KEY_BYTES);
}

function putKey(bytes: Uint8Array, at: number, key: string): void {
  for (let i = 0; i < KEY_BYTES; i++) bytes[at + i] = key.charCodeAt(i);
}
