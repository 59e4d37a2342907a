import { MAX_INSTANT } from '../../../common/time/instant.js';
import { DAY_MS, dayOf, dayStart, NO_TIME_DAY, quarterOf } from './day.js';

describe('dayOf', () => {
  it.each([
    ['1970-01-01T00:00:00.000Z', 0],
    ['1970-01-01T23:59:59.999Z', 0],
    ['1970-01-02T00:00:00.000Z', 1],
    ['1969-12-31T23:59:59.999Z', -1],
    ['1969-12-31T00:00:00.000Z', -1],
    ['2025-11-22T10:00:00.000Z', 20_414],
  ])('should be the UTC day of %s', (instant, day) => {
    expect(dayOf(Date.parse(instant))).toBe(day);
    expect(dayStart(day)).toBeLessThanOrEqual(Date.parse(instant));
    expect(dayStart(day + 1)).toBeGreaterThan(Date.parse(instant));
  });

  it('should keep events without a time apart from every day there is', () => {
    expect(dayOf(NaN)).toBe(NO_TIME_DAY);
    expect(dayOf(MAX_INSTANT)).toBeLessThan(NO_TIME_DAY);
    expect(dayStart(dayOf(-MAX_INSTANT))).toBe(-MAX_INSTANT);
  });
});

describe('quarterOf', () => {
  it('should number the quarters of the hours of a day', () => {
    expect([0, 899_999, 900_000, DAY_MS / 2, DAY_MS - 1].map(quarterOf)).toEqual([0, 0, 1, 48, 95]);
  });
});
