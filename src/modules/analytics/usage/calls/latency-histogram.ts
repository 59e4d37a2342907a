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

/** How many calls took how long. */
export class LatencyHistogram {
  private readonly counts = new Map<number, number>();
  private calls = 0;

  get total(): number {
    return this.calls;
  }

  add(microseconds: number): void {
    this.addToBucket(bucketOf(microseconds), 1);
  }

  merge(other: LatencyHistogram): void {
    for (const [bucket, count] of other.counts) this.addToBucket(bucket, count);
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
    const sorted = this.sorted();
    let at = 0;
    let passed = sorted[0]![1];
    return shares.map((share) => {
      const rank = Math.max(1, Math.ceil(share * this.calls));
      while (passed < rank) passed += sorted[++at]![1];
      return middleOf(sorted[at]![0]);
    });
  }

  private addToBucket(bucket: number, count: number): void {
    this.counts.set(bucket, (this.counts.get(bucket) ?? 0) + count);
    this.calls += count;
  }

  private sorted(): [bucket: number, count: number][] {
    return [...this.counts].sort(([a], [b]) => a - b);
  }
}

function digitsOf(value: number): string {
  let text = '';
  for (; value >= MORE; value = Math.floor(value / MORE)) text += DIGITS[MORE + (value % MORE)];
  return text + DIGITS[value];
}
