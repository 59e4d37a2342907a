import { packInts, unpackInts, widthFor, type IntWidth } from './packed-ints.js';

const VERSION = 1;
/** Version, widths of times, names and actors, number of events, number of names, bytes of the names. */
const HEADER_BYTES = 16;
const MAX_SHORT_NAMES = 0x10000;

/** Events of one UTC day of a project, sorted by time. */
export interface DayBlock {
  length: number;
  /** Milliseconds since the day began, never decreasing; all 0 in the day of the events without a time. */
  times: Uint32Array;
  names: string[];
  /** Position in `names`. */
  nameOf: Uint16Array | Uint32Array;
  /** The project's number of the actor; -1: nobody. */
  actorOf: Int32Array;
}

/** An array for positions in so many names. */
export function newNameColumn(length: number, names: number): Uint16Array | Uint32Array {
  return names <= MAX_SHORT_NAMES ? new Uint16Array(length) : new Uint32Array(length);
}

/** Each column with as many bytes per event as its largest number needs, times as distances: about 5 bytes per event. */
export function encodeBlock(block: DayBlock): Buffer {
  const { length, names } = block;
  const nameOf = block.nameOf.subarray(0, length);
  const gaps = new Uint32Array(length);
  const actors = new Uint32Array(length);
  let maxGap = 0;
  let maxActor = 0;
  let before = 0;
  for (let i = 0; i < length; i++) {
    const time = block.times[i]!;
    gaps[i] = time - before;
    before = time;
    // Nobody is 0.
    actors[i] = block.actorOf[i]! + 1;
    if (gaps[i]! > maxGap) maxGap = gaps[i]!;
    if (actors[i]! > maxActor) maxActor = actors[i]!;
  }
  const widths = [widthFor(maxGap), widthFor(Math.max(0, names.length - 1)), widthFor(maxActor)] as const;
  const texts = encodeNames(names);
  const data = Buffer.allocUnsafe(HEADER_BYTES + texts.length + length * (widths[0] + widths[1] + widths[2]));
  data.set([VERSION, ...widths]);
  [length, names.length, texts.length].forEach((value, i) => data.writeUInt32LE(value, 4 + 4 * i));
  data.set(texts, HEADER_BYTES);
  let offset = packInts(data, HEADER_BYTES + texts.length, widths[0], gaps);
  offset = packInts(data, offset, widths[1], nameOf);
  packInts(data, offset, widths[2], actors);
  return data;
}

/** @throws RangeError for bytes that `encodeBlock` has not written. */
export function decodeBlock(data: Uint8Array): DayBlock {
  if (data.length < HEADER_BYTES || data[0] !== VERSION) throw new RangeError('A block has an unknown version');
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const [length, nameCount, textBytes] = [4, 8, 12].map((at) => bytes.readUInt32LE(at)) as [number, number, number];
  const [timeWidth, nameWidth, actorWidth] = data.subarray(1, 4) as unknown as [IntWidth, IntWidth, IntWidth];
  const names = decodeNames(bytes.subarray(HEADER_BYTES, HEADER_BYTES + textBytes), nameCount);
  const times = new Uint32Array(length);
  const nameOf = newNameColumn(length, nameCount);
  const actors = new Uint32Array(length);
  let offset = unpackInts(times, data, HEADER_BYTES + textBytes, timeWidth);
  offset = unpackInts(nameOf, data, offset, nameWidth);
  unpackInts(actors, data, offset, actorWidth);
  const actorOf = new Int32Array(actors.buffer);
  let time = 0;
  for (let i = 0; i < length; i++) {
    time += times[i]!;
    times[i] = time;
    actorOf[i]! -= 1;
  }
  return { length, times, names, nameOf, actorOf };
}

/** All events of blocks of one day, by time; of the same time those of an earlier block first. */
export function mergeBlocks(blocks: readonly DayBlock[]): DayBlock {
  const [first] = blocks;
  if (first === undefined) return { length: 0, times: new Uint32Array(), ...noNames() };
  if (blocks.length === 1) return first;
  // Halves of halves: every event is moved as often as the number of blocks can be halved.
  const middle = blocks.length >>> 1;
  return mergeTwo(mergeBlocks(blocks.slice(0, middle)), mergeBlocks(blocks.slice(middle)));
}

/** Some of the events, in their order, under all of the names. */
export function sliceBlock(block: DayBlock, from: number, to: number): DayBlock {
  return {
    length: to - from,
    times: block.times.subarray(from, to),
    names: block.names,
    nameOf: block.nameOf.subarray(from, to),
    actorOf: block.actorOf.subarray(from, to),
  };
}

/** The same events under only those names that they have. */
export function withUsedNames(block: DayBlock): DayBlock {
  const { length, names, nameOf } = block;
  const positions = new Int32Array(names.length).fill(-1);
  const used: string[] = [];
  for (let i = 0; i < length; i++) {
    const name = nameOf[i]!;
    if (positions[name] === -1) positions[name] = used.push(names[name]!) - 1;
  }
  if (used.length === names.length) return block;
  const column = newNameColumn(length, used.length);
  for (let i = 0; i < length; i++) column[i] = positions[nameOf[i]!]!;
  return { ...block, names: used, nameOf: column };
}

/** Each as the number of its UTF-8 bytes and these bytes. */
function encodeNames(names: readonly string[]): Buffer {
  return Buffer.concat(
    names.flatMap((name) => {
      const text = Buffer.from(name, 'utf8');
      const size = Buffer.alloc(4);
      size.writeUInt32LE(text.length);
      return [size, text];
    }),
  );
}

function decodeNames(data: Buffer, count: number): string[] {
  let offset = 0;
  return Array.from({ length: count }, () => {
    const start = offset + 4;
    offset = start + data.readUInt32LE(offset);
    return data.toString('utf8', start, offset);
  });
}

function noNames(): Pick<DayBlock, 'names' | 'nameOf' | 'actorOf'> {
  return { names: [], nameOf: new Uint16Array(), actorOf: new Int32Array() };
}

function mergeTwo(a: DayBlock, b: DayBlock): DayBlock {
  const length = a.length + b.length;
  const { names, positions } = uniteNames(a.names, b.names);
  const times = new Uint32Array(length);
  const nameOf = newNameColumn(length, names.length);
  const actorOf = new Int32Array(length);
  for (let at = 0, i = 0, j = 0; at < length; at++) {
    if (j >= b.length || (i < a.length && a.times[i]! <= b.times[j]!)) {
      times[at] = a.times[i]!;
      nameOf[at] = a.nameOf[i]!;
      actorOf[at] = a.actorOf[i++]!;
    } else {
      times[at] = b.times[j]!;
      nameOf[at] = positions[b.nameOf[j]!]!;
      actorOf[at] = b.actorOf[j++]!;
    }
  }
  return { length, times, names, nameOf, actorOf };
}

/** The names of both, and where among them each of the second is. */
function uniteNames(a: readonly string[], b: readonly string[]): { names: string[]; positions: Uint32Array } {
  const names = [...a];
  const positionOf = new Map(a.map((name, position) => [name, position]));
  const positions = Uint32Array.from(b, (name) => {
    const known = positionOf.get(name);
    if (known !== undefined) return known;
    positionOf.set(name, names.length);
    return names.push(name) - 1;
  });
  return { names, positions };
}
