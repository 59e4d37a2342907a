import { daysBefore, lastPeriods, reportDay, reportDays } from './report-days.js';

const NOW = Date.parse('2025-11-22T05:40:00Z');
const BERLIN = 'Europe/Berlin';
const dates = (input: { start?: string; end?: string }, zone = 'UTC') => {
  const { start, end, days } = reportDays(input, zone, NOW);
  return [start, end, days.length];
};

describe('reportDays', () => {
  it('should be the last 30 local days unless told otherwise', () => {
    expect(dates({})).toEqual(['2025-10-24', '2025-11-22', 30]);
    expect(dates({ start: '', end: ' ' }, 'Pacific/Honolulu')).toEqual(['2025-10-23', '2025-11-21', 30]);
  });

  it('should take one bound alone', () => {
    expect(dates({ end: '2025-01-30' })).toEqual(['2025-01-01', '2025-01-30', 30]);
    expect(dates({ start: '2025-11-20' })).toEqual(['2025-11-20', '2025-11-22', 3]);
    expect(dates({ start: '2030-01-01' })).toEqual(['2030-01-01', '2030-01-01', 1]);
  });

  it('should take a time for the local day in which it lies', () => {
    expect(dates({ start: '2025-11-14T23:30:00Z', end: '2025-11-15T23:30:00 01:00' }, BERLIN)).toEqual([
      '2025-11-15',
      '2025-11-15',
      1,
    ]);
  });

  it('should walk the local calendar: a day has 23 or 25 hours where clocks change', () => {
    const { days, span } = reportDays({ start: '2025-10-25', end: '2025-10-27' }, BERLIN, NOW);
    expect(days.map(({ start, end }) => (end - start) / 3_600_000)).toEqual([24, 25, 24]);
    expect(new Date(span.from).toISOString()).toBe('2025-10-24T22:00:00.000Z');
  });

  it('should begin days on quarters of an hour where a zone once had odd minutes', () => {
    for (const { start } of reportDays({ start: '1930-01-01', end: '1930-01-10' }, 'Africa/Monrovia', NOW).days) {
      expect(start % 900_000 === 0).toBe(true);
    }
  });

  it('should take 366 days, a whole leap year', () => {
    expect(dates({ start: '2024-01-01', end: '2024-12-31' })).toEqual(['2024-01-01', '2024-12-31', 366]);
  });

  it.each([
    [{ start: '2024-01-01', end: '2025-01-01' }, /at most 366 days/],
    [{ start: '2024-01-01', end: '2025-02-04' }, /at most 366 days/],
    [{ start: '0001-01-01', end: '9999-12-31' }, /at most 366 days/],
    [{ start: '2025-01-02', end: '2025-01-01' }, /`start` must not be after `end`/],
    [{ start: '2025-02-30' }, /`start` is not a date/],
    [{ end: '2025-1' }, /`end` is not a date/],
    [{ start: 'NaN' }, /`start` is not a date/],
  ])('should refuse %p', (input, message) => {
    expect(() => reportDays(input, 'UTC', NOW)).toThrow(message);
  });

  it('should refuse a date that a zone skipped', () => {
    expect(() => reportDays({ start: '2011-12-30', end: '2011-12-30' }, 'Pacific/Apia', NOW)).toThrow(/no such day/);
    expect(reportDays({ start: '2011-12-29', end: '2011-12-31' }, 'Pacific/Apia', NOW).days).toHaveLength(2);
    const before = daysBefore(reportDays({ start: '2011-12-31', end: '2011-12-31' }, 'Pacific/Apia', NOW));
    expect([before.start, before.days.length]).toEqual(['2011-12-29', 1]);
  });
});

describe('daysBefore', () => {
  it('should be as many local days', () => {
    const { start, end, days } = daysBefore(reportDays({ start: '2025-10-26', end: '2025-10-27' }, BERLIN, NOW));
    expect([start, end, days.length]).toEqual(['2025-10-24', '2025-10-25', 2]);
  });
});

describe('reportDay', () => {
  it('should be today in the zone unless a date or a time is given', () => {
    expect(reportDay(undefined, 'Pacific/Honolulu', NOW).start).toBe('2025-11-21');
    expect(reportDay('2025-11-01', BERLIN, NOW)).toMatchObject({ start: '2025-11-01', end: '2025-11-01' });
    expect(reportDay('2025-11-01T23:30:00Z', BERLIN, NOW).start).toBe('2025-11-02');
    expect(() => reportDay('2025-11-31', BERLIN, NOW)).toThrow(/`date` is not a date/);
  });
});

describe('lastPeriods', () => {
  it('should be 12 weeks that begin as told, the present one at the end', () => {
    const weeks = lastPeriods('week', 12, BERLIN, 7, NOW);
    expect([weeks.length, weeks[0]!.label, weeks.at(-1)!.label]).toEqual([12, '2025-08-31', '2025-11-16']);
    expect(lastPeriods('week', 12, BERLIN, 1, NOW).at(-1)!.label).toBe('2025-11-17');
  });

  it('should be 12 months of the local calendar', () => {
    const months = lastPeriods('month', 12, BERLIN, 1, NOW).map(({ label }) => label);
    expect([months.length, months[0], months.at(-1)]).toEqual([12, '2024-12', '2025-11']);
    const sooner = lastPeriods('month', 12, 'Pacific/Honolulu', 1, Date.parse('2025-12-01T05:00:00Z'));
    expect(sooner.at(-1)!.label).toBe('2025-11');
  });
});
