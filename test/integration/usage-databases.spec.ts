import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { ActivityCellsRepository } from '../../src/modules/analytics/usage/activity/activity-cells.repository.js';
import { SessionsRepository } from '../../src/modules/analytics/usage/activity/sessions.repository.js';
import { AiCellsRepository } from '../../src/modules/analytics/usage/calls/ai-cells.repository.js';
import { UsageIngest } from '../../src/modules/analytics/usage/ingest/usage-ingest.service.js';
import { CallSeriesNames } from '../../src/modules/analytics/usage/names/call-series.service.js';
import { UsageNames } from '../../src/modules/analytics/usage/names/usage-names.service.js';
import { UsageRebuildRepository } from '../../src/modules/analytics/usage/rebuild/usage-rebuild.repository.js';
import { UsageRebuild } from '../../src/modules/analytics/usage/rebuild/usage-rebuild.service.js';
import { AiStatsService } from '../../src/modules/analytics/usage/reports/ai-stats.service.js';
import { UsageOverviewService } from '../../src/modules/analytics/usage/reports/usage-overview.service.js';
import { UserStatsService } from '../../src/modules/analytics/usage/reports/user-stats.service.js';
import { UsageTransactions } from '../../src/modules/analytics/usage/usage-transaction.repository.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';
import { startUsageApp, type UsageApp } from '../support/usage-app.js';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 6);
const MINUTE = 60_000;
const END = Date.parse('2025-11-20T10:00:00Z');
const targets = await sqlTestTargets();

const moment = fc.oneof(
  fc.integer({ min: 0, max: 60 * 24 * 60 }).map((n) => END - n * MINUTE),
  fc.integer({ min: 0, max: 300 }).map((n) => END - n * 10 * MINUTE - 1),
);
const user = fc.constantFrom('ann', 'Ann', 'Ω', '😀', '~', 'ä');
const eventId = fc.option(fc.integer({ min: 0, max: 30 }).map(String), { nil: undefined });
const activity = fc.record({
  user_id: user,
  action: fc.constantFrom('login', 'signup', 'logout', 'x'),
  timestamp: moment,
  session_id: fc.option(fc.constantFrom('s', 't'), { nil: undefined }),
  event_id: eventId,
});
const call = fc.record({
  user_id: user,
  model_used: fc.constantFrom('gpt-4o', 'gpt-4o-mini', 'gemini-2.5-pro', 'nobodys'),
  call_type: fc.constantFrom('completion', 'embedding', 'other'),
  response_time: fc.double({ min: 0, max: 100, noNaN: true }),
  tokens: fc.integer({ min: 0, max: 300_000 }),
  input_tokens: fc.option(fc.integer({ min: 0, max: 300_000 }), { nil: undefined }),
  cached_input_tokens: fc.option(fc.integer({ min: 0, max: 1000 }), { nil: undefined }),
  output_tokens: fc.option(fc.integer({ min: 0, max: 3000 }), { nil: undefined }),
  success: fc.boolean(),
  timestamp: moment,
  project: fc.option(fc.constantFrom('p', 'q'), { nil: undefined }),
  event_id: eventId,
});

