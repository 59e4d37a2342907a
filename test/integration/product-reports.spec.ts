import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { createConnection, type Connection } from 'mongoose';
import { ProductProcessRepository } from '../../src/modules/analytics/product/runs/product-process.repository.js';
import { RawEventSourceRepository } from '../../src/modules/analytics/product/raw/raw-event-source.repository.js';
import { ProductRunsService } from '../../src/modules/analytics/product/runs/product-runs.service.js';
import { ProductSessionsRepository } from '../../src/modules/analytics/product/runs/product-sessions.repository.js';
import type { FunnelRequestDto } from '../../src/modules/reports/product/dto/funnel-request.dto.js';
import { ProductBehaviourReportsService } from '../../src/modules/reports/product/product-behaviour-reports.service.js';
import { principal } from '../factories/principal.factory.js';
import { ConcurrencyLimit } from '../../src/common/concurrency-limit.js';
import { ReportRun, reportRun } from '../../src/modules/analytics/product/raw/report-run.js';
import { filtersFromQuery } from '../../src/modules/reports/product/properties/property-filters.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';
import { openRawReports, openRawSources, openScopes, type ProjectSettings } from '../support/raw-reports.js';

interface TestEvent {
  eventName: string;
  timestamp: Date | null;
  userId?: string;
  anonymousId?: string;
  processName?: string;
  processId?: string;
  properties?: Record<string, unknown>;
}

const CALLER = principal();
const at = (text: string) => Date.parse(text);

let mongo: TestMongo;
let connection: Connection;
let sequence = 0;

beforeAll(async () => {
  mongo = await startTestMongo();
  connection = createConnection(mongo.uri, { dbName: `reports-${randomUUID()}`, bufferCommands: false });
  await connection.asPromise();
  await connection.collection('events').createIndex({ projectKey: 1, timestamp: 1 });
  await connection.collection('events').createIndex({ projectKey: 1, eventName: 1, timestamp: 1 });
}, 120_000);

afterAll(async () => {
  await connection?.dropDatabase();
  await connection?.close();
  await mongo?.stop();
});

