import { LineReader } from '../modules/activity/line-protocol/line-reader.js';
import { DEMO_TEAM, generateTeamWeeks, listTeamDays } from './team-demo.js';

/** A Friday at noon. */
const UNTIL = Date.parse('2026-11-20T11:00:00Z');
const MIDNIGHT = Date.parse('2026-11-19T23:00:00Z');

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
      const timeOf = (line: string) => Number(line.split(' ').at(-1));
      const sum = (start: string, field: RegExp, before = UNTIL) =>
        lines
          .filter((line) => line.startsWith(start) && line.includes(`,user=${name},`) && timeOf(line) < before)
          .reduce((total, line) => total + Number(field.exec(line)?.[1]), 0);
      const active = sum('afk_status,status=active', / duration=([\d.]+)/);
      expect(active).toBeGreaterThan(30 * 3600);
      expect(sum('window_activity', /",duration=([\d.]+)/)).toBe(active);
      expect(sum('app_usage', /duration_seconds=([\d.]+)/)).toBeCloseTo(active, 3);
      const ended = sum('afk_status,status=active', / duration=([\d.]+)/, MIDNIGHT);
      expect(sum('daily_metrics', /active_seconds=([\d.]+)/, MIDNIGHT)).toBe(ended);
    }
  });

  it('should not know what is still to come', () => {
    for (const line of lines) {
      const [, seconds = '0'] = /[ ,]duration=([\d.]+)/.exec(line) ?? [];
      expect(Number(line.split(' ').at(-1)) + Number(seconds) * 1000).toBeLessThanOrEqual(UNTIL);
    }
    expect(lines.some((line) => line.includes('afk_status') && Number(line.split(' ').at(-1)) > MIDNIGHT)).toBe(true);
    expect(lines.some((line) => line.includes('date=2026-11-20'))).toBe(false);
  });

  it('should keep to the working days of two weeks', () => {
    const days = listTeamDays(UNTIL, 'Europe/Berlin');
    expect(days).toHaveLength(14);
    const dates = new Set(lines.flatMap((line) => /date=([\d-]+)/.exec(line)?.[1] ?? []));
    expect(dates.size).toBeGreaterThanOrEqual(9);
    for (const date of dates) expect([0, 6]).not.toContain(new Date(date).getUTCDay());
  });
});
