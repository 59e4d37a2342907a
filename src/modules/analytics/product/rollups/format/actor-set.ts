/** First byte of an encoded set. */
const LIST = 1;
const BITMAP = 2;
/** Of a bitmap: the kind, three free bytes, and the position of the first word. */
const BITMAP_HEADER = 8;
const MAX_GAP_BYTES = 5;
/** Up to so many numbers are united by sorting them, without a bitmap as wide as the highest number. */
const MAX_SORTED = 128;

/** A set of actor numbers in memory, one bit each. */
export class ActorBits {
  /** Bit `n % 32` of word `n / 32`. Replaced by a longer array when the set grows: not to be kept across `add`. */
  words: Uint32Array;

  /** @param capacity numbers below it find room without growing. */
  constructor(capacity = 0) {
    this.words = new Uint32Array((capacity + 31) >>> 5);
  }

  add(n: number): void {
    const word = n >>> 5;
    if (word >= this.words.length) this.reserve(word + 1);
    this.words[word]! |= 1 << (n & 31);
  }

  has(n: number): boolean {
    return (((this.words[n >>> 5] ?? 0) >>> (n & 31)) & 1) === 1;
  }

  count(): number {
    let count = 0;
    for (let i = 0; i < this.words.length; i++) count += bitsOf(this.words[i]! | 0);
    return count;
  }

  /** In growing order. */
  forEach(callback: (n: number) => void): void {
    const { words } = this;
    for (let i = 0; i < words.length; i++) {
      for (let word = words[i]! | 0; word !== 0; word &= word - 1) callback(32 * i + lowestBit(word));
    }
  }

  /** Makes room for `length` words. */
  reserve(length: number): void {
    if (length <= this.words.length) return;
    const longer = new Uint32Array(Math.max(length, 2 * this.words.length));
    longer.set(this.words);
    this.words = longer;
  }
}

/** As a sorted list of gaps or as a bitmap, whichever is shorter. */
export function encodeActorSet({ words }: ActorBits): Buffer {
  let first = 0;
  let end = words.length;
  while (first < end && words[first] === 0) first++;
  while (end > first && words[end - 1] === 0) end--;
  return encodeList(words, first, end) ?? encodeBitmap(words.subarray(first, end), first);
}

/**
 * The encoded set with further numbers in it, which may repeat and be in any order; negative ones are left out.
 * @param encoded nothing: the empty set. Given back as it is when it has all of the numbers already.
 */
export function uniteActors(encoded: Uint8Array | undefined, numbers: Int32Array): Uint8Array {
  const isShort = encoded === undefined || (encoded[0] === LIST && encoded.length <= MAX_SORTED);
  return isShort && numbers.length <= MAX_SORTED ? uniteSorted(encoded, numbers) : uniteBits(encoded, numbers);
}

/** Adds the numbers of an encoded set. @throws RangeError for bytes that `encodeActorSet` has not written. */
export function orInto(target: ActorBits, encoded: Uint8Array): void {
  if (encoded[0] === LIST) orList(target, encoded);
  else if (encoded[0] === BITMAP && encoded.length >= BITMAP_HEADER) orBitmap(target, encoded);
  else throw new RangeError('A set of actors is of an unknown kind');
}

// Not made anew for each of the thousands of sets that a run unites. Empty between two calls.
const scratch = new ActorBits();

function uniteBits(encoded: Uint8Array | undefined, numbers: Int32Array): Uint8Array {
  try {
    if (encoded !== undefined) orInto(scratch, encoded);
    let isSame = encoded !== undefined;
    for (const n of numbers) {
      if (n < 0 || scratch.has(n)) continue;
      isSame = false;
      scratch.add(n);
    }
    return isSame ? encoded! : encodeActorSet(scratch);
  } finally {
    scratch.words.fill(0);
  }
}

function uniteSorted(encoded: Uint8Array | undefined, numbers: Int32Array): Uint8Array {
  const known = encoded === undefined ? [] : listNumbers(encoded);
  const all = new Int32Array(known.length + numbers.length);
  all.set(known);
  all.set(numbers, known.length);
  all.sort();
  let count = 0;
  for (let i = 0; i < all.length; i++) {
    const n = all[i]!;
    if (n >= 0 && (count === 0 || n !== all[count - 1])) all[count++] = n;
  }
  return encodeSorted(all.subarray(0, count));
}

