import { walkCalendar } from '../../../../common/time/calendar.js';
import { cohortCalendar, dayCalendar } from './behaviour-calendar.js';

const at = (text: string) => Date.parse(text);
const span = (from: string, to: string) => asked(at(from), at(to));
const asked = (from: number, toExclusive: number, isOpenBefore = false) => ({ from, toExclusive, isOpenBefore });
const MONDAYS = { timeZone: 'Europe/Berlin', weekStart: 1 };

describe('cohortCalendar', () => {
  it('should widen the span to whole intervals and add those that follow', () => {
    const { cohorts, boundaries } = cohortCalendar(
      span('2025-10-25T12:00:00Z', '2025-10-26T12:00:00Z'),
      'day',
      2,
      MONDAYS,
    );
    expect(cohorts.map(({ label }) => label)).toEqual(['2025-10-25', '2025-10-26']);
    expect(boundaries.map((boundary) => new Date(boundary).toISOString().slice(0, 16))).toEqual([
      '2025-10-24T22:00',
      '2025-10-25T22:00',
      '2025-10-26T23:00',
      '2025-10-27T23:00',
      '2025-10-28T23:00',
    ]);
  });

  it.each([
    ['day', 31],
    ['week', 26],
    ['month', 24],
  ] as const)(
    'should have as many periods by %s as asked for, also where the zone skipped a date',
    (interval, periods) => {
      for (const timeZone of ['UTC', 'Pacific/Apia', 'Africa/Cairo']) {
        const calendar = { timeZone, weekStart: 3 };
        const days = span('2011-12-20T12:00:00Z', '2011-12-28T12:00:00Z');
        const { cohorts, boundaries } = cohortCalendar(days, interval, periods, calendar);
        const end = { from: days.from, toExclusive: days.toExclusive + 800 * 86_400_000 };
        const walked = [...walkCalendar(end, interval, timeZone, 3)].slice(0, cohorts.length + periods);
        expect(boundaries).toEqual([...walked.map(({ start }) => start), walked.at(-1)!.end]);
      }
    },
  );

  it('should refuse more than 400 cohorts', () => {
    const days = (count: number) =>
      cohortCalendar(asked(0, count * 86_400_000), 'day', 7, { timeZone: 'UTC', weekStart: 1 });
    expect(days(400).cohorts).toHaveLength(400);
    expect(() => days(401)).toThrow('more than 400 cohorts; ask for a shorter time with `from` and `to`, or a longer');
    expect(() => days(90_000_000)).toThrow('more than 400 cohorts');
    for (const isOpenBefore of [true, false]) {
      for (const [from, to] of [
        [0, 8.64e15],
        [-8.64e15, -8.64e15 + 1],
      ] as const) {
        const odd = asked(from, to, isOpenBefore);
        expect(() => cohortCalendar(odd, 'month', 6, MONDAYS)).toThrow('more than 400 cohorts');
      }
    }
  });
});

describe('cohortCalendar of a span that is open before', () => {
  it.each(['day', 'week', 'month'] as const)('should have the latest 400 by %s', (interval) => {
    const end = at('2025-07-01T12:00:00Z');
    const walked = [...walkCalendar({ from: at('1980-01-01T00:00:00Z'), toExclusive: end }, interval, 'UTC')];
    const calendar = { timeZone: 'UTC', weekStart: 1 };
    const { cohorts } = cohortCalendar(asked(-8.64e15, end, true), interval, 1, calendar);
    expect(cohorts).toEqual(walked.slice(-400));
    const some = asked(walked.at(-3)!.start + 1, end, true);
    expect(cohortCalendar(some, interval, 1, calendar).cohorts).toEqual(walked.slice(-3));
  });
});

describe('dayCalendar', () => {
  const NOW = at('2026-01-01T00:00:00Z');

  it('should have whole local days and those before them', () => {
    const days = span('2025-10-26T12:00:00Z', '2025-10-27T12:00:00Z');
    const { boundaries, before, dates } = dayCalendar(days, 29, NOW, 'Europe/Berlin');
    expect(dates).toEqual(['2025-10-26', '2025-10-27']);
    expect(before).toBe(29);
    expect(boundaries).toHaveLength(32);
    expect(new Date(boundaries[0]!).toISOString()).toBe('2025-09-26T22:00:00.000Z');
    expect(new Date(boundaries.at(-1)!).toISOString()).toBe('2025-10-27T23:00:00.000Z');
  });

  it('should leave out days that have not begun', () => {
    const days = span('2025-12-31T00:00:00Z', '2026-01-05T00:00:00Z');
    expect(dayCalendar(days, 29, NOW, 'UTC').dates).toEqual(['2025-12-31', '2026-01-01']);
    expect(dayCalendar(days, 29, NOW - 1, 'UTC').dates).toEqual(['2025-12-31']);
    expect(dayCalendar(days, 29, at('2025-12-30T00:00:00Z'), 'UTC')).toEqual({ boundaries: [], before: 0, dates: [] });
  });

  it('should refuse more than 400 days', () => {
    expect(() => dayCalendar(asked(0, 401 * 86_400_000), 29, NOW, 'UTC')).toThrow(
      'more than 400 days; ask for a shorter time with `from` and `to`',
    );
  });
});
