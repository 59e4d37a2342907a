// Response times are counted in buckets whose width is at most 1/64 of where they begin: a percentile is the middle of its
// bucket, so it is off by at most 1/128 of itself (0.8 %). Below 128 µs buckets hold one value. The counts are exact, so
// the bucket is always the one in which the true value lies, however histograms were merged.
const PER_DOUBLING = 64;

/** The bucket of a whole number of microseconds. */
export function bucketOf(microseconds: number): number {
  if (microseconds < 2 * PER_DOUBLING) return microseconds;
  const shift = Math.floor(Math.log2(microseconds)) - 6;
  // The logarithm of a number just below a power of two may round up to it.
  const exact = microseconds < 2 ** (shift + 6) ? shift - 1 : shift;
  return exact * PER_DOUBLING + Math.floor(microseconds / 2 ** exact);
}

/** The middle of a bucket, in microseconds. */
export function middleOf(bucket: number): number {
  const shift = Math.max(0, Math.floor(bucket / PER_DOUBLING) - 1);
  const width = 2 ** shift;
  return (bucket - shift * PER_DOUBLING) * width + (width - 1) / 2;
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_';
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < DIGITS.length; i++) VALUES[DIGITS.charCodeAt(i)] = i;
/** Digits of numbers carry five bits each; this one says that more follow. */
const MORE = 32;
/** Between two histograms that were put one behind the other. */
export const SEPARATOR = '.';
const SEPARATOR_CODE = SEPARATOR.charCodeAt(0);

/** With more buckets than this a histogram keeps a count for every bucket there is. */
const MANY_BUCKETS = 16;
/** Reaches to the longest time that a call may report, a day. */
const BUCKETS = bucketOf(86_400e6) + 1;

/** How many calls took how long. */
export class LatencyHistogram {
  /** A bucket and its count in turn, in no order: most histograms are of one call, and thousands are made at once. */
  private few: number[] = [];
  /** By bucket, once there are many: thousands of texts are added up for a year. */
  private many: Float64Array | null = null;
  private calls = 0;

  get total(): number {
    return this.calls;
  }

  /** To be filled anew: for hundreds of days one does, where each of its own would be a lot of memory. */
  clear(): void {
    this.few = [];
    this.many?.fill(0);
    this.calls = 0;
  }

  add(microseconds: number): void {
    this.addToBucket(bucketOf(microseconds), 1);
  }

  merge({ few, many }: LatencyHistogram): void {
    for (let i = 0; i < few.length; i += 2) this.addToBucket(few[i]!, few[i + 1]!);
    many?.forEach((count, bucket) => {
      if (count > 0) this.addToBucket(bucket, count);
    });
  }

  /** Adds what `encode` gave, also several such texts with SEPARATOR between them. */
  addEncoded(text: string): void {
    let bucket = 0;
    let value = 0;
    let scale = 1;
    let isCount = false;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === SEPARATOR_CODE) {
        bucket = 0;
        continue;
      }
      const digit = VALUES[code]!;
      if (digit >= MORE) {
        value += (digit - MORE) * scale;
        scale *= MORE;
        continue;
      }
      value += digit * scale;
      if (isCount) this.addToBucket(bucket, value);
      else bucket += value;
      isCount = !isCount;
      value = 0;
      scale = 1;
    }
  }

  /** Each bucket as the distance from the one before it and its count, in digits of five bits. */
  encode(): string {
    const { few } = this;
    if (few.length === 2) return digitsOf(few[0]!) + digitsOf(few[1]!);
    let text = '';
    let previous = 0;
    for (const [bucket, count] of this.sorted()) {
      text += digitsOf(bucket - previous) + digitsOf(count);
      previous = bucket;
    }
    return text;
  }

  /**
   * The nearest-rank percentiles in microseconds, each off by at most 0.8 % of itself.
   * @param shares from 0 to 1, rising
   * @returns `null` without calls
   */
  percentiles(shares: readonly number[]): number[] | null {
    if (this.calls === 0) return null;
    const { many } = this;
    const sorted = many === null ? this.sorted() : [];
    const counts = many ?? sorted.map(([, count]) => count);
    let at = -1;
    let passed = 0;
    return shares.map((share) => {
      const rank = Math.max(1, Math.ceil(share * this.calls));
      while (passed < rank) passed += counts[++at]!;
      return middleOf(many === null ? sorted[at]![0] : at);
    });
  }

  private addToBucket(bucket: number, count: number): void {
    this.calls += count;
    if (this.many !== null) {
      this.many[bucket]! += count;
      return;
    }
    const { few } = this;
    for (let i = 0; i < few.length; i += 2) {
      if (few[i] !== bucket) continue;
      few[i + 1]! += count;
      return;
    }
    few.push(bucket, count);
    if (few.length > 2 * MANY_BUCKETS) this.spread();
  }

  private spread(): void {
    this.many = new Float64Array(BUCKETS);
    for (let i = 0; i < this.few.length; i += 2) this.many[this.few[i]!] = this.few[i + 1]!;
    this.few = [];
  }

  private sorted(): [bucket: number, count: number][] {
    const { few, many } = this;
    const counts: [bucket: number, count: number][] = [];
    if (many === null) {
      for (let i = 0; i < few.length; i += 2) counts.push([few[i]!, few[i + 1]!]);
      return counts.sort(([a], [b]) => a - b);
    }
    for (let bucket = 0; bucket < many.length; bucket++) {
      if (many[bucket]! > 0) counts.push([bucket, many[bucket]!]);
    }
    return counts;
  }
}

function digitsOf(value: number): string {
  let text = '';
  for (; value >= MORE; value = Math.floor(value / MORE)) text += DIGITS[MORE + (value % MORE)];
  return text + DIGITS[value];
}