function encodeSorted(numbers: Int32Array): Buffer {
  const first = (numbers[0] ?? 0) >>> 5;
  const words = numbers.length === 0 ? 0 : (numbers[numbers.length - 1]! >>> 5) - first + 1;
  const bytes = Buffer.allocUnsafe(1 + MAX_GAP_BYTES * numbers.length);
  bytes[0] = LIST;
  let length = 1;
  let next = 0;
  for (const n of numbers) {
    length = writeGap(bytes, length, n - next);
    next = n + 1;
  }
  if (length < BITMAP_HEADER + 4 * words) return bytes.subarray(0, length);
  const bitmap = new Uint32Array(words);
  for (const n of numbers) bitmap[(n >>> 5) - first]! |= 1 << (n & 31);
  return encodeBitmap(bitmap, first);
}

/** The numbers of words `first` to `end`; `null` when that takes as much as the bitmap or more. */
function encodeList(words: Uint32Array, first: number, end: number): Buffer | null {
  const limit = BITMAP_HEADER + 4 * (end - first);
  let count = 0;
  for (let i = first; i < end; i++) count += bitsOf(words[i]! | 0);
  // A number takes at least one byte.
  if (1 + count >= limit) return null;
  const bytes = Buffer.allocUnsafe(Math.min(limit + 32 * MAX_GAP_BYTES, 1 + MAX_GAP_BYTES * count));
  bytes[0] = LIST;
  let length = 1;
  let next = 0;
  for (let i = first; i < end && length < limit; i++) {
    for (let word = words[i]! | 0; word !== 0; word &= word - 1) {
      const n = 32 * i + lowestBit(word);
      length = writeGap(bytes, length, n - next);
      next = n + 1;
    }
  }
  return length >= limit ? null : bytes.subarray(0, length);
}

/** In groups of seven bits, the lowest first; all but the last with the highest bit set. Returns the offset behind it. */
function writeGap(bytes: Buffer, offset: number, gap: number): number {
  let at = offset;
  for (; gap > 127; gap >>>= 7) bytes[at++] = (gap & 127) | 128;
  bytes[at++] = gap;
  return at;
}

// Little endian, as are the arrays in memory on every processor that Node runs on.
function encodeBitmap(words: Uint32Array, first: number): Buffer {
  const header = Buffer.alloc(BITMAP_HEADER);
  header[0] = BITMAP;
  header.writeUInt32LE(first, 4);
  return Buffer.concat([header, new Uint8Array(words.buffer, words.byteOffset, words.byteLength)]);
}

function orList(target: ActorBits, encoded: Uint8Array): void {
  for (const n of listNumbers(encoded)) target.add(n);
}

function listNumbers(encoded: Uint8Array): Int32Array {
  const numbers = new Int32Array(encoded.length);
  let count = 0;
  let next = 0;
  for (let i = 1; i < encoded.length;) {
    let gap = 0;
    let shift = 0;
    let byte = encoded[i++]!;
    for (; byte > 127; byte = encoded[i++] ?? 0) {
      gap |= (byte & 127) << shift;
      shift += 7;
    }
    next += gap | (byte << shift);
    numbers[count++] = next++;
  }
  return numbers.subarray(0, count);
}

function orBitmap(target: ActorBits, encoded: Uint8Array): void {
  // A copy lies in memory that can be read by words; the bytes come from the middle of a database's answer.
  const copy = Uint8Array.prototype.slice.call(encoded, 4);
  const words = new Uint32Array(copy.buffer, 0, copy.length >>> 2);
  const first = words[0]!;
  target.reserve(first + words.length - 1);
  const targetWords = target.words;
  for (let i = 1; i < words.length; i++) targetWords[first + i - 1]! |= words[i]!;
}

// Words are taken as signed (`| 0`) wherever they are looked into: unsigned ones are no small integers for the engine.
function bitsOf(word: number): number {
  let pairs = (word - ((word >>> 1) & 0x55555555)) | 0;
  pairs = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((pairs + (pairs >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
