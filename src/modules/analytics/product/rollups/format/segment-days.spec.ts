import fc from 'fast-check';
import type { SegmentColumns } from '../../../../events/product/segments/segment-columns.js';
import { DAY_MS, dayOf, NO_TIME_DAY } from '../../day.js';
import { splitIntoDays } from './segment-days.js';

function columnsOf(times: readonly number[]): SegmentColumns {
  const { length } = times;
  return {
    length,
    times: Float64Array.from(times),
    names: ['a', 'b', 'c'],
    nameOf: Uint32Array.from({ length }, (_, i) => i % 3),
    actors: new Uint8Array(16 * length),
    actorOf: Int32Array.from({ length }, (_, i) => i - 1),
    linkedIds: [],
  };
}

const time = fc.oneof(
  fc.integer({ min: -3 * DAY_MS, max: 3 * DAY_MS }),
  fc.constantFrom(0, DAY_MS, DAY_MS - 1, -1, -DAY_MS, NaN, -8.64e15, 8.64e15),
);

describe('splitIntoDays', () => {
  it('should give every event once, on its day, in order', () => {
    fc.assert(
      fc.property(fc.array(time, { maxLength: 60 }), (times) => {
        const days = splitIntoDays(columnsOf(times));
        const events = days.flatMap(({ day, length, times: ofDay, names, nameOf, actorOf }) =>
          Array.from({ length }, (_, i) => ({ day, time: ofDay[i]!, name: names[nameOf[i]!], actor: actorOf[i] })),
        );
        const expected = times
          .map((ms, i) => {
            const day = dayOf(ms);
            return { day, time: day === NO_TIME_DAY ? 0 : ms - day * DAY_MS, name: 'abc'[i % 3], actor: i - 1 };
          })
          .sort((a, b) => a.day - b.day || a.time - b.time);
        expect(events.sort((a, b) => a.day - b.day)).toEqual(expected);
        expect(new Set(days.map(({ day }) => day)).size).toBe(days.length);
        for (const { names, nameOf, length } of days) {
          expect([...new Set(nameOf.subarray(0, length))].sort()).toEqual(names.map((_, i) => i));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('should not look at all events for each day, nor at all names', () => {
    // Would take minutes if it did.
    const length = 400_000;
    const columns = {
      ...columnsOf(Array.from({ length }, (_, i) => ((i * 7919) % length) * DAY_MS)),
      names: Array.from({ length }, (_, i) => `n${i}`),
      nameOf: Uint32Array.from({ length }, (_, i) => i),
    };
    const days = splitIntoDays(columns);
    expect(days).toHaveLength(length);
    expect(days.at(-1)).toMatchObject({ length: 1, names: [`n${length - 1}`] });
  }, 10_000);

  it('should do it once for each segment', () => {
    const columns = columnsOf([5]);
    expect(splitIntoDays(columns)).toBe(splitIntoDays(columns));
  });
});
