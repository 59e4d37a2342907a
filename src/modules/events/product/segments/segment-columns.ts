import { ACTOR_KEY_BYTES } from './actor-key.js';

const VERSION = 1;
/** Six numbers of 32 bits: version, events, names, actors, linked ids, and one that is kept free. */
const HEADER_BYTES = 24;

/** Events of one project in one epoch, in no order. */
export interface SegmentColumns {
  length: number;
  /** Epoch milliseconds; NaN: no readable time. */
  times: Float64Array;
  /** Distinct event names. */
  names: string[];
  /** Position in `names`. */
  nameOf: Uint32Array;
  /** 16 bytes for each distinct actor, as `actorKey` makes them. */
  actors: Uint8Array;
  /** Position of the actor; -1: an event without ids. */
  actorOf: Int32Array;
  /** The anonymousIds whose link these events may have changed. */
  linkedIds: string[];
}

/** Little endian, as are the arrays in memory on every processor that Node runs on. */
export function encodeSegment(columns: SegmentColumns): Buffer {
  const { length, times, names, nameOf, actors, actorOf, linkedIds } = columns;
  const header = new Uint32Array([VERSION, length, names.length, actors.length / ACTOR_KEY_BYTES, linkedIds.length, 0]);
  const arrays = [header, times.subarray(0, length), nameOf.subarray(0, length), actorOf.subarray(0, length), actors];
  return Buffer.concat([...arrays.map(toBytes), encodeTexts(names), encodeTexts(linkedIds)]);
}

/** @throws RangeError for bytes that `encodeSegment` has not written. */
export function decodeSegment(data: Uint8Array): SegmentColumns {
  if (data.length < HEADER_BYTES) throw new RangeError('A segment is too short');
  const [version, length, names, actors, linked] = new Uint32Array(copy(data, 0, HEADER_BYTES)) as unknown as Header;
  if (version !== VERSION) throw new RangeError(`A segment has the unknown version ${version}`);
  let offset = HEADER_BYTES;
  const take = (bytes: number): ArrayBuffer => {
    if (offset + bytes > data.length) throw new RangeError('A segment is cut off');
    offset += bytes;
    return copy(data, offset - bytes, bytes);
  };
  const columns = {
    length,
    times: new Float64Array(take(8 * length)),
    nameOf: new Uint32Array(take(4 * length)),
    actorOf: new Int32Array(take(4 * length)),
    actors: new Uint8Array(take(ACTOR_KEY_BYTES * actors)),
  };
  const takeText = (): string => Buffer.from(take(new DataView(take(4)).getUint32(0, true))).toString('utf8');
  const takeTexts = (count: number): string[] => Array.from({ length: count }, takeText);
  return { ...columns, names: takeTexts(names), linkedIds: takeTexts(linked) };
}

type Header = [version: number, length: number, names: number, actors: number, linked: number];

function toBytes(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

// Aligned memory of its own: the bytes come from the middle of a database's answer.
function copy(data: Uint8Array, start: number, bytes: number): ArrayBuffer {
  return Uint8Array.prototype.slice.call(data, start, start + bytes).buffer;
}

/** Each as the number of its UTF-8 bytes and these bytes. */
function encodeTexts(texts: readonly string[]): Buffer {
  const parts = texts.map((text) => Buffer.from(text, 'utf8'));
  const encoded = Buffer.alloc(parts.reduce((total, part) => total + 4 + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    encoded.writeUInt32LE(part.length, offset);
    part.copy(encoded, offset + 4);
    offset += 4 + part.length;
  }
  return encoded;
}
