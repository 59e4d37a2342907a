import { parseRange } from '../../../../common/time/range.js';
import { changeOf, previousPeriod } from './previous-period.js';

const before = (from?: string, to?: string, timeZone = 'UTC') => {
  const period = previousPeriod({ from, to }, parseRange({ from, to }, timeZone), timeZone);
  const iso = (instant: number) => new Date(instant).toISOString();
  return { ...period.asked, range: [iso(period.range.from), iso(period.range.toExclusive)] };
};

describe('previousPeriod', () => {
  it('should take as many local days as the range has', () => {
    // The range has 25 and 24 hours, the time before it 24 and 24.
    expect(before('2025-10-26', '2025-10-27', 'Europe/Berlin')).toEqual({
      from: '2025-10-24',
      to: '2025-10-25',
      range: ['2025-10-23T22:00:00.000Z', '2025-10-25T22:00:00.000Z'],
    });
    expect(before('2025-03-01', '2025-03-31')).toMatchObject({ from: '2025-01-29', to: '2025-02-28' });
  });

  it('should take as many milliseconds where a bound is a moment', () => {
    expect(before('2025-01-06T10:00:00Z', '2025-01-06T11:59:59.999+00:00')).toEqual({
      from: '2025-01-06T08:00:00.000Z',
      to: '2025-01-06T09:59:59.999Z',
      range: ['2025-01-06T08:00:00.000Z', '2025-01-06T10:00:00.000Z'],
    });
    expect(before('2025-10-26', '2025-10-26T22:59:59.999Z', 'Europe/Berlin').range).toEqual([
      '2025-10-24T21:00:00.000Z',
      '2025-10-25T22:00:00.000Z',
    ]);
    expect(before('1736157600000', '1736157600000').range).toEqual([
      '2025-01-06T09:59:59.999Z',
      '2025-01-06T10:00:00.000Z',
    ]);
  });

  it.each([
    ['2025-01-01', undefined],
    [undefined, '2025-01-01'],
    ['', ' '],
    [undefined, undefined],
  ])('should refuse a range from %p to %p', (from, to) => {
    expect(() => before(from, to)).toThrow('compare=previous needs `from` and `to`');
  });

  it('should refuse what would begin before the year 0', () => {
    expect(() => before('0000-01-02', '0000-01-05')).toThrow('before the year 0');
    expect(() => before('0000-01-02', '0000-01-05T00:00:00Z')).toThrow('before the year 0');
    expect(before('0000-01-02', '0000-01-02')).toMatchObject({ from: '0000-01-01', to: '0000-01-01' });
  });
});

describe('changeOf', () => {
  it.each([
    [150, 100, 0.5],
    [0, 4, -1],
    [5, 5, 0],
    [5, 0, null],
    [0, 0, null],
  ])('should compare %p with %p', (now, previous, change) => {
    expect(changeOf(now, previous)).toBe(change);
  });
});
