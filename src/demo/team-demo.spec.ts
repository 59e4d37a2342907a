import { LineReader } from '../modules/activity/line-protocol/line-reader.js';
import { DEMO_TEAM, generateTeamWeeks, listTeamDays } from './team-demo.js';

const UNTIL = Date.parse('2026-11-20T16:00:00Z');

describe('generateTeamWeeks', () => {
  const lines = generateTeamWeeks('Demo Team', UNTIL, 'Europe/Berlin');

  it('should give the same lines for the same time and zone', () => {
    expect(generateTeamWeeks('Demo Team', UNTIL, 'Europe/Berlin')).toEqual(lines);
  });

  it('should be lines that the write API takes, of all four measurements and everybody', () => {
    const reader = new LineReader(Buffer.from(lines.join('\n')), 'ms');
    const seen = new Set<string>();
    let count = 0;
    while (reader.next()) {
      expect(reader.fault).toBeNull();
      expect(reader.time.ms).toBeLessThanOrEqual(UNTIL);
      const { series } = reader;
      seen.add(`${series.slice(0, series.indexOf(','))} ${/user=(\w+)/.exec(series)?.[1]}`);
      count += 1;
    }
    expect(count).toBe(lines.length);
    expect(count).toBeGreaterThan(1500);
    expect(seen.size).toBe(4 * DEMO_TEAM.length);
  });

  it('should agree with itself: windows, hours and days have the active time of afk_status', () => {
    for (const { name } of DEMO_TEAM) {
      const own = lines.filter((line) => line.includes(`,user=${name},`) && Number(line.split(' ').at(-1)) < UNTIL - 86_400_000);
      const sum = (start: string, field: RegExp) =>
        own.filter((line) => line.startsWith(start)).reduce((total, line) => total + Number(field.exec(line)?.[1]), 0);
      const active = sum('afk_status,status=active', / duration=([\d.]+)/);
      expect(active).toBeGreaterThan(30 * 3600);
      expect(sum('window_activity', /",duration=([\d.]+)/)).toBe(active);
      expect(sum('app_usage', /duration_seconds=([\d.]+)/)).toBeCloseTo(active, 3);
      expect(sum('daily_metrics', /active_seconds=([\d.]+)/)).toBe(active);
    }
  });

  it('should keep to the working days of two weeks', () => {
    const days = listTeamDays(UNTIL, 'Europe/Berlin');
    expect(days).toHaveLength(14);
    const dates = new Set(lines.flatMap((line) => /date=([\d-]+)/.exec(line)?.[1] ?? []));
    expect(dates.size).toBeGreaterThanOrEqual(9);
    for (const date of dates) expect([0, 6]).not.toContain(new Date(date).getUTCDay());
  });
});