(targets.length > 1 ? describe : describe.skip)('usage analytics on SQLite and on PostgreSQL', () => {
  let databases: SqlTestDatabase[];
  let apps: UsageApp[];

  const start = async () => {
    databases = await Promise.all(targets.map((target) => target.create()));
    apps = await Promise.all(databases.map((database) => startUsageApp(database)));
  };
  const stop = async () => {
    for (const app of apps) await app.close();
    for (const database of databases) await database.drop();
  };

  async function reportsOf(app: UsageApp): Promise<string> {
    const range = { start: '2025-10-01', end: '2025-11-20' };
    const [users, ai, overview] = [app.get(UserStatsService), app.get(AiStatsService), app.get(UsageOverviewService)];
    const answers: unknown[] = [await users.total()];
    for (const timeZone of ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe']) {
      const days = { ...range, timeZone };
      answers.push(
        await users.active(20, timeZone),
        await ai.perDay(days, { user: 'ann' }),
        await ai.perDay(days, { model: 'gpt-4o', callType: 'completion' }),
        await ai.users(days, 4),
        await overview.daily(undefined, timeZone),
        await overview.dashboard(days),
        await overview.periods('week', timeZone, 1),
        await overview.periods('month', timeZone, 1),
      );
    }
    return JSON.stringify(answers, null, 1);
  }

  const rebuildOf = (app: UsageApp, rows = new UsageRebuildRepository()) =>
    new UsageRebuild(
      app.get(UsageTransactions),
      rows,
      app.get(SessionsRepository),
      app.get(ActivityCellsRepository),
      app.get(AiCellsRepository),
      app.get(UsageNames),
      app.get(CallSeriesNames),
    );

  it('should give the same bytes, and the same again from rollups that are made anew', async () => {
    const batch = fc.oneof(
      fc.array(activity, { minLength: 1, maxLength: 30 }).map((rows) => ['recordActivity', rows] as const),
      fc.array(call, { minLength: 1, maxLength: 30 }).map((rows) => ['recordAiCall', rows] as const),
    );
    await fc.assert(
      fc
        .asyncProperty(fc.array(batch, { minLength: 2, maxLength: 8 }), async (history) => {
          const outcomes = await Promise.all(
            apps.map(async (app) => {
              const each: unknown[] = [];
              for (const [method, rows] of history) each.push(await app.get(UsageIngest)[method](rows));
              return each;
            }),
          );
          expect(outcomes[1]).toEqual(outcomes[0]);
          const [sqlite, postgres] = await Promise.all(apps.map(reportsOf));
          expect(postgres).toBe(sqlite);
          const rebuilt = await Promise.all(
            apps.map(async (app) => {
              expect((await rebuildOf(app).run(false)).kind).toBe('rebuilt');
              return reportsOf(app);
            }),
          );
          expect(rebuilt).toEqual([sqlite, sqlite]);
        })
        .beforeEach(start)
        .afterEach(stop),
      { numRuns: RUNS, endOnFailure: true },
    );
  }, 600_000);

  it('should take in rows while rollups are made anew, and count them afterwards', async () => {
    await start();
    for (const app of apps) {
      const login = (user_id: string) => app.get(UsageIngest).recordActivity([{ user_id, action: 'login' }]);
      await login('a');
      const rows = new UsageRebuildRepository();
      let writing: Promise<unknown> | undefined;
      const copy = rows.copyActivities.bind(rows);
      rows.copyActivities = async (transaction) => {
        // Long enough to have stored its row, and to wait for its turn to count it.
        writing = login('b');
        await sleep(200);
        await copy(transaction);
      };
      expect(await rebuildOf(app, rows).run(false)).toMatchObject({ kind: 'rebuilt', activities: 1 });
      await writing;
      expect(await app.get(UserStatsService).total()).toBe(2);
      expect(await rebuildOf(app).run(false)).toMatchObject({ kind: 'rebuilt', activities: 2 });
    }
    await stop();
  });

  it('should not make rollups anew from fewer rows than they have counted, unless told to', async () => {
    await start();
    for (const app of apps) {
      const rows = ['a', 'b'].map((user_id) => ({ user_id, action: 'login' }));
      await app.get(UsageIngest).recordActivity(rows);
      await app.get(UsageTransactions).write((transaction) => transaction.query('DELETE FROM usage_activities'));
      expect(await rebuildOf(app).run(false)).toEqual({ kind: 'refused', activities: 2, calls: 0 });
      expect(await app.get(UserStatsService).total()).toBe(2);
      expect(await rebuildOf(app).run(true)).toEqual({ kind: 'rebuilt', activities: 0, sessions: 0, calls: 0 });
      expect(await app.get(UserStatsService).total()).toBe(0);
    }
    await stop();
  });
});
