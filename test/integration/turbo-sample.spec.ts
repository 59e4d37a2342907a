import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AfkStatus } from '../../src/modules/activity/activity-points.js';
import { principal } from '../factories/principal.factory.js';
import { collect, freshName, startActivityApp, type ActivityApp } from '../support/activity-app.js';
import { ACTIVITY_STORES } from '../support/activity-stores.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

const FOLDER = resolve('../shared/data/turbo');
const isThere = existsSync(FOLDER);
if (!isThere) process.stderr.write(`SKIPPED: the sample of activity data is not at ${FOLDER}\n`);

const FROM = Date.parse('2025-11-15T00:00:00Z');
const TO = Date.parse('2025-11-24T00:00:00Z');
/** Hours active, idle and afk, as the contract lists them. */
const EXPECTED: Record<string, [number, number, number]> = {
  alice: [36.0, 0.77, 3.37],
  ben: [34.95, 0, 7.88],
  danielle: [32.4, 0, 7.8],
};

(isThere ? describe : describe.skip).each(ACTIVITY_STORES)(
  'the sample of three people over nine days, in $name',
  (target) => {
    let mongo: TestMongo;
    let sql: SqlTestDatabase;
    let stop: () => Promise<void>;
    let app: ActivityApp;
    const org = freshName('Turbo');

    beforeAll(async () => {
      const [sqlite] = await sqlTestTargets();
      [mongo, sql] = await Promise.all([startTestMongo(), sqlite!.create()]);
      const { env, stop: stopTarget } = await target.start();
      stop = stopTarget;
      app = await startActivityApp({ mongoUri: mongo.uri, databaseName: freshName('sample'), sql, env });
      for (const file of readdirSync(FOLDER)) {
        const lines = readFileSync(join(FOLDER, file), 'utf8').replaceAll('org=Turbo', `org=${org}`);
        await app.write(lines, { caller: principal() });
        // Sent again, they are the same points.
        await app.write(lines, { caller: principal() });
      }
    });

    afterAll(async () => {
      await app.close();
      await Promise.all([mongo.stop(), sql.drop(), stop()]);
    });

    const of = (name: string, from = FROM, toExclusive = TO) => ({ org, user: { name }, from, toExclusive });

    it('should hold every point once', async () => {
      const counts = { afk: 0, windows: 0, appUsage: 0, dailyMetrics: 0 };
      for (const name of Object.keys(EXPECTED)) {
        counts.afk += (await collect(app.store.afk(of(name)))).length;
        counts.windows += (await collect(app.store.windows(of(name)))).length;
        counts.appUsage += (await collect(app.store.appUsage(of(name)))).length;
        counts.dailyMetrics += (await collect(app.store.dailyMetrics(of(name)))).length;
      }
      expect(counts).toEqual({ afk: 109, windows: 2109, appUsage: 444, dailyMetrics: 15 });
    });

    it.each(Object.entries(EXPECTED))('should give the hours of %s', async (name, [active, idle, afk]) => {
      const seconds: Record<AfkStatus, number> = { active: 0, idle: 0, afk: 0 };
      for (const { status, durationMs } of await collect(app.store.afk(of(name)))) seconds[status] += durationMs / 1000;
      const hours = (value: number) => Math.round(value / 36) / 100;
      expect([hours(seconds.active), hours(seconds.idle), hours(seconds.afk)]).toEqual([active, idle, afk]);
      const days = await collect(app.store.dailyMetrics(of(name)));
      const total = (key: 'activeMs' | 'idleMs' | 'afkMs') => days.reduce((sum, day) => sum + day[key], 0) / 1000;
      expect([hours(total('activeMs')), hours(total('idleMs')), hours(total('afkMs'))]).toEqual([active, idle, afk]);
      const windows = await collect(app.store.windows(of(name)));
      expect(hours(windows.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000)).toBe(active);
      const usage = await collect(app.store.appUsage(of(name)));
      expect(hours(usage.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000)).toBe(active);
    });
  },
);
