import fc from 'fast-check';
import { bucketOf, LatencyHistogram, middleOf, SEPARATOR } from './latency-histogram.js';

const microseconds = fc.oneof(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 86_400_000_000 }));

const histogramOf = (values: readonly number[]): LatencyHistogram => {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.add(value);
  return histogram;
};

describe('buckets of response times', () => {
  it('should be off by at most 1/128 of the value, and never change order', () => {
    fc.assert(
      fc.property(microseconds, microseconds, (a, b) => {
        expect(Math.abs(middleOf(bucketOf(a)) - a)).toBeLessThanOrEqual(a / 128);
        if (a <= b) expect(bucketOf(a)).toBeLessThanOrEqual(bucketOf(b));
      }),
      { numRuns: 2000 },
    );
  });

  it('should begin anew at every power of two', () => {
    for (let exponent = 0; exponent <= 36; exponent++) {
      const power = 2 ** exponent;
      expect(bucketOf(power)).toBeGreaterThan(bucketOf(power - 1));
      if (power >= 64) expect(bucketOf(power + power / 64)).toBe(bucketOf(power) + 1);
    }
  });
});

describe('LatencyHistogram', () => {
  it('should give the middle of the bucket of the nearest-rank percentile', () => {
    const shares = [0, 0.5, 0.95, 0.99, 1];
    fc.assert(
      fc.property(fc.array(microseconds, { minLength: 1, maxLength: 300 }), (values) => {
        const sorted = [...values].sort((a, b) => a - b);
        const expected = shares.map((share) => sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!);
        expect(histogramOf(values).percentiles(shares)).toEqual(expected.map((value) => middleOf(bucketOf(value))));
      }),
    );
  });

  it('should be the same after any number of merges and texts', () => {
    const parts = fc.array(fc.array(microseconds, { maxLength: 60 }), { maxLength: 6 });
    fc.assert(
      fc.property(parts, (lists) => {
        const all = histogramOf(lists.flat());
        const merged = new LatencyHistogram();
        for (const list of lists) merged.merge(histogramOf(list));
        const read = new LatencyHistogram();
        read.addEncoded(lists.map((list) => histogramOf(list).encode()).join(SEPARATOR));
        expect([merged.encode(), read.encode()]).toEqual([all.encode(), all.encode()]);
        expect(read.total).toBe(lists.flat().length);
        read.clear();
        expect([read.total, read.encode(), read.percentiles([1])]).toEqual([0, '', null]);
        for (const value of lists.flat()) read.add(value);
        expect(read.encode()).toBe(all.encode());
      }),
    );
  });

  it('should have no percentiles without calls', () => {
    expect(new LatencyHistogram().percentiles([0.5])).toBeNull();
  });
});
