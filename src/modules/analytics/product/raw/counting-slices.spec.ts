import fc from 'fast-check';
import { walkCalendar, type CalendarInterval } from '../../../../common/time/calendar.js';
import { bucketAt, countingSlices, type TimeCount } from './counting-slices.js';

const at = (text: string) => Date.parse(text);
const MINUTE = 60_000;

/** Where the buckets of a span begin and end, within the span. */
function boundariesOf(from: number, toExclusive: number, interval: CalendarInterval, timeZone: string): number[] {
  const starts = [...walkCalendar({ from, toExclusive }, interval, timeZone)].slice(1).map(({ start }) => start);
  return [from, ...starts, toExclusive];
}

/** What the database does: steps of the slices, counted. */
function countBySteps(events: number[], slices: ReturnType<typeof countingSlices>): TimeCount[] {
  return slices.flatMap(({ from, toExclusive, stepMs }) => {
    const counts = new Map<number, number>();
    for (const event of events) {
      if (event < from || event >= toExclusive) continue;
      const time = stepMs === 0 ? from : Math.floor(event / stepMs) * stepMs;
      counts.set(time, (counts.get(time) ?? 0) + 1);
    }
    return [...counts].map(([time, count]) => ({ time, count }));
  });
}

describe('countingSlices', () => {
  const steps = (from: string, to: string, interval: CalendarInterval, tz: string) =>
    countingSlices(boundariesOf(at(from), at(to), interval, tz)).map((slice) => slice.stepMs / MINUTE);

  it('should count by the greatest step that fits the boundaries', () => {
    expect(steps('2025-01-01T00:00:00Z', '2025-02-01T00:00:00Z', 'day', 'UTC')).toEqual([24 * 60]);
    expect(steps('2025-03-01T00:00:00Z', '2025-05-01T00:00:00Z', 'day', 'Europe/Berlin')).toEqual([60]);
    expect(steps('2025-01-01T00:00:00Z', '2025-01-05T00:00:00Z', 'hour', 'Asia/Kathmandu')).toEqual([15]);
    expect(steps('2025-01-01T03:00:00Z', '2025-01-01T04:00:00Z', 'month', 'UTC')).toEqual([0]);
    // The boundary between the two days is 0.
    expect(steps('1969-12-31T00:00:00Z', '1970-01-02T00:00:00Z', 'day', 'UTC')).toEqual([15]);
  });

  it('should keep the seconds of old local mean times to themselves', () => {
    const [old, present] = steps('1890-01-01T00:00:00Z', '2025-01-01T00:00:00Z', 'month', 'Europe/Berlin');
    expect(old).toBeLessThan(1);
    expect(present).toBe(60);
  });

  it('should count nothing without a bucket', () => {
    expect(countingSlices([])).toEqual([]);
    expect(countingSlices([5])).toEqual([]);
  });

  it('should put every event into its local bucket', () => {
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'Africa/Cairo',
      'Asia/Kolkata',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'Africa/Monrovia',
    );
    const start = fc.oneof(
      fc.integer({ min: at('1960-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') }),
      fc.integer({ min: at('2025-10-20T00:00:00Z'), max: at('2025-11-01T00:00:00Z') }),
      fc.integer({ min: at('1971-12-25T00:00:00Z'), max: at('1972-01-10T00:00:00Z') }),
    );
    const lengths = { hour: 60, day: 24 * 40, week: 24 * 100, month: 24 * 400 };
    const share = (maxExcluded: boolean) => fc.double({ min: 0, max: 1, maxExcluded, noNaN: true });
    fc.assert(
      fc.property(
        fc.constantFrom<CalendarInterval>('hour', 'day', 'week', 'month'),
        zone,
        start,
        share(false),
        fc.array(share(true), { maxLength: 40 }),
        (interval, tz, from, length, events) => {
          const toExclusive = from + 1 + Math.floor(length * lengths[interval] * 3_600_000);
          const boundaries = boundariesOf(from, toExclusive, interval, tz);
          const times = events.map((share) => from + Math.floor(share * (toExclusive - from)));
          times.push(...boundaries.slice(1, -1).flatMap((boundary) => [boundary - 1, boundary]));
          const counts = boundaries.slice(1).map(() => 0);
          for (const { time, count } of countBySteps(times, countingSlices(boundaries))) {
            counts[bucketAt(boundaries, time)]! += count;
          }
          expect(counts).toEqual(
            boundaries.slice(1).map((end, i) => times.filter((time) => time >= boundaries[i]! && time < end).length),
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});
