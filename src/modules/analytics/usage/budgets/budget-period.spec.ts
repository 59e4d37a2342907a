import { forecast, isSamePeriod, periodAt, reachedThresholds, watchedPeriods } from './budget-period.js';

const at = (text: string) => Date.parse(text);

describe('the period of a budget', () => {
  it.each([
    ['day', 'UTC', '2025-11-20T23:59:59.999Z', '2025-11-20', '2025-11-20T00:00Z', '2025-11-21T00:00Z'],
    ['day', 'Asia/Kolkata', '2025-11-20T18:30:00Z', '2025-11-21', '2025-11-20T18:30Z', '2025-11-21T18:30Z'],
    ['day', 'Europe/Berlin', '2025-10-26T12:00:00Z', '2025-10-26', '2025-10-25T22:00Z', '2025-10-26T23:00Z'],
    ['month', 'Europe/Berlin', '2025-10-31T22:59:59Z', '2025-10', '2025-09-30T22:00Z', '2025-10-31T23:00Z'],
    ['month', 'Europe/Berlin', '2025-10-31T23:00:00Z', '2025-11', '2025-10-31T23:00Z', '2025-11-30T23:00Z'],
  ] as const)('should be a %s of the calendar in %s at %s', (kind, tz, instant, label, start, end) => {
    expect(periodAt(kind, tz, at(instant))).toEqual({ label, start: at(start), end: at(end) });
  });
});

describe('the periods that are watched', () => {
  const labels = (period: 'day' | 'month', updated: string, now: string, timeZone = 'UTC') =>
    watchedPeriods({ period, timeZone, updatedAt: at(updated) }, at(now)).map(({ label }) => label);

  it('should include those that ended less than 48 hours ago, for what comes late', () => {
    expect(labels('day', '2025-01-01T00:00Z', '2025-11-20T12:00Z')).toEqual(['2025-11-18', '2025-11-19', '2025-11-20']);
    expect(labels('day', '2025-01-01T00:00Z', '2025-11-20T00:00Z')).toEqual(['2025-11-18', '2025-11-19', '2025-11-20']);
    expect(labels('month', '2025-01-01T00:00Z', '2025-12-02T23:59:59.999Z')).toEqual(['2025-11', '2025-12']);
    expect(labels('month', '2025-01-01T00:00Z', '2025-12-03T00:00Z')).toEqual(['2025-12']);
  });

  it('should leave out those that were over when the budget was made or changed', () => {
    expect(labels('day', '2025-11-20T00:00Z', '2025-11-20T12:00Z')).toEqual(['2025-11-20']);
    expect(labels('day', '2025-11-19T23:59Z', '2025-11-20T12:00Z')).toEqual(['2025-11-19', '2025-11-20']);
    expect(labels('month', '2025-12-01T00:00Z', '2025-12-01T12:00Z')).toEqual(['2025-12']);
  });

  it('should be the present one alone when the clock was set back', () => {
    expect(labels('day', '2025-11-21T00:00Z', '2025-11-20T12:00Z')).toEqual(['2025-11-20']);
  });
});

describe('what has fired', () => {
  const fired = (kind: 'day' | 'month', tz: string, instant: string) => {
    const { start, end } = periodAt(kind, tz, at(instant));
    return { periodStart: start, periodEnd: end };
  };

  it.each([
    ['month', 'UTC', 'Europe/Berlin', '2025-11-15T00:00Z', true],
    ['month', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', '2025-11-15T00:00Z', true],
    ['month', 'UTC', 'Europe/Berlin', '2025-10-15T00:00Z', false],
    ['day', 'UTC', 'Europe/Berlin', '2025-11-15T12:00Z', true],
    ['day', 'UTC', 'UTC', '2025-11-14T12:00Z', false],
  ] as const)(
    'should count for a %s of %s that is now one of %s, fired at %s: %s',
    (kind, before, now, instant, is) => {
      expect(isSamePeriod(fired(kind, before, instant), periodAt(kind, now, at('2025-11-15T12:00Z')))).toBe(is);
    },
  );
});

describe('forecast', () => {
  const period = { label: '2025-10-26', ...{ start: at('2025-10-25T22:00Z'), end: at('2025-10-26T23:00Z') } };

  it.each([
    ['2025-10-25T22:00Z', null],
    ['2025-10-25T22:14Z', null],
    ['2025-10-25T22:15Z', 100_000],
    ['2025-10-26T10:30Z', 2000],
    ['2025-10-26T22:59:59.999Z', 1000],
    ['2025-10-26T23:00Z', 1000],
    ['2025-10-28T00:00Z', 1000],
  ])('should go by the pace of a day of 25 hours, at %s', (now, expected) => {
    expect(forecast(1000, period, at(now))).toBe(expected);
  });
});

describe('reachedThresholds', () => {
  it.each([
    [0, []],
    [799_999_999, []],
    [800_000_000, [80]],
    [999_999_999, [80]],
    [1_000_000_000, [80, 100]],
    [5_000_000_000, [80, 100]],
  ])('should be exact at the limit: %d', (spend, expected) => {
    expect(reachedThresholds(spend, 1_000_000_000, [80, 100])).toEqual(expected);
  });

  it('should be exact for the largest amounts', () => {
    expect(reachedThresholds(8_999_999_999_999_999, 9_000_000_000_000_000, [100])).toEqual([]);
    expect(reachedThresholds(9_000_000_000_000_000, 9_000_000_000_000_000, [100])).toEqual([100]);
  });
});
