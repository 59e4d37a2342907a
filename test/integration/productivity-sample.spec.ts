import { toHours, toMinutes } from '../../src/modules/reports/productivity/figures/rounding.js';
import { userTotals } from '../../src/modules/reports/productivity/user-totals.js';
import { figuresOf, type PersonPoints } from '../support/activity-points.js';
import { simulate } from '../support/activity-simulation.js';
import { describeWithSample, SAMPLE_USERS, samplePoints } from '../support/turbo-sample.js';

const NINE_DAYS = { startDate: '2025-11-15', endDate: '2025-11-23', timeZone: 'UTC' };

/** Active / idle / afk hours, as the contract lists them. */
const EXPECTED = {
  alice: [36.0, 0.77, 3.37],
  ben: [34.95, 0, 7.88],
  danielle: [32.4, 0, 7.8],
} as const;

/** Windows taken for activity: for these data their union is the active time. */
function windowsAsActivity({ windows }: PersonPoints): PersonPoints {
  return {
    afk: windows.map(({ user, host, start, durationMs }) => ({ user, host, start, durationMs, status: 'active' })),
    windows: [],
    dailyMetrics: [],
  };
}

describeWithSample()('the sample of three people over nine days', () => {
  it.each(SAMPLE_USERS)('should give the hours of %s that the contract lists', async (user) => {
    const totals = userTotals(user, await figuresOf(samplePoints(user), NINE_DAYS));
    expect([totals.activeMs, totals.idleMs, totals.afkMs].map(toHours)).toEqual(EXPECTED[user]);
  });

  it.each(SAMPLE_USERS)(
    'should agree to the second for every day of %s, by points, windows and totals',
    async (user) => {
      const points = samplePoints(user);
      const fromPoints = await figuresOf(points, NINE_DAYS);
      const fromWindows = await figuresOf(windowsAsActivity(points), NINE_DAYS);
      const fromTotals = await figuresOf({ dailyMetrics: points.dailyMetrics }, NINE_DAYS);
      const inSeconds = (days: typeof fromPoints) =>
        days.map(({ date, activeMs, idleMs, afkMs }) => [date, activeMs / 1000, idleMs / 1000, afkMs / 1000]);

      expect(inSeconds(fromTotals)).toEqual(inSeconds(fromPoints));
      expect(fromWindows.map(({ activeMs }) => activeMs)).toEqual(fromPoints.map(({ activeMs }) => activeMs));
      const written = Object.fromEntries(points.dailyMetrics.map(({ date, activeMs }) => [date, activeMs]));
      for (const { date, activeMs } of fromPoints) expect(activeMs).toBe(written[date] ?? 0);
    },
  );

  it.each(['UTC', 'America/Los_Angeles', 'Asia/Kolkata'])(
    'should equal a simulation of every second, for all of them in %s',
    async (timeZone) => {
      for (const user of SAMPLE_USERS) {
        const points = samplePoints(user);
        const period = { ...NINE_DAYS, timeZone };
        const simulated = simulate(points, period);
        for (const day of await figuresOf(points, period)) {
          const hours = simulated.get(day.date)!;
          expect(
            day.hours.map(({ activeMs, idleMs, afkMs }) => [activeMs, idleMs, afkMs].map((ms) => ms / 1000)),
          ).toEqual(hours.map(({ active, idle, afk }) => [active, idle, afk]));
          expect(
            day.hours.map(({ apps }) =>
              Object.fromEntries(apps.map(({ appName, activeMs }) => [appName, activeMs / 1000])),
            ),
          ).toEqual(hours.map(({ apps }) => Object.fromEntries(apps)));
        }
      }
    },
    60_000,
  );

  it('should tell of ben on 2025-11-19 what a simulation of every second tells', async () => {
    const period = { startDate: '2025-11-19', endDate: '2025-11-19', timeZone: 'UTC' };
    const points = samplePoints('ben');
    const [day] = await figuresOf(points, period);
    const hours = simulate(points, period).get('2025-11-19')!;

    expect([day!.activeMs, day!.idleMs, day!.afkMs].map((ms) => ms / 1000)).toEqual([24_480, 0, 5820]);
    const table = day!.hours.map(({ activeMs, afkMs, apps }, hour) => ({
      hour,
      active: toMinutes(activeMs),
      afk: toMinutes(afkMs),
      apps: Object.fromEntries(apps.map(({ appName, activeMs: own }) => [appName, toMinutes(own)])),
    }));
    expect(table).toEqual(
      hours.map(({ active, afk, apps }, hour) => ({
        hour,
        active: round(active / 60),
        afk: round(afk / 60),
        apps: Object.fromEntries([...apps].map(([app, seconds]) => [app, round(seconds / 60)])),
      })),
    );
    // Every hour's apps are its active time: the sample has no two computers and no gap.
    for (const { activeMs, apps } of day!.hours) {
      expect(apps.reduce((sum, app) => sum + app.activeMs, 0)).toBe(activeMs);
    }
    expect(day!.discrepancies.map(({ type, severity, durationMs }) => [type, severity, durationMs / 1000])).toEqual([
      ['social_media', 'medium', 347],
      ['extended_afk', 'high', 4320],
      ['social_media', 'low', 2196],
    ]);
  });
});

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
