import { AccountErasure } from '../../src/common/lifecycle/account-erasure.js';
import { AccountExport } from '../../src/common/lifecycle/account-export.js';
import { AiCallLog, type AiCall } from '../../src/infra/ai/ai-call-log.js';
import { UsageIngest } from '../../src/modules/analytics/usage/ingest/usage-ingest.service.js';
import { AiStatsService } from '../../src/modules/analytics/usage/reports/ai-stats.service.js';
import { UsageOverviewService } from '../../src/modules/analytics/usage/reports/usage-overview.service.js';
import { UserStatsService } from '../../src/modules/analytics/usage/reports/user-stats.service.js';
import { UsageRetentionJob } from '../../src/modules/analytics/usage/retention/usage-retention.job.js';
import { UsageSpendService } from '../../src/modules/analytics/usage/usage-spend.service.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';
import { startUsageApp, type UsageApp } from '../support/usage-app.js';

const DAY = 86_400_000;
const UTC = { timeZone: 'UTC' };
const ACCOUNT = '5f0c2a9e8b7d4c1f00000001';

const activity = (user_id: string, timestamp: string | number, rest: object = {}) => ({
  user_id,
  action: 'login',
  timestamp,
  ...rest,
});
const call = (user_id: string, timestamp: string | number, rest: object = {}) => ({
  user_id,
  model_used: 'gpt-4o',
  call_type: 'completion',
  response_time: 1,
  tokens: 30,
  input_tokens: 20,
  output_tokens: 10,
  success: true,
  timestamp,
  ...rest,
});

const unpriced = (model: string, rest: object) => ({
  model,
  provider: null,
  unpriced_calls: 0,
  unknown_model_calls: 0,
  no_split_calls: 0,
  tokens_used: 0,
  ...rest,
});

