import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { createConnection, type Connection } from 'mongoose';
import { ProductProcessRepository } from '../../src/modules/analytics/product/runs/product-process.repository.js';
import { RawEventSourceRepository } from '../../src/modules/analytics/product/raw/raw-event-source.repository.js';
import { ProductRunsService } from '../../src/modules/analytics/product/runs/product-runs.service.js';
import { ProductSessionsRepository } from '../../src/modules/analytics/product/runs/product-sessions.repository.js';
import type { FunnelRequestDto } from '../../src/modules/reports/product/dto/funnel-request.dto.js';
import type { RetentionQuery } from '../../src/modules/reports/product/dto/retention.query.js';
import type { SessionsQuery } from '../../src/modules/reports/product/dto/sessions.query.js';
import { ProductBehaviourReportsService } from '../../src/modules/reports/product/product-behaviour-reports.service.js';
import { filtersFromQuery } from '../../src/modules/reports/product/properties/property-filters.js';
import { principal } from '../factories/principal.factory.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';
import { openRawSources, openScopes, type ProjectSettings } from '../support/raw-reports.js';

interface TestEvent {
  eventName: string;
  timestamp: Date | null;
  userId?: string;
  anonymousId?: string;
  sessionId?: string;
  processName?: string;
  processId?: string;
  processStep?: string;
  properties?: Record<string, unknown>;
}

const CALLER = principal();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const at = (text: string) => Date.parse(text);

let mongo: TestMongo;
let connection: Connection;
let sequence = 0;
let now = at('2026-01-01T00:00:00Z');

beforeAll(async () => {
  mongo = await startTestMongo();
  connection = createConnection(mongo.uri, { dbName: `behaviour-${randomUUID()}`, bufferCommands: false });
  await connection.asPromise();
  await connection.collection('events').createIndex({ projectKey: 1, timestamp: 1 });
  await connection.collection('events').createIndex({ projectKey: 1, eventName: 1, timestamp: 1 });
}, 120_000);

afterAll(async () => {
  await connection?.dropDatabase();
  await connection?.close();
  await mongo?.stop();
});

beforeEach(() => {
  now = at('2026-01-01T00:00:00Z');
});

/** The reports over raw events. */
function reportsFor(settings: ProjectSettings = {}) {
  const runs = new ProductRunsService(
    new ProductProcessRepository(connection),
    new ProductSessionsRepository(connection),
    new RawEventSourceRepository(connection),
  );
  const reports = new ProductBehaviourReportsService(openScopes(settings), openRawSources(connection), runs, {
    now: () => now,
  });
  return {
    funnel: async (request: FunnelRequestDto) => (await reports.funnel(CALLER, request)).report,
    retention: async (query: RetentionQuery, filters: Record<string, string> = {}) =>
      (await reports.retention(CALLER, query, filtersFromQuery(filters))).report,
    sessions: async (query: SessionsQuery, filters: Record<string, string> = {}) =>
      (await reports.sessions(CALLER, query, filtersFromQuery(filters))).report,
    activeUsers: async (
      query: { projectKey: string; from?: string; to?: string; tz?: string },
      filters: Record<string, string> = {},
    ) => (await reports.activeUsers(CALLER, query, filtersFromQuery(filters))).report,
  };
}

/** Stores events with the links that ingest would have left. */
async function store(events: TestEvent[]): Promise<string> {
  const projectKey = `p${++sequence}`;
  // Never mixed up with the neighbour, whose every id is the same.
  const rows = [projectKey, `${projectKey}x`].flatMap((key) => events.map((event) => ({ projectKey: key, ...event })));
  if (rows.length > 0) await connection.collection('events').insertMany(rows, { ordered: false });
  const links = [...firstUsers(events)].map(([a, userId]) => ({ _id: { p: projectKey, a }, userId }));
  if (links.length > 0) await connection.collection('identity_links').insertMany(links as never[]);
  return projectKey;
}

function firstUsers(events: TestEvent[]): Map<string, string> {
  const first = new Map<string, { time: number; userId: string }>();
  for (const { anonymousId, userId, timestamp } of events) {
    if (!anonymousId || !userId) continue;
    const time = timestamp?.getTime() ?? Infinity;
    const known = first.get(anonymousId);
    if (known === undefined || time < known.time || (time === known.time && userId < known.userId)) {
      first.set(anonymousId, { time, userId });
    }
  }
  return new Map([...first].map(([anonymousId, { userId }]) => [anonymousId, userId]));
}

