import fc from 'fast-check';
import { median, percentile } from './order-statistics.js';

const value = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, min: -1e9, max: 1e9 }));
// Without the negative zero, which sorts below zero and equals it.
const values = fc.array(
  value.map((number) => number + 0),
  {
    minLength: 1,
    maxLength: 60,
  },
);

describe('median', () => {
  it.each([
    [[], null],
    [[5], 5],
    [[10, 9], 9.5],
    [[100, 9, 10], 10],
    [[0, 0, 0, 8], 0],
  ])('should be the middle of %p', (list, expected) => {
    expect(median(Float64Array.from(list))).toBe(expected);
  });

  it('should look at the first values only', () => {
    expect(median(Float64Array.from([3, 1, 2, 100, 100]), 3)).toBe(2);
  });

  it('should agree with sorting', () => {
    fc.assert(
      fc.property(values, (list) => {
        const sorted = Float64Array.from(list).sort();
        const expected = (sorted[(list.length - 1) >> 1]! + sorted[list.length >> 1]!) / 2;
        expect(median(Float64Array.from(list))).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('percentile', () => {
  it.each([
    [[], 0.95, null],
    [[7], 0.95, 7],
    [Array.from({ length: 20 }, (_, i) => i + 1), 0.95, 19],
    [Array.from({ length: 21 }, (_, i) => i + 1), 0.95, 20],
    [[1, 2, 3], 0, 1],
    [[1, 2, 3], 1, 3],
  ])('should be the nearest rank of %p at %p', (list, share, expected) => {
    expect(percentile(Float64Array.from(list), share)).toBe(expected);
  });

  it('should agree with sorting', () => {
    fc.assert(
      fc.property(values, fc.double({ noNaN: true, min: 0, max: 1 }), (list, share) => {
        const found = percentile(Float64Array.from(list), share)!;
        const notAbove = list.filter((value) => value <= found).length;
        expect(notAbove).toBeGreaterThanOrEqual(share * list.length);
        expect(list.filter((value) => value < found).length).toBeLessThan(Math.max(share * list.length, 1));
        expect(list).toContainEqual(found);
      }),
      { numRuns: 1000 },
    );
  });
});
