import { afk, figuresOf, metrics, together, window } from '../../../../test/support/activity-points.js';
import { toMinutes } from './figures/rounding.js';
import type { DayFigures } from './user-figures.js';

const HOUR = 3600;

/** `22h 20` for every hour with active time. */
function activeHours(day: DayFigures): Record<number, number> {
  return Object.fromEntries(
    day.hours.flatMap(({ activeMs }, hour) => (activeMs > 0 ? [[hour, toMinutes(activeMs)]] : [])),
  );
}

function lengths(day: DayFigures): Record<number, number> {
  return Object.fromEntries(
    day.hours.flatMap(({ totalMs }, hour) => (totalMs === HOUR * 1000 ? [] : [[hour, toMinutes(totalMs)]])),
  );
}

describe('hours and days (T5)', () => {
  it('T5: should split at hours and at midnight in UTC', async () => {
    const points = { afk: [afk('2025-11-17T22:40:00Z', 5400)] };
    const [first, second] = await figuresOf(points, {
      startDate: '2025-11-17',
      endDate: '2025-11-18',
      timeZone: 'UTC',
    });
    expect(activeHours(first!)).toEqual({ 22: 20, 23: 60 });
    expect(activeHours(second!)).toEqual({ 0: 10 });
  });

  it('T5: should give the report of each day its own part, also of what began before', async () => {
    const points = { afk: [afk('2025-11-17T22:40:00Z', 5400)] };
    const [seventeenth] = await figuresOf(points, {
      startDate: '2025-11-17',
      endDate: '2025-11-17',
      timeZone: 'UTC',
    });
    const [eighteenth] = await figuresOf(points, {
      startDate: '2025-11-18',
      endDate: '2025-11-18',
      timeZone: 'UTC',
    });
    expect(toMinutes(seventeenth!.activeMs)).toBe(80);
    expect(toMinutes(eighteenth!.activeMs)).toBe(10);
  });

  it('T5: should split at the half hour in Asia/Kolkata', async () => {
    const [day] = await figuresOf(
      { afk: [afk('2025-11-17T00:00:00Z', HOUR)] },
      { startDate: '2025-11-17', endDate: '2025-11-17', timeZone: 'Asia/Kolkata' },
    );
    expect(activeHours(day!)).toEqual({ 5: 30, 6: 30 });
  });

  it('T5: should give hour 2 of 2025-10-26 in Berlin 120 minutes', async () => {
    const [day] = await figuresOf(
      { afk: [afk('2025-10-26T00:30:00Z', HOUR)] },
      { startDate: '2025-10-26', endDate: '2025-10-26', timeZone: 'Europe/Berlin' },
    );
    expect(activeHours(day!)).toEqual({ 2: 60 });
    expect(lengths(day!)).toEqual({ 2: 120 });
    expect(day!.hours.reduce((sum, { totalMs }) => sum + totalMs, 0)).toBe(25 * HOUR * 1000);
  });

  it('T5: should give hour 2 of 2025-03-30 in Berlin no minute', async () => {
    const [day] = await figuresOf(
      { afk: [afk('2025-03-30T00:30:00Z', HOUR)] },
      { startDate: '2025-03-30', endDate: '2025-03-30', timeZone: 'Europe/Berlin' },
    );
    expect(activeHours(day!)).toEqual({ 1: 30, 3: 30 });
    expect(lengths(day!)).toEqual({ 2: 0 });
  });

  it('T5: should begin 2025-04-25 in Cairo at 01:00', async () => {
    // 2025-04-24T22:00Z is local midnight, at which the clock shows 01:00.
    const [before, day] = await figuresOf(
      { afk: [afk('2025-04-24T21:30:00Z', HOUR)] },
      { startDate: '2025-04-24', endDate: '2025-04-25', timeZone: 'Africa/Cairo' },
    );
    expect(activeHours(before!)).toEqual({ 23: 30 });
    expect(activeHours(day!)).toEqual({ 1: 30 });
    expect(lengths(day!)).toEqual({ 0: 0 });
  });

  it('T5: should sum first and round last', async () => {
    // 24 times 20 seconds are 8 minutes; each alone shows 0.33, together they would show 7.92.
    const points = Array.from({ length: 24 }, (_, hour) =>
      afk(`2025-11-17T${String(hour).padStart(2, '0')}:00:00Z`, 20),
    );
    const [day] = await figuresOf({ afk: points }, { startDate: '2025-11-17', endDate: '2025-11-17', timeZone: 'UTC' });
    expect(toMinutes(day!.hours[0]!.activeMs)).toBe(0.33);
    expect(toMinutes(day!.activeMs)).toBe(8);
  });

  it('should show every day of the period, with zeros where nothing happened', async () => {
    const days = await figuresOf({}, { startDate: '2025-02-27', endDate: '2025-03-02', timeZone: 'UTC' });
    expect(days.map(({ date }) => date)).toEqual(['2025-02-27', '2025-02-28', '2025-03-01', '2025-03-02']);
    expect(days.every(({ dataQuality, hours }) => dataQuality === 'no_data' && hours.length === 24)).toBe(true);
  });

  it('should give a date that a zone skipped no time', async () => {
    const days = await figuresOf({}, { startDate: '2011-12-29', endDate: '2011-12-31', timeZone: 'Pacific/Apia' });
    expect(days.map(({ hours }) => hours.reduce((sum, { totalMs }) => sum + totalMs, 0) / 3.6e6)).toEqual([24, 0, 24]);
  });
});