const event = (eventName: string, time: string | number | null, rest: Partial<TestEvent> = {}): TestEvent => ({
  eventName,
  timestamp: time === null ? null : new Date(time),
  ...rest,
});

describe('funnel', () => {
  it('should follow a visitor who signs in as one person (T2)', async () => {
    const projectKey = await store([
      event('app_open', '2025-01-06T10:00:00Z', { anonymousId: 'anon-1' }),
      event('purchase_success', '2025-01-06T10:05:00Z', { anonymousId: 'anon-1', userId: 'user-123' }),
    ]);
    expect(await reportsFor().funnel({ projectKey, steps: ['app_open', 'purchase_success'] })).toEqual({
      projectKey,
      mode: 'USER',
      steps: [
        {
          eventName: 'app_open',
          users: 1,
          conversionRate: 1,
          dropOff: 0,
          medianSecondsFromPrevious: null,
          inProgress: 0,
        },
        {
          eventName: 'purchase_success',
          users: 1,
          conversionRate: 1,
          dropOff: 0,
          medianSecondsFromPrevious: 300,
          inProgress: 0,
        },
      ],
    });
  });

  it('should know who is still on the way', async () => {
    const projectKey = await store([
      event('a', '2025-01-06T10:00:00Z', { userId: 'u1' }),
      event('a', '2025-01-06T11:00:00Z', { userId: 'u2' }),
    ]);
    const waiting = async (window?: string) =>
      (await reportsFor().funnel({ projectKey, steps: ['a', 'b'], window })).steps.map((step) => step.inProgress);
    expect(await waiting()).toEqual([2, 0]);
    now = at('2025-01-06T11:00:00.001Z');
    expect(await waiting('1h')).toEqual([1, 0]);
    expect(await waiting('2h')).toEqual([2, 0]);
    now = at('2025-01-06T13:00:00.001Z');
    expect(await waiting('2h')).toEqual([0, 0]);
  });

  it('should break down by the event of step 1, filtered or not', async () => {
    const of = (country: unknown) => ({ properties: { country, plan: country === 'DE' ? 'pro' : 'free' } });
    const projectKey = await store([
      event('a', '2025-01-06T10:00:00Z', { userId: 'u1', ...of('DE') }),
      event('b', '2025-01-06T10:01:00Z', { userId: 'u1', ...of('FR') }),
      event('a', '2025-01-06T10:00:00Z', { userId: 'u2', ...of('FR') }),
      event('a', '2025-01-06T10:00:00Z', { userId: 'u3' }),
      event('b', '2025-01-06T10:09:00Z', { userId: 'u3', ...of('DE') }),
      event('b', '2025-01-06T10:09:00Z', { userId: 'u4', ...of('IT') }),
    ]);
    const steps = ['a', 'b'];
    const report = await reportsFor().funnel({ projectKey, steps, breakdown: 'properties.country' });
    const users = (groups = report.breakdown) =>
      groups?.map(({ value, steps }) => [value, ...steps.map((step) => step.users)]);
    expect(users()).toEqual([
      ['(none)', 1, 1],
      ['DE', 1, 1],
      ['FR', 1, 0],
    ]);
    expect(report.otherValues).toBe(0);
    expect(report.steps.map((step) => step.users)).toEqual([3, 2]);
    const filtered = await reportsFor().funnel({
      projectKey,
      steps,
      breakdown: 'properties.country',
      filter: { 'properties.plan': 'free' },
    });
    expect(users(filtered.breakdown)).toEqual([['FR', 1, 0]]);
  });

  it('should follow the runs of a process and tell how they ended', async () => {
    const run = (processId: string, processStep: string, time: string, eventName = 'checkout') =>
      event(eventName, time, { processName: 'checkout', processId, processStep, userId: 'u1' });
    const projectKey = await store([
      run('r1', 'START', '2025-01-06T10:00:00Z'),
      run('r1', 'END', '2025-01-06T10:00:30Z', 'paid'),
      run('r1', 'END', '2025-01-06T10:02:00Z', 'paid'),
      run('r2', 'START', '2025-01-06T23:59:00Z'),
      run('r2', 'END', '2025-01-07T00:01:00Z', 'paid'),
      run('r3', 'START', '2025-01-06T11:00:00Z'),
      run('r4', 'START', '2025-01-06T23:00:00Z'),
      run('r5', 'END', '2025-01-06T12:00:00Z', 'paid'),
      run('r6', 'START', '2025-01-07T00:00:00Z'),
      event('checkout', '2025-01-06T10:00:00Z', { processName: 'other', processId: 'r9', processStep: 'START' }),
    ]);
    now = at('2025-01-07T12:00:00Z');
    const request = {
      projectKey,
      steps: ['checkout', 'paid'],
      mode: 'PROCESS' as const,
      processName: 'checkout',
      from: '2025-01-06',
      to: '2025-01-06',
    };
    const report = await reportsFor().funnel(request);
    expect(report.steps.map((step) => step.users)).toEqual([4, 1]);
    expect(report.process).toEqual({
      started: 4,
      ended: 2,
      abandoned: 1,
      inProgress: 1,
      medianSeconds: 75,
      p95Seconds: 120,
    });
    // Its end lies further after the range than the window is long.
    expect((await reportsFor().funnel({ ...request, window: '10s' })).process).toMatchObject({
      ended: 1,
      abandoned: 3,
    });
    expect((await reportsFor().funnel({ ...request, mode: 'USER' })).process).toBeUndefined();
    const filter = { 'properties.country': 'DE' };
    expect((await reportsFor().funnel({ ...request, filter })).process).toMatchObject({
      started: 0,
      medianSeconds: null,
    });
  });
});

