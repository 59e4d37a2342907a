import fc from 'fast-check';
import { CELL_LEVELS, cellRanges, pricedParts } from './call-blocks.js';

const QUARTER = 900_000;
const at = (text: string) => Date.parse(text);
const span = fc
  .tuple(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 600 }))
  .map(([start, length]) => ({ from: start * QUARTER, toExclusive: (start + length) * QUARTER }));

describe('cellRanges', () => {
  it('should make up a day of Berlin of nine cells', () => {
    const day = { from: at('2025-11-13T23:00:00Z'), toExclusive: at('2025-11-14T23:00:00Z') };
    expect(cellRanges(day, CELL_LEVELS)).toEqual([
      { level: 60, from: at('2025-11-13T23:00:00Z'), toExclusive: at('2025-11-14T00:00:00Z') },
      { level: 360, from: at('2025-11-14T00:00:00Z'), toExclusive: at('2025-11-14T18:00:00Z') },
      { level: 60, from: at('2025-11-14T18:00:00Z'), toExclusive: at('2025-11-14T23:00:00Z') },
    ]);
  });

  it('should cover every span exactly once, with cells that begin at multiples of their length', () => {
    fc.assert(
      fc.property(span, (bounds) => {
        const ranges = cellRanges(bounds, CELL_LEVELS);
        let end = bounds.from;
        for (const { level, from, toExclusive } of ranges) {
          expect(from).toBe(end);
          expect([from % (level * 60_000), toExclusive % (level * 60_000)]).toEqual([0, 0]);
          expect(toExclusive).toBeGreaterThan(from);
          end = toExclusive;
        }
        expect(end).toBe(bounds.toExclusive);
      }),
    );
  });
});

describe('pricedParts', () => {
  it('should cut spans at the first quarter of an hour under another price', () => {
    const spans = [
      { from: 0, toExclusive: 4 * QUARTER },
      { from: 4 * QUARTER, toExclusive: 8 * QUARTER },
    ];
    // On a bound, within a quarter, twice in one, and outside.
    expect(pricedParts(spans, [-5, QUARTER, 2 * QUARTER + 1, 2 * QUARTER + 2, 4 * QUARTER, 99 * QUARTER])).toEqual([
      { span: 0, from: 0, toExclusive: QUARTER },
      { span: 0, from: QUARTER, toExclusive: 3 * QUARTER },
      { span: 0, from: 3 * QUARTER, toExclusive: 4 * QUARTER },
      { span: 1, from: 4 * QUARTER, toExclusive: 8 * QUARTER },
    ]);
  });
});
