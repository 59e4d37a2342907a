import fc from 'fast-check';
import { BucketCounts } from './bucket-counts.js';
import type { DayHead } from '../format/day-head.js';
import { DAY_MS, NO_TIME_DAY, QUARTERS_PER_DAY, quarterOf } from '../../day.js';
import type { EventRun } from './event-run.js';

const DAY = 20_000;
const START = DAY * DAY_MS;

function runOf(times: readonly number[]): EventRun {
  const { length } = times;
  const columns = { nameOf: new Uint16Array(length), actorOf: new Int32Array(length) };
  return { length, times: Uint32Array.from(times).sort(), names: ['a'], ...columns };
}

function headOf(run: EventRun, day = DAY): DayHead {
  const quarters = new Uint32Array(QUARTERS_PER_DAY);
  for (const time of run.times) quarters[quarterOf(time)]! += 1;
  const [first = 0, last = 0] = [run.times[0], run.times.at(-1)];
  const ids = { version: 1, generation: '', sets: '', blocks: [], applied: [] };
  const counts = Uint32Array.of(run.length);
  const edges = { first: START + first, last: START + last };
  return { day, ...ids, events: run.length, ...edges, quarters, nameIds: Uint32Array.of(0), counts };
}

const countNaively = (times: Iterable<number>, boundaries: readonly number[]) =>
  boundaries.slice(1).map((end, i) => {
    return [...times].filter((time) => START + time >= boundaries[i]! && START + time < end).length;
  });

const time = fc.oneof(
  fc.integer({ min: 0, max: DAY_MS - 1 }),
  fc.integer({ min: 0, max: 95 }).map((quarter) => quarter * 900_000),
);
const boundary = fc.oneof(
  fc.integer({ min: -10, max: 110 }).map((quarter) => START + quarter * 900_000),
  fc.integer({ min: START - DAY_MS, max: START + 2 * DAY_MS }),
  time.map((ms) => START + ms),
);
const boundariesOf = (values: number[]) => [...new Set(values)].sort((a, b) => a - b);

describe('BucketCounts', () => {
  it('should count by heads or by events what a look at every event counts', () => {
    fc.assert(
      fc.property(fc.array(time, { maxLength: 30 }), fc.array(boundary, { maxLength: 12 }), (times, values) => {
        const boundaries = boundariesOf(values);
        const expected = countNaively(times, boundaries);
        const run = runOf(times);
        const byEvents = new BucketCounts(boundaries);
        byEvents.addRun(run, DAY);
        expect(byEvents.counts).toEqual(expected);
        const byHead = new BucketCounts(boundaries);
        if (byHead.addHead(headOf(run))) expect(byHead.counts).toEqual(expected);
        else expect(byHead.counts.every((count) => count === 0)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('should need the events only where a boundary within a quarter of an hour cuts them', () => {
    const run = runOf([0, 1_800_000]);
    const byQuarter = new BucketCounts([START, START + 900_000, START + DAY_MS]);
    expect([byQuarter.addHead(headOf(run)), byQuarter.counts]).toEqual([true, [1, 1]]);
    expect(new BucketCounts([START, START + 1000, START + DAY_MS]).addHead(headOf(run))).toBe(false);
    // Outside the times of the day's events a boundary cuts nothing.
    const outside = new BucketCounts([START - 1, START + 1_800_001, START + DAY_MS]);
    expect([outside.addHead(headOf(run)), outside.counts]).toEqual([true, [2, 0]]);
  });

  it('should leave out events without a time, and days without events', () => {
    const counts = new BucketCounts([-1, 8.64e15]);
    expect(counts.addHead(headOf(runOf([0, 0]), NO_TIME_DAY))).toBe(true);
    expect(counts.addHead(headOf(runOf([])))).toBe(true);
    counts.addRun(runOf([0]), NO_TIME_DAY);
    expect(counts.counts).toEqual([0]);
  });
});