describe('retention', () => {
  const cellsOf = ({ cohorts }: Awaited<ReturnType<ReturnType<typeof reportsFor>['retention']>>) =>
    Object.fromEntries(cohorts.map(({ cohort, size, cells }) => [cohort, [size, cells.map(({ users }) => users)]]));

  it('should put persons into the cohort of their first event of all time, and know what is still to come', async () => {
    const projectKey = await store([
      event('open', '2024-12-01T10:00:00Z', { userId: 'old' }),
      event('open', '2025-01-01T10:00:00Z', { userId: 'old' }),
      event('open', '2025-01-01T10:00:00Z', { anonymousId: 'a1' }),
      event('open', '2025-01-02T10:00:00Z', { anonymousId: 'a1', userId: 'u1' }),
      event('open', '2025-01-03T10:00:00Z', { userId: 'u1' }),
      event('open', '2025-01-03T10:00:00Z', { userId: 'u2' }),
      event('open', null, { userId: 'u3' }),
    ]);
    now = at('2025-01-04T00:00:00Z');
    const report = await reportsFor().retention({ projectKey, from: '2025-01-01', to: '2025-01-03', periods: '2' });
    expect(report).toEqual({
      projectKey,
      interval: 'day',
      mode: 'calendar',
      cohorts: [
        {
          cohort: '2025-01-01',
          size: 1,
          cells: [0, 1, 2].map((period) => ({ period, users: 1, rate: 1, partial: false })),
        },
        {
          cohort: '2025-01-02',
          size: 0,
          cells: [0, 1, 2].map((period) => ({ period, users: 0, rate: 0, partial: period === 2 })),
        },
        {
          cohort: '2025-01-03',
          size: 1,
          cells: [
            { period: 0, users: 1, rate: 1, partial: false },
            { period: 1, users: 0, rate: 0, partial: true },
            { period: 2, users: null, rate: null, partial: false },
          ],
        },
      ],
      range: { from: '2025-01-01', to: '2025-01-03' },
    });
  });

  it('should count weeks from the day of the project and months of the zone', async () => {
    const projectKey = await store([
      event('open', '2025-01-04T23:30:00Z', { userId: 'u1' }),
      event('open', '2025-01-12T10:00:00Z', { userId: 'u1' }),
      event('open', '2025-02-28T23:30:00Z', { userId: 'u1' }),
    ]);
    const sunday = reportsFor({ timezone: 'Europe/Berlin', weekStart: 7 });
    const query = { projectKey, from: '2025-01-05', to: '2025-01-05', periods: '2' };
    expect(cellsOf(await sunday.retention({ ...query, interval: 'week' }))).toEqual({ '2025-01-05': [1, [1, 1, 0]] });
    expect(cellsOf(await sunday.retention({ ...query, interval: 'month' }))).toEqual({ '2025-01': [1, [1, 0, 1]] });
    // Monday: the range is widened to the week in which the person began.
    expect(cellsOf(await reportsFor().retention({ ...query, interval: 'week' }))).toEqual({
      '2024-12-30': [1, [1, 1, 0]],
    });
  });

  it('should tell start and return events apart, and filter both', async () => {
    const projectKey = await store([
      event('open', '2025-01-01T10:00:00Z', { userId: 'u1', properties: { plan: 'pro' } }),
      event('signup', '2025-01-02T10:00:00Z', { userId: 'u1' }),
      event('buy', '2025-01-02T09:00:00Z', { userId: 'u1' }),
      event('buy', '2025-01-03T10:00:00Z', { userId: 'u1' }),
    ]);
    const query = { projectKey, from: '2025-01-01', to: '2025-01-02', periods: '2', startEvent: 'signup' };
    const reports = reportsFor();
    expect(cellsOf(await reports.retention({ ...query, returnEvent: 'buy' }))).toEqual({
      '2025-01-01': [0, [0, 0, 0]],
      '2025-01-02': [1, [0, 1, 0]],
    });
    expect(cellsOf(await reports.retention(query))['2025-01-02']).toEqual([1, [1, 1, 0]]);
    const pro = { 'filter[properties.plan]': 'pro' };
    expect(cellsOf(await reports.retention({ ...query, startEvent: '' }, pro))['2025-01-01']).toEqual([1, [1, 0, 0]]);
    expect(cellsOf(await reports.retention(query, pro))['2025-01-02']).toEqual([0, [0, 0, 0]]);
  });

  it('should count 24 hours from the first event of each', async () => {
    const projectKey = await store([
      event('open', '2025-01-01T23:00:00Z', { userId: 'u1' }),
      event('open', '2025-01-02T22:59:59.999Z', { userId: 'u1' }),
      event('open', '2025-01-01T23:00:00Z', { userId: 'u2' }),
      event('open', '2025-01-02T23:00:00Z', { userId: 'u2' }),
    ]);
    const query = { projectKey, from: '2025-01-01', to: '2025-01-01', periods: '1', mode: '24h' as const };
    expect(cellsOf(await reportsFor().retention(query))).toEqual({ '2025-01-01': [2, [2, 1]] });
    const partial = async () => (await reportsFor().retention(query)).cohorts[0]!.cells.map((cell) => cell.partial);
    now = at('2025-01-03T00:00:00Z');
    expect(await partial()).toEqual([false, true]);
    now = at('2025-01-04T00:00:00Z');
    expect(await partial()).toEqual([false, false]);
    await expect(reportsFor().retention({ ...query, interval: 'week' })).rejects.toThrow('mode 24h needs interval day');
  });

  it('should use the whole history without a range, lower the periods and refuse too many cohorts', async () => {
    const projectKey = await store([
      event('open', '2025-01-01T10:00:00Z', { userId: 'u1' }),
      event('open', '2025-01-03T10:00:00Z', { userId: 'u1' }),
    ]);
    const reports = reportsFor();
    const { cohorts } = await reports.retention({ projectKey, periods: '1000' });
    expect(cohorts.map(({ cohort, cells }) => [cohort, cells.length])).toEqual([
      ['2025-01-01', 32],
      ['2025-01-02', 32],
      ['2025-01-03', 32],
    ]);
    const cells = async (interval: 'day' | 'week' | 'month') =>
      (await reports.retention({ projectKey, interval })).cohorts[0]!.cells.length;
    expect([await cells('day'), await cells('week'), await cells('month')]).toEqual([8, 9, 7]);
    expect((await reports.retention({ projectKey: 'nothing' })).cohorts).toEqual([]);
    const years = { projectKey, from: '2024-01-01', to: '2025-12-31' };
    await expect(reports.retention(years)).rejects.toThrow('more than 400 cohorts');
    expect((await reports.retention({ ...years, interval: 'week' })).cohorts).toHaveLength(105);
  });
});