describe.each(await sqlTestTargets())('usage analytics on $dialect', (target) => {
  let database: SqlTestDatabase;
  let app: UsageApp;
  beforeEach(async () => {
    database = await target.create();
    app = await startUsageApp(database);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const ingest = (replica = app) => replica.get(UsageIngest);
  const countRows = async (table: string, where = 'true') => {
    const dataSource = await database.connect([]);
    const [row] = await dataSource.query(`SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`);
    await dataSource.destroy();
    return Number(row.n);
  };
  const everything = async () => {
    const overview = app.get(UsageOverviewService);
    return JSON.stringify([
      await overview.dashboard({ ...UTC, start: '2025-10-01', end: '2025-11-20' }),
      await overview.periods('week', 'Europe/Berlin', 1),
      await overview.periods('month', 'Asia/Kolkata', 1),
      await app.get(AiStatsService).users({ ...UTC, start: '2025-10-01', end: '2025-11-20' }),
    ]);
  };

  it('should judge each row of an array by itself', async () => {
    const rows = [activity('a', '2025-11-20T09:00:00Z'), { user_id: 1 }, 0, activity('b', 'soon'), activity('c', '')];
    expect(await ingest().recordActivity(rows)).toEqual({
      received: 5,
      inserted: 2,
      duplicates: 0,
      rejected: [
        { index: 1, reason: 'user_id must be text' },
        { index: 2, reason: 'a row must be an object' },
        { index: 3, reason: expect.stringMatching(/^timestamp must be/) },
      ],
    });
    expect(await ingest().recordAiCall([call('a', ''), call('a', '', { tokens: -1 })])).toMatchObject({
      inserted: 1,
      rejected: [{ index: 1, reason: 'tokens must be a whole number from 0 to 1000000000' }],
    });
    expect(await ingest().recordActivity([])).toEqual({ received: 0, inserted: 0, duplicates: 0, rejected: [] });
    const tooMany = Array.from({ length: 1001 }, () => activity('a', ''));
    await expect(ingest().recordActivity(tooMany)).rejects.toThrow(/at most 1000 rows/);
  });

  it('should store a row with an event id once, in one array, later, and from two replicas at the same time (D2)', async () => {
    const rows = (n: number) =>
      Array.from({ length: n }, (_, i) => activity(`u${i % 7}`, '2025-11-20T09:00:00Z', { event_id: `e${i % 20}` }));
    expect(await ingest().recordActivity(rows(30))).toMatchObject({ inserted: 20, duplicates: 10 });
    expect(await ingest().recordActivity(rows(25))).toMatchObject({ inserted: 0, duplicates: 25 });
    const replica = await startUsageApp(database, { clock: app.clock });
    const calls = (from: number) =>
      Array.from({ length: 200 }, (_, i) => call(`u${i % 5}`, '2025-11-20T09:00:00Z', { event_id: `c${from + i}` }));
    const outcomes = await Promise.all(
      [0, 100, 50, 150].map((from, i) => ingest(i % 2 === 0 ? app : replica).recordAiCall(calls(from))),
    );
    const sum = (name: 'inserted' | 'duplicates') =>
      outcomes.reduce((total, outcome) => total + (outcome as Record<typeof name, number>)[name], 0);
    expect([sum('inserted'), sum('duplicates')]).toEqual([350, 450]);
    expect(await countRows('usage_ai_calls')).toBe(350);
    const [today] = await app.get(AiStatsService).perDay({ ...UTC, start: '2025-11-20' }, {});
    expect(today).toMatchObject({ total_api_calls: 350, tokens_used: 350 * 30 });
    await replica.close();
  });

  it('should answer a single row that is sent again with the id that it has', async () => {
    const first = await ingest().recordActivity(activity('a', '', { event_id: 'e' }));
    expect(await ingest().recordActivity(activity('a', '', { event_id: 'e' }))).toEqual(first);
    expect(await ingest().recordActivity(activity('a', ''))).not.toEqual(first);
    const unknown = { ...activity('a', ''), role: 'admin' };
    await expect(ingest().recordActivity(unknown)).rejects.toThrow('there is no field role');
    for (const body of [1, 'x', null, undefined]) {
      await expect(ingest().recordActivity(body)).rejects.toThrow('The body must be an object, or an array of objects');
    }
  });

  it('should keep two replicas from waiting for each other for ever (L4)', async () => {
    const replica = await startUsageApp(database, { clock: app.clock });
    const users = Array.from({ length: 40 }, (_, i) => `u${i}`);
    const start = Date.parse('2025-11-19T00:00:00Z');
    const batch = (n: number) =>
      [...users]
        .sort(() => (n % 2 === 0 ? 1 : -1))
        .map((user, i) => activity(user, start + ((n * 37 + i * 11) % 1440) * 60_000));
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => ingest(n % 2 === 0 ? app : replica).recordActivity(batch(n))),
    );
    expect(await app.get(UserStatsService).perDay({ ...UTC, start: '2025-11-19', end: '2025-11-19' })).toMatchObject([
      { logins: 1600, active_users: 40 },
    ]);
    await replica.close();
  });

  it('should tell sessions by the local day on which they began (T14)', async () => {
    const { get } = app;
    const times = ['23:50', '10:00', '10:20', '10:50', '11:20:01'].map((time) => `2025-11-18T${time}Z`);
    await ingest().recordActivity([...times.map((time) => activity('a', time)), activity('a', '2025-11-19T00:10Z')]);
    expect(await get(UserStatsService).perDay({ ...UTC, start: '2025-11-18', end: '2025-11-19' })).toEqual([
      // Of 50, 0 and 20 minutes.
      { date: '2025-11-18', logins: 5, registrations: 0, active_users: 1, average_session_time: 1400 },
      { date: '2025-11-19', logins: 1, registrations: 0, active_users: 1, average_session_time: 0 },
    ]);
    const kolkata = await get(UserStatsService).perDay({
      timeZone: 'Asia/Kolkata',
      start: '2025-11-18',
      end: '2025-11-19',
    });
    expect(kolkata.map((day) => [day.logins, day.average_session_time])).toEqual([
      [4, 1500],
      [2, 1200],
    ]);
  });

  it('should count active users of local days that end with today (T15)', async () => {
    app.clock.time = Date.parse('2025-11-22T05:40:00Z');
    await ingest().recordActivity([
      activity('before', '2025-11-15T22:59:59.999Z'),
      activity('first', '2025-11-15T23:00:00Z'),
      activity('today', '2025-11-22T05:00:00Z'),
      activity('long-ago', '2025-01-01T00:00:00Z'),
    ]);
    expect(await app.get(UserStatsService).active(7, 'Europe/Berlin')).toEqual({
      active_users: 2,
      daily_active_users: 1,
      weekly_active_users: 2,
      monthly_active_users: 3,
      stickiness: 0.333333,
      as_of: '2025-11-22T05:40:00.000Z',
    });
    expect(await app.get(UserStatsService).total()).toBe(4);
    await expect(app.get(UserStatsService).active(367, 'UTC')).rejects.toThrow('days must be at most 366');
  });

  it('should compare with the time before', async () => {
    await ingest().recordActivity([
      activity('a', '2025-11-16T10:00:00Z'),
      activity('a', '2025-11-19T10:00:00Z'),
      activity('b', '2025-11-20T10:00:00Z', { action: 'register' }),
    ]);
    await ingest().recordAiCall([
      call('a', '2025-11-19T10:00:00Z'),
      call('a', '2025-11-19T11:00:00Z', { success: false }),
    ]);
    const summary = await app.get(UsageOverviewService).summary({ ...UTC, start: '2025-11-19', end: '2025-11-20' });
    expect(summary).toMatchObject({
      start: '2025-11-19',
      end: '2025-11-20',
      days: 2,
      totals: { logins: 1, registrations: 1, active_users: 2, sessions: 2, total_api_calls: 2, error_count: 1 },
      averages: { daily_active_users: 1, logins_per_day: 0.5, api_calls_per_day: 1, error_rate: 0.5 },
      previous: { start: '2025-11-17', end: '2025-11-18', totals: { logins: 0 } },
      change: { logins: null, total_api_calls: null },
    });
    const longer = await app.get(UsageOverviewService).summary({ ...UTC, start: '2025-11-18', end: '2025-11-20' });
    expect(longer.change).toMatchObject({ logins: 0, active_users: 1, registrations: null });
  });

  it('should have no cost, and not a cost of 0, where nobody knows it (T10)', async () => {
    const priced = { tokens: 62_608, input_tokens: 62_394, cached_input_tokens: 60_024, output_tokens: 214 };
    await ingest().recordAiCall([
      call('a', '2025-11-18T10:00:00Z', { model_used: 'nobodys-model' }),
      call('a', '2025-11-19T10:00:00Z', priced),
      call('a', '2025-11-19T10:00:00Z', { model_used: 'nobodys-model' }),
      // A failed call with usage still costs.
      call('b', '2025-11-19T10:00:00Z', { ...priced, success: false }),
    ]);
    const days = await app.get(AiStatsService).perDay({ ...UTC, start: '2025-11-17', end: '2025-11-19' }, {});
    expect(days.map((day) => [day.total_api_calls, day.cost_usd, day.unpriced_calls])).toEqual([
      [0, 0, 0],
      [1, null, 1],
      [3, 2 * 0.083095, 1],
    ]);
    const models = await app.get(AiStatsService).models({ ...UTC, start: '2025-11-17', end: '2025-11-19' });
    expect(models.map((model) => [model.model, model.total_calls, model.share, model.cost_usd])).toEqual([
      ['gpt-4o', 2, 0.5, 2 * 0.083095],
      ['nobodys-model', 2, 0.5, null],
    ]);
    await ingest().recordAiCall(
      call('a', '2025-11-19T10:00:00Z', { input_tokens: undefined, output_tokens: undefined }),
    );
    expect(await app.get(AiStatsService).unpriced({ ...UTC, start: '2025-11-17', end: '2025-11-19' })).toEqual([
      unpriced('nobodys-model', { unknown_model_calls: 2, unpriced_calls: 2, tokens_used: 60 }),
      unpriced('gpt-4o', { no_split_calls: 1, unpriced_calls: 1, tokens_used: 30 }),
    ]);
    const spend = await app.get(UsageSpendService).spend({
      scope: 'user',
      id: 'b',
      from: Date.parse('2025-11-19T00:00:00Z'),
      toExclusive: Date.parse('2025-11-20T00:00:00Z'),
    });
    expect(spend).toEqual({ calls: 1, unpricedCalls: 0, nanoUsd: 83_095_000 });
  });

  it('should give the same figures after raw rows were pruned, and refuse rows of their time', async () => {
    const days = Array.from({ length: 30 }, (_, i) => Date.parse('2025-10-15T08:00:00Z') + i * DAY);
    await ingest().recordActivity(
      days.flatMap((day, i) => [activity(`u${i % 4}`, day), activity(`u${i % 3}`, day + 600_000)]),
    );
    await ingest().recordAiCall(days.flatMap((day, i) => [call(`u${i % 4}`, day, { project: 'shop' })]));
    const before = await everything();
    const pruning = await startUsageApp(database, { clock: app.clock, usage: { retentionDays: 10 } });
    await pruning.get(UsageRetentionJob).run();
    expect(await everything()).toBe(before);
    // Kept two days longer than new rows of their time are taken.
    expect(await countRows('usage_activities')).toBe(2 * days.filter((day) => day >= app.clock.time - 12 * DAY).length);
    expect(await countRows('usage_ai_calls')).toBe(days.filter((day) => day >= app.clock.time - 12 * DAY).length);
    const late = await ingest(pruning).recordActivity([
      activity('u1', app.clock.time - 10 * DAY),
      activity('u1', app.clock.time - 10 * DAY - 1),
    ]);
    expect(late).toMatchObject({
      inserted: 1,
      rejected: [{ index: 1, reason: expect.stringMatching(/older rows are not kept/) }],
    });
    await pruning.close();
  });

  it('should prune many rows in small steps', async () => {
    const rows = Array.from({ length: 1000 }, (_, i) => activity('a', Date.parse('2025-09-01T00:00:00Z') + i));
    for (let n = 0; n < 5; n++) await ingest().recordActivity(rows);
    const pruning = await startUsageApp(database, { clock: app.clock, usage: { retentionDays: 30 } });
    await pruning.get(UsageRetentionJob).run();
    expect(await countRows('usage_activities')).toBe(0);
    await pruning.close();
  });

  const own = (userId: string | null): AiCall => ({
    userId,
    provider: 'gemini',
    model: 'gemini-2.5-flash',
    callType: 'completion',
    purpose: 'insights',
    responseSeconds: 1.25,
    inputTokens: 324,
    cachedInputTokens: null,
    outputTokens: 1364,
    reasoningTokens: 495,
    success: true,
    error: null,
    timestamp: Date.parse('2025-11-20T09:59:58Z'),
  });

  async function until(condition: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + 10_000;
    while (!(await condition())) {
      if (Date.now() > end) throw new Error('It did not happen in time');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it("should record the server's own calls by themselves", async () => {
    for (const userId of [null, ACCOUNT, ACCOUNT]) app.get(AiCallLog).record(own(userId));
    const users = () => app.get(AiStatsService).users({ ...UTC, start: '2025-11-20', end: '2025-11-20' });
    await until(async () => (await users()).length === 2);
    expect((await users()).map((user) => [user.user_id, user.total_calls, user.tokens_used])).toEqual([
      [ACCOUNT, 2, 2 * (324 + 1364 + 495)],
      ['almanac', 1, 324 + 1364 + 495],
    ]);
    const spend = await app.get(UsageSpendService).spend({
      scope: 'project',
      id: 'almanac',
      from: Date.parse('2025-11-20T00:00:00Z'),
      toExclusive: Date.parse('2025-11-21T00:00:00Z'),
    });
    expect(spend).toMatchObject({ calls: 3, unpricedCalls: 0 });
  });

  it('should store what is still waiting when the server stops', async () => {
    const stopping = await startUsageApp(database, { clock: app.clock });
    for (let n = 0; n < 700; n++) stopping.get(AiCallLog).record(own(null));
    await stopping.close();
    expect(await countRows('usage_ai_calls')).toBe(700);
  });

  it('should export the rows of an account, and forget whose they were when it is deleted (L1)', async () => {
    await ingest().recordActivity([
      activity(ACCOUNT, '2025-11-19T10:00:00Z', { session_id: 'mine', ip_address: '10.0.0.1', metadata: { a: 1 } }),
      activity('other', '2025-11-19T10:00:00Z', { session_id: 'theirs' }),
    ]);
    app.get(AiCallLog).record(own(ACCOUNT));
    await until(async () => (await countRows('usage_ai_calls')) === 1);
    const exported = async (name: string) => {
      const rows: object[] = [];
      const source = app
        .get(AccountExport)
        .list()
        .find(([each]) => each === name)![1];
      for await (const row of source(ACCOUNT)) rows.push(row);
      return rows;
    };
    expect(await exported('usage-activities')).toEqual([
      {
        timestamp: '2025-11-19T10:00:00.000Z',
        received_at: expect.stringMatching(/Z$/),
        event_id: null,
        action: 'login',
        session_id: 'mine',
        ip_address: '10.0.0.0',
        user_agent: null,
        metadata: { a: 1 },
      },
    ]);
    expect(await exported('usage-ai-calls')).toMatchObject([
      { model_used: 'gemini-2.5-flash', response_time: 1.25, project_id: 'almanac' },
    ]);

    const before = await app.get(UsageOverviewService).dashboard({ ...UTC });
    const [, erase] = app
      .get(AccountErasure)
      .list()
      .find(([name]) => name === 'usage')!;
    for (let n = 0; n < 2; n++) await erase(ACCOUNT, new AbortController().signal, async () => undefined);
    expect(await app.get(UsageOverviewService).dashboard({ ...UTC })).toEqual(before);
    expect(await countRows('usage_names', `name LIKE '%${ACCOUNT}%'`)).toBe(0);
    expect(await countRows('usage_sessions', "session_id = 'mine'")).toBe(0);
    expect(await countRows('usage_sessions', "session_id = 'theirs'")).toBe(1);
    expect([await countRows('usage_activities'), await countRows('usage_ai_calls')]).toEqual([1, 0]);
    expect([await exported('usage-activities'), await exported('usage-ai-calls')]).toEqual([[], []]);
  });
});
