import fc from 'fast-check';
import { chooseBlocks, MAX_BLOCK_EVENTS } from './block-plan.js';

describe('chooseBlocks', () => {
  it.each([
    ['nothing there', [], 10, []],
    ['of about the same size', [100_000, 10], 10, [1]],
    ['one after the other', [90, 30, 10], 10, [0, 1, 2]],
    ['only what is not much larger', [1000, 30, 10], 10, [1, 2]],
    ['never a large one', [125_000], 125_000, []],
    ['never more than a block holds', [124_999], 200_000, []],
    ['when there are too many', [20_000, 6000, 2000, 600, 200, 60, 20, 5], 1, [7]],
  ])('should merge %s', (_, sizes, added, chosen) => {
    expect(chooseBlocks(sizes, added)).toEqual(chosen);
  });

  it('should keep blocks few and write an event again seldom, whatever arrives', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20_000 }), { maxLength: 300 }), (arrivals) => {
        let sizes: number[] = [];
        let written = 0;
        for (const added of arrivals) {
          const chosen = chooseBlocks(sizes, added);
          const merged = chosen.reduce((total, position) => total + sizes[position]!, added);
          sizes = [...sizes.filter((_, position) => !chosen.includes(position)), merged];
          written += merged;
        }
        const events = arrivals.reduce((total, added) => total + added, 0);
        expect(sizes.reduce((total, size) => total + size, 0)).toBe(events);
        expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(MAX_BLOCK_EVENTS);
        expect(sizes.filter((size) => size < MAX_BLOCK_EVENTS / 2).length).toBeLessThanOrEqual(9);
        expect(written).toBeLessThanOrEqual(12 * events);
      }),
    );
  });
});
