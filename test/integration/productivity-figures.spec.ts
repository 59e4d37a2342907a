import fc from 'fast-check';
import { figuresOf, type Period } from '../support/activity-points.js';
import { simulate } from '../support/activity-simulation.js';
import type { AfkPoint, WindowPoint } from '../../src/modules/activity/activity-points.js';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 60);
const DAY_S = 86_400;
const HOSTS = ['desk', 'laptop', 'tablet'];
const APPS = ['Excel', 'Chrome', 'Reddit', '', 'a,b "c"'];

/** Days around which clocks change, or zones that are no full hours from UTC. */
const PERIODS: readonly Period[] = [
  { startDate: '2025-11-17', endDate: '2025-11-18', timeZone: 'UTC' },
  { startDate: '2025-11-17', endDate: '2025-11-17', timeZone: 'Asia/Kolkata' },
  { startDate: '2025-11-17', endDate: '2025-11-18', timeZone: 'Asia/Kathmandu' },
  { startDate: '2025-03-29', endDate: '2025-03-30', timeZone: 'Europe/Berlin' },
  { startDate: '2025-10-25', endDate: '2025-10-27', timeZone: 'Europe/Berlin' },
  { startDate: '2025-04-24', endDate: '2025-04-25', timeZone: 'Africa/Cairo' },
  { startDate: '2025-10-30', endDate: '2025-10-31', timeZone: 'Africa/Cairo' },
  { startDate: '2025-11-01', endDate: '2025-11-02', timeZone: 'America/New_York' },
  { startDate: '2025-04-05', endDate: '2025-04-06', timeZone: 'Australia/Lord_Howe' },
  { startDate: '2025-10-04', endDate: '2025-10-05', timeZone: 'Australia/Lord_Howe' },
];

interface Case {
  period: Period;
  afk: AfkPoint[];
  windows: WindowPoint[];
}

/** Seconds relative to the start of the period's first date in UTC; short and long, some beyond either end. */
const placed = (period: Period) => {
  const days = (Date.parse(period.endDate) - Date.parse(period.startDate)) / 1000 / DAY_S + 1;
  return fc.record({
    host: fc.constantFrom(...HOSTS),
    start: fc
      .integer({ min: -DAY_S / 2, max: (days + 0.5) * DAY_S })
      .map((seconds) => Date.parse(period.startDate) + seconds * 1000),
    durationMs: fc.oneof(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 6 * 3600 })).map((s) => s * 1000),
  });
};

/** A store keeps one point for each measurement, set of tags and time: what is written last. */
function lastWritten<T>(points: readonly T[], identity: (point: T) => unknown[]): T[] {
  return [...new Map(points.map((point) => [JSON.stringify(identity(point)), point])).values()];
}

const cases: fc.Arbitrary<Case> = fc.constantFrom(...PERIODS).chain((period) =>
  fc
    .record({
      afk: fc.array(
        fc
          .tuple(placed(period), fc.constantFrom('active', 'idle', 'afk') as fc.Arbitrary<AfkPoint['status']>)
          .map(([place, status]) => ({ user: 'ben', ...place, status })),
        { maxLength: 40 },
      ),
      windows: fc.array(
        fc
          .tuple(placed(period), fc.constantFrom(...APPS), fc.constantFrom('', 'one', 'two'))
          .map(([place, app, title]) => ({ user: 'ben', ...place, app, title })),
        { maxLength: 40 },
      ),
      // Some points are written again, later and with another duration.
      again: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 7200 })), { maxLength: 6 }),
    })
    .map(({ afk, windows, again }) => {
      const rewritten = again.flatMap(([pick, seconds]) =>
        afk.length === 0 ? [] : [{ ...afk[pick % afk.length]!, durationMs: seconds * 1000 }],
      );
      return {
        period,
        afk: lastWritten([...afk, ...rewritten], ({ host, status, start }) => [host, status, start]),
        windows: lastWritten(windows, ({ host, app, start }) => [host, app, start]),
      };
    }),
);

describe('figures of random points', () => {
  it(`should equal a simulation of every second (${RUNS} runs)`, async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ period, afk, windows }) => {
        const days = await figuresOf({ afk, windows }, period);
        const simulated = simulate({ afk, windows }, period);
        expect(days.map(({ date }) => date)).toEqual([...simulated.keys()]);
        for (const day of days) {
          const seconds = simulated.get(day.date)!;
          expect(day.hours.map(inSeconds)).toEqual(
            seconds.map(({ apps, ...hour }) => ({ ...hour, apps: Object.fromEntries([...apps].sort()) })),
          );
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('should fill no hour beyond its length, and make days of their hours', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ period, afk, windows }) => {
        for (const day of await figuresOf({ afk, windows }, period)) {
          for (const hour of day.hours) {
            expect(hour.activeMs + hour.idleMs + hour.afkMs).toBeLessThanOrEqual(hour.totalMs);
            for (const { activeMs } of hour.apps) expect(activeMs).toBeLessThanOrEqual(hour.activeMs);
          }
          for (const part of ['activeMs', 'idleMs', 'afkMs'] as const) {
            expect(day.hours.reduce((sum, hour) => sum + hour[part], 0)).toBe(day[part]);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('should be the same bytes in whatever order the points arrive', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.infiniteStream(fc.double({ noNaN: true })), async (given, order) => {
        const shuffled = {
          afk: shuffle(given.afk, order),
          windows: shuffle(given.windows, order),
        };
        const first = JSON.stringify(await figuresOf(given, given.period));
        expect(JSON.stringify(await figuresOf(shuffled, given.period))).toBe(first);
      }),
      { numRuns: RUNS },
    );
  });
});

function inSeconds(hour: Awaited<ReturnType<typeof figuresOf>>[number]['hours'][number]): object {
  return {
    active: hour.activeMs / 1000,
    idle: hour.idleMs / 1000,
    afk: hour.afkMs / 1000,
    total: hour.totalMs / 1000,
    apps: Object.fromEntries(hour.apps.map(({ appName, activeMs }) => [appName, activeMs / 1000] as const).sort()),
  };
}

function shuffle<T>(items: readonly T[], order: Iterator<number>): T[] {
  return items
    .map((item) => ({ item, key: order.next().value as number }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