/** The reports over raw events. */
function reportsFor(settings: ProjectSettings = {}) {
  const runs = new ProductRunsService(
    new ProductProcessRepository(connection),
    new ProductSessionsRepository(connection),
    new RawEventSourceRepository(connection),
  );
  const behaviour = new ProductBehaviourReportsService(openScopes(settings), openRawSources(connection), runs, {
    now: Date.now,
  });
  return {
    ...openRawReports(connection, settings),
    funnel: async (request: FunnelRequestDto) => (await behaviour.funnel(CALLER, request)).report,
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

describe('product reports', () => {
  const event = (eventName: string, time: string | null, ids: Partial<TestEvent> = {}): TestEvent => ({
    eventName,
    timestamp: time === null ? null : new Date(time),
    ...ids,
  });

  it('should count a visitor who signs in as one person (T2)', async () => {
    const projectKey = await store([
      event('app_open', '2025-01-06T10:00:00Z', { anonymousId: 'anon-1' }),
      event('purchase_success', '2025-01-06T10:05:00Z', { anonymousId: 'anon-1', userId: 'user-123' }),
    ]);
    const reports = reportsFor();
    expect(await reports.overview(CALLER, { projectKey })).toEqual({
      projectKey,
      range: { from: null, to: null },
      totalEvents: 2,
      uniqueUsers: 1,
      uniqueEventNames: 2,
    });
    expect(
      await reports.conversion(CALLER, { projectKey, eventName: 'purchase_success', from: '2025-01-06', to: '' }),
    ).toEqual({
      projectKey,
      conversionEvent: 'purchase_success',
      range: { from: '2025-01-06', to: null },
      totalUsers: 1,
      convertedUsers: 1,
      conversionRate: 1,
    });
  });

  it('should count persons over time as T6 says', async () => {
    const three = [1, 2, 3].map((hour) => event('open', `2025-01-06T0${hour}:00:00Z`, { anonymousId: 'anon-1' }));
    const projectKey = await store([
      event('open', '2025-01-08T10:00:00Z', { anonymousId: 'anon-1', userId: 'u2' }),
      event('open', '2025-01-08T11:00:00Z', { anonymousId: 'anon-1', userId: 'u2' }),
      event('login', '2025-01-07T10:00:00Z', { anonymousId: 'anon-1', userId: 'u1' }),
      event('login', '2025-01-07T11:00:00Z', { anonymousId: 'anon-2', userId: 'u1' }),
      event('open', '2025-01-06T12:00:00Z', { anonymousId: 'anon-2' }),
      ...three,
    ]);
    const persons = async (from: string, to: string) =>
      (await reportsFor().overview(CALLER, { projectKey, from, to })).uniqueUsers;
    expect(await persons('2025-01-06', '2025-01-06')).toBe(1);
    expect(await persons('2025-01-08', '2025-01-08')).toBe(1);
    expect(await persons('2025-01-06', '2025-01-12')).toBe(2);
  });

  it('should sort equal counts by name, leave out what is excluded and lower the limit', async () => {
    const names = Array.from({ length: 60 }, (_, i) => `e${String(i).padStart(2, '0')}`);
    const projectKey = await store([...names, 'e07', '$eventName'].map((name) => event(name, null)));
    const top = async (query: { limit?: string; exclude?: string[] }) =>
      (await reportsFor().topEvents(CALLER, { projectKey, ...query })).items.map((item) => item.eventName);
    expect(await top({ limit: '3' })).toEqual(['e07', '$eventName', 'e00']);
    expect(await top({ limit: '3', exclude: ['e07,e00', '$eventName'] })).toEqual(['e01', 'e02', 'e03']);
    expect(await top({ limit: '1000' })).toHaveLength(50);
    expect(await top({})).toHaveLength(10);
  });

  it('should use the zone and week start of the project unless asked for another', async () => {
    const projectKey = await store([event('a', '2025-01-04T23:30:00Z')]);
    const reports = reportsFor({ timezone: 'Europe/Berlin', weekStart: 7 });
    const series = async (query: object) => (await reports.eventsTimeseries(CALLER, { projectKey, ...query })).items;
    expect(await series({})).toEqual([{ time: '2025-01-05', count: 1 }]);
    expect(await series({ tz: 'UTC' })).toEqual([{ time: '2025-01-04', count: 1 }]);
    expect(await series({ interval: 'hour' })).toEqual([{ time: '2025-01-05 00:00', count: 1 }]);
    expect(await series({ interval: 'week', from: '2025-01-04', to: '2025-01-12' })).toEqual([
      { time: '2024-12-29', count: 0 },
      { time: '2025-01-05', count: 1 },
      { time: '2025-01-12', count: 0 },
    ]);
    expect(await series({ interval: 'month', from: '2024-12-31' })).toEqual([
      { time: '2024-12', count: 0 },
      { time: '2025-01', count: 1 },
    ]);
  });

  it('should fill empty buckets of a range and give none without events and range', async () => {
    const projectKey = await store([event('a', null)]);
    const reports = reportsFor();
    expect((await reports.eventsTimeseries(CALLER, { projectKey })).items).toEqual([]);
    expect((await reports.eventsTimeseries(CALLER, { projectKey, from: '2025-01-01' })).items).toEqual([]);
    expect(
      (await reports.eventsTimeseries(CALLER, { projectKey, from: '2025-01-01', to: '2025-01-02' })).items,
    ).toEqual([
      { time: '2025-01-01', count: 0 },
      { time: '2025-01-02', count: 0 },
    ]);
    expect(await reports.conversion(CALLER, { projectKey, eventName: 'a' })).toMatchObject({
      totalUsers: 0,
      conversionRate: 0,
    });
  });

  it('should jump from name to name in the index for the names of events', async () => {
    const projectKey = await store(
      Array.from({ length: 300 }, (_, i) => event(`n${i % 3}`, new Date(1736157600000 + i).toISOString())),
    );
    const plan = await connection
      .collection('events')
      .aggregate([{ $match: { projectKey, timestamp: { $gte: new Date(0) } } }, { $group: { _id: '$eventName' } }], {
        hint: { projectKey: 1, eventName: 1, timestamp: 1 },
      })
      .explain('executionStats');
    expect(JSON.stringify(plan)).toContain('DISTINCT_SCAN');
    expect(JSON.stringify(plan)).toMatch(/"totalKeysExamined":\d,"totalDocsExamined":0/);
  });

  it('should keep the latest items of a series where a lone event lies in the first year', async () => {
    const projectKey = await store([
      event('open', '0001-01-01T00:00:00Z', { userId: 'u1', properties: { country: 'FR' } }),
      event('open', '2025-01-06T10:00:00Z', { userId: 'u1', properties: { country: 'DE' } }),
    ]);
    const reports = reportsFor();
    const { items } = await reports.eventsTimeseries(CALLER, { projectKey });
    expect(items).toHaveLength(100_000);
    expect(items.filter(({ count }) => count > 0)).toEqual([{ time: '2025-01-06', count: 1 }]);
    const broken = await reports.eventsTimeseries(CALLER, { projectKey, breakdown: 'properties.country' });
    expect(broken.breakdown?.map(({ value, items: own }) => [value, own.length, own.at(-1)?.count])).toEqual([
      ['DE', 3846, 1],
    ]);
    await expect(
      reports.eventsTimeseries(CALLER, { projectKey, from: '0001-01-01', to: '2025-01-06' }),
    ).rejects.toThrow('more than 100000 points');
  });

  it('should take ids that are no text for none, whatever reads them', async () => {
    const odd = (ids: object) => event('open', '2025-01-06T10:00:00Z', { ...ids, properties: { country: 'DE' } });
    const projectKey = await store([
      ...[123, { a: 1 }, ['u1'], true, new Date(0)].flatMap((id) => [
        odd({ userId: id }),
        odd({ anonymousId: id }),
        odd({ userId: id, anonymousId: id }),
      ]),
      odd({ userId: 'u1' }),
    ]);
    const reports = reportsFor();
    const filters = filtersFromQuery({ 'filter[properties.country]': 'DE' });
    const breakdown = 'properties.country';
    for (const some of [undefined, filters]) {
      expect(await reports.overview(CALLER, { projectKey }, some)).toMatchObject({ totalEvents: 16, uniqueUsers: 1 });
      expect(await reports.conversion(CALLER, { projectKey, eventName: 'open', breakdown }, some)).toMatchObject({
        totalUsers: 1,
        convertedUsers: 1,
        breakdown: [{ value: 'DE', totalUsers: 1, convertedUsers: 1 }],
      });
    }
    const { steps } = await reports.funnel({ projectKey, steps: ['open', 'close'] });
    expect(steps.map(({ users }) => users)).toEqual([1, 0]);
  });

  it('should take names and ids that look like operators as text', async () => {
    const projectKey = await store([event('$userId', '2025-01-06T10:00:00Z', { userId: '$eventName' })]);
    const reports = reportsFor();
    expect(await reports.conversion(CALLER, { projectKey, eventName: '$userId' })).toMatchObject({
      totalUsers: 1,
      convertedUsers: 1,
    });
    expect(await reports.conversion(CALLER, { projectKey, eventName: '$eventName' })).toMatchObject({
      convertedUsers: 0,
    });
  });

  it('should merge the index for a funnel instead of sorting events', async () => {
    const projectKey = await store([event('a', '2025-01-06T10:00:00Z'), event('b', '2025-01-06T10:00:00Z')]);
    const plan = await connection
      .collection('events')
      .find({ projectKey, timestamp: { $gte: new Date(0) }, eventName: { $in: ['a', 'b'] } })
      .hint({ projectKey: 1, eventName: 1, timestamp: 1 })
      .sort({ timestamp: 1 })
      .explain('queryPlanner');
    expect(JSON.stringify(plan.queryPlanner)).toContain('SORT_MERGE');
    expect(JSON.stringify(plan.queryPlanner)).not.toContain('"stage":"SORT"');
  });

  it('should stop reading when nobody waits for the answer any more', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) =>
      event('open', new Date(1736157600000 + i).toISOString(), {
        userId: `u${i}`,
        properties: { text: 'x'.repeat(200) },
      }),
    );
    const projectKey = await store(rows);
    const run = new ReportRun(new ConcurrencyLimit({ maxRunning: 1, maxWaiting: 0, busy: () => new Error('busy') }));
    const filters = filtersFromQuery(
      Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`filter[properties.text${i}][neq]`, 'y'])),
    );
    const report = reportRun.run(run, () => reportsFor().overview(CALLER, { projectKey }, filters));
    setTimeout(() => run.abandon(), 10);
    await expect(report).rejects.toThrow('The caller is gone');
    run.close();
    // The pool of connections is none the worse for it.
    expect((await reportsFor().overview(CALLER, { projectKey })).totalEvents).toBe(rows.length);
  });

  it('should agree with a count by hand over random events', async () => {
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'Africa/Cairo',
      'Asia/Kolkata',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
    );
    const time = fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: at('2025-10-25T10:00:00Z'), max: at('2025-10-28T10:00:00Z') }) },
      {
        weight: 2,
        arbitrary: fc.integer({ min: 0, max: 12 }).map((quarter) => at('2025-10-25T22:00:00Z') + quarter * 900_000),
      },
      { weight: 1, arbitrary: fc.constant(null) },
    );
    const some = (...ids: string[]) => fc.option(fc.constantFrom(...ids), { nil: undefined });
    const events = fc.array(
      fc
        .record({
          eventName: fc.constantFrom('a', 'b', 'c'),
          timestamp: time.map((instant) => (instant === null ? null : new Date(instant))),
          userId: some('u1', 'u2', 'x'),
          anonymousId: some('n1', 'n2', 'n3', 'x'),
          processName: some('checkout', 'upload'),
          processId: some('r1', 'r2', 'r3'),
        })
        .map((row) => JSON.parse(JSON.stringify(row)) as TestEvent)
        .map((row) => ({ ...row, timestamp: row.timestamp && new Date(row.timestamp) })),
      { maxLength: 60 },
    );
    const bound = fc.option(
      fc.oneof(
        fc.constantFrom('2025-10-25', '2025-10-26', '2025-10-27'),
        fc.constantFrom('2025-10-26T00:30:00Z', '2025-10-26T12:07:00+02:00'),
      ),
      { nil: undefined },
    );
    const steps = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 2, maxLength: 4 });
    const window = fc.constantFrom(undefined, '15m', '6h', '2d');

    await fc.assert(
      fc.asyncProperty(events, zone, bound, bound, steps, window, async (rows, tz, from, to, names, limit) => {
        const [lower, upper] = [day(from, tz).start, day(to, tz).end];
        fc.pre(lower < upper);
        const projectKey = await store(rows);
        const query = { projectKey, tz, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
        const reports = reportsFor();
        const open = from === undefined && to === undefined;
        const inside = rows.filter(({ timestamp }) =>
          timestamp === null ? open : +timestamp >= lower && +timestamp < upper,
        );
        const links = firstUsers(rows);
        const person = (row: TestEvent) =>
          row.userId
            ? `user ${row.userId}`
            : row.anonymousId && links.has(row.anonymousId)
              ? `user ${links.get(row.anonymousId)}`
              : row.anonymousId && `visitor ${row.anonymousId}`;
        const persons = (list: TestEvent[]) => new Set(list.map(person).filter(Boolean)).size;

        expect(await reports.overview(CALLER, query)).toMatchObject({
          totalEvents: inside.length,
          uniqueUsers: persons(inside),
          uniqueEventNames: new Set(inside.map((row) => row.eventName)).size,
        });

        const counts = ['a', 'b', 'c'].map((eventName) => ({
          eventName,
          count: inside.filter((row) => row.eventName === eventName).length,
        }));
        expect((await reports.topEvents(CALLER, query)).items).toEqual(
          counts
            .filter(({ count }) => count > 0)
            .sort((x, y) => y.count - x.count || x.eventName.localeCompare(y.eventName)),
        );

        const converted = persons(inside.filter((row) => row.eventName === 'b'));
        const total = persons(inside);
        expect(await reports.conversion(CALLER, { ...query, eventName: 'b' })).toMatchObject({
          totalUsers: total,
          convertedUsers: converted,
          conversionRate: total === 0 ? 0 : converted / total,
        });

        const timed = inside.filter((row) => row.timestamp !== null);
        for (const interval of ['hour', 'day'] as const) {
          const { items } = await reports.eventsTimeseries(CALLER, { ...query, interval });
          expect(items).toEqual(
            seriesByHand(
              timed,
              interval,
              tz,
              from === undefined ? undefined : lower,
              to === undefined ? undefined : upper,
            ),
          );
        }

        const byPerson = timed.filter(person).map((row) => ({ who: person(row)!, row }));
        const funnel = await reports.funnel({ ...query, steps: names, window: limit });
        expect(funnel.steps.map((step) => step.users)).toEqual(usersByHand(byPerson, names, limit));

        const byRun = timed
          .filter((row) => row.processName === 'checkout' && row.processId)
          .map((row) => ({ who: row.processId!, row }));
        const runs = await reports.funnel({
          ...query,
          steps: names,
          window: limit,
          mode: 'PROCESS',
          processName: 'checkout',
        });
        expect(runs.steps.map((step) => step.users)).toEqual(usersByHand(byRun, names, limit));
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  /** First instant and first instant after a bound; local days are found by asking the clock every quarter hour. */
  function day(bound: string | undefined, tz: string): { start: number; end: number } {
    if (bound === undefined) return { start: -Infinity, end: Infinity };
    if (bound.length > 10) return { start: at(bound), end: at(bound) + 1 };
    const clock = localClock(tz);
    let start = at(`${bound}T00:00:00Z`) - 26 * 3_600_000;
    while (clock(start).slice(0, 10) < bound) start += 900_000;
    let end = start;
    while (clock(end).slice(0, 10) === bound) end += 900_000;
    return { start, end };
  }

  function localClock(tz: string): (instant: number) => string {
    const format = new Intl.DateTimeFormat('en-CA', {
      timeZone: tz,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    return (instant) => format.format(instant);
  }

  /** One item per local label, walking the clock by quarter hours; a clock that goes back begins a new hour. */
  function seriesByHand(rows: TestEvent[], interval: 'hour' | 'day', tz: string, from?: number, upper?: number) {
    const times = rows.map((row) => row.timestamp!.getTime()).sort((a, b) => a - b);
    const first = from ?? times[0];
    const end = upper ?? (times.length > 0 ? times.at(-1)! + 1 : undefined);
    if (first === undefined || end === undefined) return [];
    const clock = localClock(tz);
    const items: { time: string; count: number }[] = [];
    let before = '';
    for (let quarter = Math.floor(first / 900_000) * 900_000; quarter < end; quarter += 900_000) {
      const local = clock(quarter);
      const time = interval === 'day' ? local.slice(0, 10) : `${local.slice(0, 10)} ${local.slice(12, 14)}:00`;
      if (items.at(-1)?.time !== time || (interval === 'hour' && local < before)) items.push({ time, count: 0 });
      items.at(-1)!.count += times.filter((instant) => instant >= quarter && instant < quarter + 900_000).length;
      before = local;
    }
    return items;
  }

  /** Per step: of whom some choice of distinct events fills the steps so far, in order and within the window. */
  function usersByHand(
    events: { who: string; row: TestEvent }[],
    steps: string[],
    window: string | undefined,
  ): number[] {
    const limit = { '15m': 15 * 60_000, '6h': 6 * 3_600_000, '2d': 48 * 3_600_000 }[window ?? ''] ?? Infinity;
    const reached = [...new Set(events.map(({ who }) => who))].map((who) => {
      const mine = events
        .filter((one) => one.who === who)
        .map(({ row }) => ({ name: row.eventName, time: +row.timestamp! }));
      let deepest = 0;
      const fill = (depth: number, start: number, last: number, used: number[]): void => {
        deepest = Math.max(deepest, depth);
        if (deepest === steps.length) return;
        mine.forEach(({ name, time }, i) => {
          if (name !== steps[depth] || used.includes(i) || time < last) return;
          if (depth === 0) fill(1, time, time, [i]);
          else if (time - start <= limit) fill(depth + 1, start, time, [...used, i]);
        });
      };
      fill(0, 0, -Infinity, []);
      return deepest;
    });
    return steps.map((_, step) => reached.filter((depth) => depth > step).length);
  }
});