describe('sessions', () => {
  const opens = (times: number[], rest: Partial<TestEvent> = { userId: 'u1' }) =>
    times.map((time) => event('open', time, rest));

  it('should end with silence, with 24 hours, and lie on the day of its start (T14)', async () => {
    const clock = (text: string) => at(`2025-01-06T${text}Z`);
    const key = await store(opens(['10:00:00', '10:20:00', '10:50:00', '11:20:01'].map(clock)));
    expect(await reportsFor().sessions({ projectKey: key })).toEqual({
      projectKey: key,
      range: { from: null, to: null },
      sessions: 2,
      averageMinutes: 25,
      engagedSessions: 1,
      engagedAverageMinutes: 50,
      bounceRate: 0.5,
      eventsPerSession: 2,
      items: [{ time: '2025-01-06', sessions: 2, averageMinutes: 25, bounceRate: 0.5 }],
    });

    const long = await store(opens(Array.from({ length: 76 }, (_, i) => clock('00:00:00') + i * 20 * MINUTE)));
    expect(await reportsFor().sessions({ projectKey: long })).toMatchObject({ sessions: 2 });

    const midnight = await store(opens([clock('23:50:00'), clock('23:50:00') + 20 * MINUTE]));
    const days = { projectKey: midnight, from: '2025-01-06', to: '2025-01-07' };
    expect((await reportsFor().sessions(days)).items).toEqual([
      { time: '2025-01-06', sessions: 1, averageMinutes: 20, bounceRate: 0 },
      { time: '2025-01-07', sessions: 0, averageMinutes: 0, bounceRate: 0 },
    ]);
    expect(await reportsFor().sessions({ ...days, to: '2025-01-06' })).toMatchObject({
      sessions: 1,
      averageMinutes: 20,
    });
    expect(await reportsFor().sessions({ ...days, from: '2025-01-07' })).toMatchObject({ sessions: 0 });
  });

  it('should follow a person through links', async () => {
    const start = at('2025-01-06T10:00:00Z');
    const projectKey = await store([
      ...opens([start], { anonymousId: 'a1' }),
      ...opens([start + 10 * MINUTE], { anonymousId: 'a1', userId: 'u1' }),
      ...opens([start + 30 * MINUTE], { userId: 'u1' }),
      ...opens([start + 10 * MINUTE], { anonymousId: 'a2' }),
      ...opens([start], {}),
    ]);
    expect(await reportsFor().sessions({ projectKey })).toMatchObject({
      sessions: 2,
      averageMinutes: 15,
      bounceRate: 0.5,
    });
  });

  it('should follow unbroken activity back as far as it goes', async () => {
    const start = at('2025-01-01T10:00:00Z');
    // Sessions of 24 hours begin every 24 h 20 min.
    const projectKey = await store(opens(Array.from({ length: 6 * 72 }, (_, i) => start + i * 20 * MINUTE)));
    const whole = await reportsFor().sessions({ projectKey, from: '2025-01-01', to: '2025-01-07' });
    for (const item of whole.items) {
      const day = await reportsFor().sessions({ projectKey, from: item.time, to: item.time });
      expect(day.items).toEqual([item]);
    }
  });

  it('should count sessionIds', async () => {
    const start = at('2025-01-06T10:00:00Z');
    const projectKey = await store([
      ...opens([start, start + 2 * HOUR], { sessionId: 's1', userId: 'u1' }),
      ...opens([start + 3 * HOUR], { sessionId: 's2', userId: 'u1' }),
      ...opens([start + DAY, start + DAY + 90 * MINUTE], { sessionId: 's3' }),
      ...opens([start - 11 * HOUR, start], { sessionId: 's0' }),
      ...opens([start], { sessionId: '' }),
      ...opens([start]),
    ]);
    const query = { projectKey, by: 'sessionId' as const, from: '2025-01-06', to: '2025-01-07' };
    expect(await reportsFor().sessions(query)).toMatchObject({
      sessions: 3,
      averageMinutes: 70,
      engagedSessions: 2,
      engagedAverageMinutes: 105,
      bounceRate: 1 / 3,
      eventsPerSession: 5 / 3,
      items: [
        { time: '2025-01-06', sessions: 2, averageMinutes: 60, bounceRate: 0.5 },
        { time: '2025-01-07', sessions: 1, averageMinutes: 90, bounceRate: 0 },
      ],
    });
    expect((await reportsFor().sessions({ projectKey: 'nothing', by: 'sessionId' })).items).toEqual([]);
  });

  it('should tell persons with the same sessionId apart, but keep the session in which one signs in', async () => {
    const start = at('2025-01-06T10:00:00Z');
    const projectKey = await store([
      ...opens([start, start + 10 * MINUTE], { sessionId: '1', userId: 'u1' }),
      ...opens([start + 5 * MINUTE], { sessionId: '1', userId: 'u2' }),
      ...opens([start, start + MINUTE], { sessionId: '2', anonymousId: 'n1' }),
      ...opens([start + 20 * MINUTE], { sessionId: '2', anonymousId: 'n1', userId: 'u3' }),
      ...opens([start + 30 * MINUTE], { sessionId: '2', userId: 'u3' }),
      ...opens([start - MINUTE], { sessionId: '2' }),
    ]);
    expect(await reportsFor().sessions({ projectKey, by: 'sessionId' })).toMatchObject({
      sessions: 3,
      averageMinutes: (10 + 0 + 31) / 3,
      bounceRate: 1 / 3,
      eventsPerSession: 8 / 3,
    });
  });

  it('should make sessions and active users of the events that pass the filters', async () => {
    const start = at('2025-01-06T10:00:00Z');
    const shown = (minutes: number, country: string, userId: string) =>
      opens([start + minutes * MINUTE], { userId, sessionId: userId, properties: { country } });
    const projectKey = await store([
      ...[...shown(0, 'DE', 'u1'), ...shown(20, 'FR', 'u1'), ...shown(40, 'DE', 'u1')],
      ...shown(0, 'FR', 'u2'),
    ]);
    const filters = { 'filter[properties.country]': 'DE' };
    expect(await reportsFor().sessions({ projectKey })).toMatchObject({ sessions: 2, bounceRate: 0.5 });
    expect(await reportsFor().sessions({ projectKey }, filters)).toMatchObject({ sessions: 2, bounceRate: 1 });
    const byId = await reportsFor().sessions({ projectKey, by: 'sessionId' }, filters);
    expect(byId).toMatchObject({ sessions: 1, averageMinutes: 40, eventsPerSession: 2 });
    expect((await reportsFor().activeUsers({ projectKey })).dau).toBe(2);
    expect((await reportsFor().activeUsers({ projectKey }, filters)).dau).toBe(1);
  });

  it('should keep the latest items, and the totals of all, where a lone event lies in the first year', async () => {
    const old = at('0001-01-01T00:00:00Z');
    const start = at('2025-01-06T10:00:00Z');
    const projectKey = await store([
      ...opens([old], { userId: 'u1', sessionId: 's1' }),
      ...opens([start, start + MINUTE], { userId: 'u1', sessionId: 's2' }),
    ]);
    for (const by of ['inactivity', 'sessionId'] as const) {
      const { items, ...totals } = await reportsFor().sessions({ projectKey, by, interval: 'hour' });
      expect(totals).toMatchObject({ sessions: 2, bounceRate: 0.5 });
      expect(items).toHaveLength(366 * 24);
      expect(items.filter(({ sessions }) => sessions > 0)).toEqual([
        { time: '2025-01-06 10:00', sessions: 1, averageMinutes: 1, bounceRate: 0 },
      ]);
    }
  });
});

