import type { CalendarInterval } from '../../../../common/time/calendar.js';
import { boundariesOf, checkSeries, coveredSpan, seriesBuckets, seriesItems } from './series.js';

const at = (text: string) => Date.parse(text);
const spanOf = (from: string, to: string, isOpenBefore = false) => ({
  from: at(from),
  toExclusive: at(to),
  isOpenBefore,
});
const calendar = (interval: CalendarInterval, timeZone = 'UTC') => ({ interval, timeZone, weekStart: 1 });

describe('seriesBuckets', () => {
  it('should allow 366 local days by hour and no more', async () => {
    const berlin = calendar('hour', 'Europe/Berlin');
    // Twice the hour of October and once that of March: one hour more than 366 times 24.
    expect(await seriesBuckets(spanOf('2024-10-26T22:00:00Z', '2025-10-27T23:00:00Z'), berlin)).toHaveLength(
      366 * 24 + 1,
    );
    await expect(seriesBuckets(spanOf('2024-10-26T22:00:00Z', '2025-10-27T23:00:00.001Z'), berlin)).rejects.toThrow(
      'The series would have more than 366 days by hour; ask for a shorter time with `from` and `to`, or a longer interval',
    );
  });

  it('should refuse more than 100,000 points at once', async () => {
    expect(await seriesBuckets(spanOf('1752-01-01T00:00:00Z', '2025-10-16T00:00:00Z'), calendar('day'))).toHaveLength(
      100_000,
    );
    const sentence = 'The series would have more than 100000 points';
    await expect(
      seriesBuckets(spanOf('1752-01-01T00:00:00Z', '2025-10-17T00:00:00Z'), calendar('day')),
    ).rejects.toThrow(sentence);
    await expect(
      seriesBuckets(spanOf('0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'), calendar('week')),
    ).rejects.toThrow(sentence);
    await expect(
      seriesBuckets({ from: -8.64e15, toExclusive: -8.64e15 + 1, isOpenBefore: true }, calendar('month')),
    ).rejects.toThrow(sentence);
    await expect(
      seriesBuckets({ from: 8.64e15, toExclusive: 8.64e15 + 1, isOpenBefore: true }, calendar('hour')),
    ).rejects.toThrow(sentence);
  });
});

describe('seriesBuckets without a begin', () => {
  const old = '0001-01-01T00:00:00Z';

  it.each<[CalendarInterval, string, number, string, string]>([
    ['day', 'UTC', 100_000, '1752-01-01', '2025-10-15'],
    ['month', 'UTC', 24_298, '0001-01', '2025-10'],
    ['day', 'Asia/Kolkata', 100_000, '1752-01-02', '2025-10-16'],
    ['hour', 'UTC', 366 * 24, '2024-10-14 20:00', '2025-10-15 19:00'],
  ])('should keep the latest whole buckets by %s in %s', async (interval, zone, count, first, last) => {
    const span = spanOf(old, '2025-10-15T20:00:00Z', true);
    const buckets = await seriesBuckets(span, calendar(interval, zone));
    expect([buckets.length, buckets[0]?.label, buckets.at(-1)?.label]).toEqual([count, first, last]);
    expect(coveredSpan(span, buckets)).toEqual({
      from: Math.max(at(old), buckets[0]!.start),
      toExclusive: span.toExclusive,
    });
  });

  it('should keep as many as that many series may have', async () => {
    const span = spanOf(old, '2025-10-16T00:00:00Z', true);
    const buckets = await seriesBuckets(span, calendar('day'), 26);
    expect(buckets).toHaveLength(3846);
    expect(() => checkSeries(buckets, 26)).not.toThrow();
    expect(await seriesBuckets(span, calendar('hour'), 26)).toHaveLength(3846);
  });

  it('should keep all where these are few', async () => {
    const span = spanOf('2025-01-01T12:00:00Z', '2025-01-03T12:00:00Z', true);
    const buckets = await seriesBuckets(span, calendar('day'));
    expect(buckets).toEqual(await seriesBuckets({ ...span, isOpenBefore: false }, calendar('day')));
    expect(coveredSpan(span, buckets)).toEqual({ from: span.from, toExclusive: span.toExclusive });
  });
});

describe('boundariesOf', () => {
  it('should stay within the span', async () => {
    const span = spanOf('2025-01-01T12:00:00Z', '2025-01-03T12:00:00Z');
    const buckets = await seriesBuckets(span, calendar('day'));
    expect(boundariesOf(buckets, span)).toEqual(
      ['2025-01-01T12:00:00Z', '2025-01-02T00:00:00Z', '2025-01-03T00:00:00Z', '2025-01-03T12:00:00Z'].map(at),
    );
    expect(seriesItems(buckets, [1, 0, 3])).toEqual([
      { time: '2025-01-01', count: 1 },
      { time: '2025-01-02', count: 0 },
      { time: '2025-01-03', count: 3 },
    ]);
  });
});

describe('checkSeries', () => {
  it('should refuse more than 100,000 points of a series and its breakdown', async () => {
    const buckets = await seriesBuckets(spanOf('2014-01-01T00:00:00Z', '2024-12-13T00:00:00Z'), calendar('day'));
    expect(buckets).toHaveLength(3999);
    expect(() => checkSeries(buckets, 25)).not.toThrow();
    expect(() => checkSeries(buckets, 26)).toThrow('more than 100000 points with its breakdown');
  });
});