describe('states', () => {
  const day = { startDate: '2025-11-17', endDate: '2025-11-17', timeZone: 'UTC' };

  it('should let active win over idle and idle over afk, over all computers', async () => {
    const [figures] = await figuresOf(
      {
        afk: [
          afk('2025-11-17T09:00:00Z', HOUR, 'afk', 'laptop'),
          afk('2025-11-17T09:10:00Z', 1800, 'idle', 'desk'),
          afk('2025-11-17T09:20:00Z', 600, 'active', 'desk'),
          afk('2025-11-17T09:25:00Z', 600, 'active', 'laptop'),
        ],
      },
      day,
    );
    const hour = figures!.hours[9]!;
    expect([hour.activeMs, hour.idleMs, hour.afkMs].map(toMinutes)).toEqual([15, 15, 30]);
  });

  it('should leave a gap between sources untracked', async () => {
    const [figures] = await figuresOf(
      { afk: [afk('2025-11-17T09:00:00Z', 600), afk('2025-11-17T09:30:00Z', 600, 'afk')] },
      day,
    );
    expect([figures!.activeMs, figures!.idleMs, figures!.afkMs].map(toMinutes)).toEqual([10, 0, 10]);
  });

  it('should count a window only while active, and once when two computers show it', async () => {
    const [figures] = await figuresOf(
      {
        afk: [afk('2025-11-17T09:10:00Z', 1800)],
        windows: [
          window('2025-11-17T09:00:00Z', 1200, 'Excel', 'Budget', 'desk'),
          window('2025-11-17T09:15:00Z', 600, 'Excel', 'Data', 'laptop'),
          window('2025-11-17T09:30:00Z', HOUR, 'Teams', 'Chat', 'desk'),
        ],
      },
      day,
    );
    expect(figures!.hours[9]!.apps).toEqual([
      { appName: 'Excel', activeMs: 15 * 60_000, windowTitles: ['Budget', 'Data'] },
      { appName: 'Teams', activeMs: 10 * 60_000, windowTitles: ['Chat'] },
    ]);
  });

  it('should list the ten longest titles of an app in an hour, cut to 200 characters', async () => {
    const titles = Array.from({ length: 12 }, (_, i) => window('2025-11-17T09:00:00Z', 60 + i, 'Word', `Page ${i}`));
    const long = window('2025-11-17T09:30:00Z', 300, 'Word', `${'a'.repeat(199)}😀`);
    const other = window('2025-11-17T09:40:00Z', 200, 'Word', `${'a'.repeat(199)}😀!`);
    const windows = [...titles, long, other];
    const [figures] = await figuresOf({ afk: [afk('2025-11-17T09:00:00Z', HOUR)], windows }, day);
    const { windowTitles } = figures!.hours[9]!.apps[0]!;
    expect(windowTitles).toHaveLength(10);
    expect(windowTitles.slice(0, 3)).toEqual(['a'.repeat(199), 'Page 11', 'Page 10']);
  });
});

describe('daily_metrics', () => {
  const days = { startDate: '2025-11-17', endDate: '2025-11-20', timeZone: 'Europe/Berlin' };

  it('should stand in for the totals of a day without afk_status, and say so', async () => {
    const figures = await figuresOf(
      together(
        { afk: [afk('2025-11-17T09:00:00Z', 60)], windows: [window('2025-11-19T09:00:00Z', 60, 'Excel')] },
        {
          dailyMetrics: [
            metrics('2025-11-17', { active: 999 }),
            metrics('2025-11-18', { active: 7 * HOUR, idle: 2 * HOUR, afk: HOUR }),
          ],
        },
      ),
      days,
    );
    expect(figures.map(({ dataQuality }) => dataQuality)).toEqual([
      'afk_status',
      'daily_metrics',
      'windows_only',
      'no_data',
    ]);
    expect(figures[0]!.activeMs).toBe(60_000);
    expect([figures[1]!.activeMs, figures[1]!.idleMs, figures[1]!.afkMs]).toEqual([25_200_000, 7_200_000, 3_600_000]);
    expect(figures[1]!.hours.every(({ activeMs, totalMs }) => activeMs === 0 && totalMs === 3_600_000)).toBe(true);
    expect(figures[1]!.discrepancies.map(({ type, severity }) => [type, severity])).toEqual([
      ['excessive_idle', 'high'],
    ]);
  });

  it('should stand in also where a point of the evening before lasts past midnight, and not where one begins', async () => {
    const spilled = afk('2025-11-17T22:55:00Z', 600);
    const dailyMetrics = [metrics('2025-11-18', { active: 6 * HOUR })];
    const [, second] = await figuresOf({ afk: [spilled], dailyMetrics }, days);
    expect([second!.dataQuality, second!.activeMs]).toEqual(['daily_metrics', 6 * 3.6e6]);
    const [, alone] = await figuresOf({ afk: [spilled] }, days);
    expect([alone!.dataQuality, alone!.activeMs]).toEqual(['afk_status', 300_000]);
    const begins = afk('2025-11-17T23:00:00Z', 60);
    const [, measured] = await figuresOf({ afk: [spilled, begins], dailyMetrics }, days);
    expect([measured!.dataQuality, measured!.activeMs]).toEqual(['afk_status', 300_000]);
  });

  it('should add computers up to no more than the day lasts, and take the largest of several totals of one', async () => {
    const [, figures] = await figuresOf(
      {
        dailyMetrics: [
          metrics('2025-11-18', { active: HOUR }, 'desk'),
          metrics('2025-11-18', { active: 10 * HOUR, afk: 2 * HOUR }, 'desk'),
          metrics('2025-11-18', { active: 6 * HOUR, idle: 3 * HOUR, afk: 8 * HOUR }, 'laptop'),
        ],
      },
      days,
    );
    expect([figures!.activeMs, figures!.idleMs, figures!.afkMs].map((ms) => ms / 3.6e6)).toEqual([16, 3, 5]);
  });
});