describe('active users', () => {
  it('should look back before the range (T6)', async () => {
    const projectKey = await store([
      ...[1, 2, 3].map((hour) => event('open', `2025-01-06T0${hour}:00:00Z`, { anonymousId: 'anon-1' })),
      event('open', '2025-01-06T12:00:00Z', { anonymousId: 'anon-2' }),
      event('login', '2025-01-07T10:00:00Z', { anonymousId: 'anon-1', userId: 'u1' }),
      event('login', '2025-01-07T11:00:00Z', { anonymousId: 'anon-2', userId: 'u1' }),
      ...[1, 2].map((hour) => event('open', `2025-01-08T0${hour}:00:00Z`, { anonymousId: 'anon-1', userId: 'u2' })),
    ]);
    const items = async (from: string, to: string) =>
      (await reportsFor().activeUsers({ projectKey, from, to })).items.map(({ dau, wau, mau }) => [dau, wau, mau]);
    expect(await items('2025-01-06', '2025-01-08')).toEqual([
      [1, 1, 1],
      [1, 1, 1],
      [1, 2, 2],
    ]);
    expect(await items('2025-01-12', '2025-01-15')).toEqual([
      [0, 2, 2],
      [0, 2, 2],
      [0, 1, 2],
      [0, 0, 2],
    ]);
    expect(await items('2025-02-05', '2025-02-07')).toEqual([
      [0, 0, 2],
      [0, 0, 1],
      [0, 0, 0],
    ]);
    expect(await reportsFor().activeUsers({ projectKey, from: '2025-01-07', to: '2025-01-08' })).toEqual({
      projectKey,
      range: { from: '2025-01-07', to: '2025-01-08' },
      items: [
        { date: '2025-01-07', dau: 1, wau: 1, mau: 1 },
        { date: '2025-01-08', dau: 1, wau: 2, mau: 2 },
      ],
      stickiness: 2 / 3,
      dau: 1,
      wau: 2,
      mau: 2,
    });
  });

  it('should leave out days that have not begun and refuse too many', async () => {
    const projectKey = await store([event('open', '2025-01-06T10:00:00Z', { userId: 'u1' })]);
    now = at('2025-01-07T23:30:00Z');
    const dates = async (query: { from?: string; to?: string; tz?: string }) =>
      (await reportsFor().activeUsers({ projectKey, ...query })).items.map(({ date }) => date);
    expect(await dates({ from: '2025-01-06', to: '2025-01-31' })).toEqual(['2025-01-06', '2025-01-07']);
    expect(await dates({ from: '2025-01-07', to: '2025-01-31', tz: 'Europe/Berlin' })).toEqual([
      '2025-01-07',
      '2025-01-08',
    ]);
    expect(await dates({ from: '2025-02-01', to: '2025-02-02' })).toEqual([]);
    expect(await dates({})).toEqual(['2025-01-06']);
    await expect(dates({ from: '2024-01-01', to: '2025-12-31' })).rejects.toThrow('more than 400 days');
    await expect(dates({ from: '0000-01-01', to: '9999-12-31' })).rejects.toThrow('more than 400 days');
  });
});

