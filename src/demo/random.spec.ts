import { Random } from './random.js';

describe('Random', () => {
  it('should give the same sequence for the same seed and another for another', () => {
    const sequence = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 5 }, () => random.next());
    };
    expect(sequence(1)).toEqual(sequence(1));
    expect(sequence(1)).not.toEqual(sequence(2));
  });

  it('should spread evenly over 0 (inclusive) to 1 (exclusive)', () => {
    const random = new Random(7);
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) tenths[Math.floor(random.next() * 10)]! += 1;
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  it('should include both ends of a whole number', () => {
    const random = new Random(7);
    const seen = new Set(Array.from({ length: 200 }, () => random.integer(2, 4)));
    expect([...seen].sort()).toEqual([2, 3, 4]);
  });

  it('should pick by weight and never what weighs nothing', () => {
    const random = new Random(7);
    const counts = { a: 0, b: 0, c: 0 };
    const items = [
      { name: 'a', weight: 3 },
      { name: 'b', weight: 1 },
      { name: 'c', weight: 0 },
    ] as const;
    for (let i = 0; i < 10_000; i++) counts[random.pickWeighted(items, ({ weight }) => weight).name]++;
    expect(counts.a / counts.b).toBeCloseTo(3, 0);
    expect(counts.c).toBe(0);
  });

  it('should have the asked mean of an exponential', () => {
    const random = new Random(7);
    const values = Array.from({ length: 50_000 }, () => random.exponential(4));
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(4, 0);
  });
});