describe('behaviour reports over random events', () => {
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe');
  const some = (...ids: string[]) => fc.option(fc.constantFrom(...ids), { nil: undefined });
  // Ten days around Berlin's 25 hours of 26 October; few minutes, so that events meet.
  const start = at('2025-10-20T00:00:00Z');
  const rows = fc.array(
    fc
      .record({
        eventName: fc.constantFrom('a', 'b', 'c'),
        timestamp: fc.oneof(
          {
            weight: 9,
            arbitrary: fc.integer({ min: 0, max: 10 * 96 }).map((quarter) => start + quarter * 15 * MINUTE),
          },
          { weight: 1, arbitrary: fc.constant(null) },
        ),
        userId: some('u1', 'u2', 'x'),
        anonymousId: some('n1', 'n2', 'n3', 'x'),
        sessionId: some('s1', 's2', 's3'),
      })
      .map((row) => JSON.parse(JSON.stringify(row)) as TestEvent)
      .map((row) => ({ ...row, timestamp: row.timestamp && new Date(row.timestamp) })),
    { maxLength: 60 },
  );

  it('should agree with a count by hand', async () => {
    await fc.assert(
      fc.asyncProperty(rows, zones, some('a', 'b'), some('b', 'c'), async (events, tz, startEvent, returnEvent) => {
        const projectKey = await store(events);
        const reports = reportsFor();
        const query = { projectKey, tz, from: '2025-10-23', to: '2025-10-27' };
        const links = firstUsers(events);
        const timed = events
          .filter((row) => row.timestamp !== null)
          .map((row) => {
            const userId = row.userId ?? links.get(row.anonymousId ?? '');
            return { ...row, time: +row.timestamp!, who: userId ? `u ${userId}` : row.anonymousId };
          })
          .sort((a, b) => a.time - b.time);
        const persons = [...new Set(timed.map(({ who }) => who))].filter((who) => who !== undefined);
        const dayOf = localDay(tz);
        const days = Array.from({ length: 60 }, (_, i) =>
          new Date(at('2025-09-15') + i * DAY).toISOString().slice(0, 10),
        );
        const asked = days.filter((day) => day >= query.from && day <= query.to);

        // Active users.
        const { items } = await reports.activeUsers(query);
        const active = (day: string, length: number) => {
          const last = days.indexOf(day);
          const among = days.slice(last - length + 1, last + 1);
          return persons.filter((who) => timed.some((row) => row.who === who && among.includes(dayOf(row.time))))
            .length;
        };
        expect(items).toEqual(
          asked.map((date) => ({ date, dau: active(date, 1), wau: active(date, 7), mau: active(date, 30) })),
        );

        // Retention by day.
        const { cohorts } = await reports.retention({ ...query, startEvent, returnEvent, periods: '4' });
        const firsts = persons.map((who) => {
          const mine = timed.filter((row) => row.who === who);
          const first = mine.find((row) => startEvent === undefined || row.eventName === startEvent)?.time;
          const returns = mine.filter((row) => returnEvent === undefined || row.eventName === returnEvent);
          return { first, returns: returns.filter(({ time }) => first !== undefined && time >= first) };
        });
        expect(cohorts.map(({ cohort, size, cells }) => [cohort, size, ...cells.map(({ users }) => users)])).toEqual(
          asked.map((day) => {
            const members = firsts.filter(({ first }) => first !== undefined && dayOf(first) === day);
            const back = [0, 1, 2, 3, 4].map((period) => {
              const then = days[days.indexOf(day) + period];
              return members.filter(({ returns }) => returns.some(({ time }) => dayOf(time) === then)).length;
            });
            return [day, members.length, ...back];
          }),
        );

        // Sessions.
        const sessions: { time: number; events: number[] }[] = [];
        for (const who of persons) {
          let open: { time: number; events: number[] } | undefined;
          for (const { time } of timed.filter((row) => row.who === who)) {
            if (open && time - open.events.at(-1)! <= 30 * MINUTE && time - open.time <= DAY) open.events.push(time);
            else sessions.push((open = { time, events: [time] }));
          }
        }
        const byId = [...new Set(timed.map(({ sessionId }) => sessionId))]
          .filter((id) => id !== undefined)
          .flatMap((id) => {
            const own = timed.filter((row) => row.sessionId === id);
            const known = [...new Set(own.map(({ who }) => who))].filter((who) => who !== undefined);
            // Those of nobody are the only person's.
            const whose = (who: string | undefined) => (known.length === 1 ? known[0] : who);
            return [...new Set(own.map(({ who }) => whose(who)))].map((person) => {
              const events = own.filter(({ who }) => whose(who) === person).map(({ time }) => time);
              return { time: events[0]!, events };
            });
          });
        const perDay = (list: typeof sessions) =>
          asked.map((time) => {
            const here = list.filter((session) => dayOf(session.time) === time);
            const minutes = here.reduce((sum, { events }) => sum + (events.at(-1)! - events[0]!) / MINUTE, 0);
            const bounces = here.filter(({ events }) => events.length === 1).length;
            const share = (part: number) => (here.length === 0 ? 0 : part / here.length);
            return { time, sessions: here.length, averageMinutes: share(minutes), bounceRate: share(bounces) };
          });
        expect((await reports.sessions(query)).items).toEqual(perDay(sessions));
        // Far enough on both sides for sessionIds that are used for days.
        const everything = await reports.sessions({ projectKey, tz, by: 'sessionId' });
        expect(everything.sessions).toBe(byId.length);
        expect(everything.eventsPerSession * byId.length).toBeCloseTo(byId.flatMap(({ events }) => events).length);
        const bounces = byId.filter(({ events }) => events.length === 1).length;
        expect(everything.bounceRate * byId.length).toBeCloseTo(bounces);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  function localDay(timeZone: string): (instant: number) => string {
    const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    return (instant) => format.format(instant);
  }
});
