import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { createConnection, type Connection } from 'mongoose';
import type { PropertyFilter } from '../../src/modules/analytics/product/properties/property-filter.js';
import type { ReportScopesService } from '../../src/modules/reports/product/report-scopes.service.js';
import { principal, anonymous } from '../factories/principal.factory.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';
import { openRawReports, openScopes } from '../support/raw-reports.js';

interface TestEvent {
  eventName: string;
  timestamp: Date | null;
  userId?: string;
  anonymousId?: string;
  properties?: Record<string, unknown>;
}

const CALLER = principal();

let mongo: TestMongo;
let connection: Connection;
let sequence = 0;

beforeAll(async () => {
  mongo = await startTestMongo();
  connection = createConnection(mongo.uri, { dbName: `properties-${randomUUID()}`, bufferCommands: false });
  await connection.asPromise();
  await connection.collection('events').createIndex({ projectKey: 1, timestamp: 1 });
  await connection.collection('events').createIndex({ projectKey: 1, eventName: 1, timestamp: 1 });
}, 120_000);

afterAll(async () => {
  await connection?.dropDatabase();
  await connection?.close();
  await mongo?.stop();
});

/** Stores events, and links of anonymousIds as `{ anon: user }`. */
async function store(events: TestEvent[], links: Record<string, string> = {}): Promise<string> {
  const projectKey = `p${++sequence}`;
  const rows = [projectKey, `${projectKey}x`].flatMap((key) => events.map((event) => ({ projectKey: key, ...event })));
  if (rows.length > 0) await connection.collection('events').insertMany(rows, { ordered: false });
  const documents = Object.entries(links).map(([a, userId]) => ({ _id: { p: projectKey, a }, userId }));
  if (documents.length > 0) await connection.collection('identity_links').insertMany(documents as never[]);
  return projectKey;
}

function event(
  eventName: string,
  time: string | null,
  properties?: Record<string, unknown>,
  ids: Pick<TestEvent, 'userId' | 'anonymousId'> = {},
): TestEvent {
  return { eventName, timestamp: time === null ? null : new Date(time), ...(properties && { properties }), ...ids };
}

const equal = (key: string, ...texts: string[]): PropertyFilter => ({ path: [key], operator: 'in', texts });

describe('reports on properties', () => {
  const reports = () => openRawReports(connection);

  it('should count screens, write numbers as text and name what is missing', async () => {
    const view = (screen_name: unknown) => event('screen_view', '2025-01-06T10:00:00Z', { screen_name });
    const projectKey = await store([
      ...['home', 'home', 'cart', 5, '5', 1.5, true, null, '', 'Unknown', ['x'], '$home'].map(view),
      event('screen_view', null),
      event('view_item', null, { screen_name: 'home' }),
    ]);
    expect(await reports().topScreens(CALLER, { projectKey })).toEqual({
      projectKey,
      items: [
        { screenName: 'Unknown', count: 4 },
        { screenName: '5', count: 2 },
        { screenName: 'home', count: 2 },
        { screenName: '$home', count: 1 },
        { screenName: '(list)', count: 1 },
        { screenName: '1.5', count: 1 },
        { screenName: 'cart', count: 1 },
        { screenName: 'true', count: 1 },
      ],
    });
    const inRange = await reports().topScreens(CALLER, { projectKey, from: '2025-01-06', limit: '1' });
    expect(inRange.items).toEqual([{ screenName: 'Unknown', count: 3 }]);
    const filtered = await reports().topScreens(CALLER, { projectKey }, [equal('screen_name', '5', '(none)')]);
    expect(filtered.items).toEqual([
      { screenName: 'Unknown', count: 3 },
      { screenName: '5', count: 2 },
    ]);
  });

  it('should list 20 screens, or as many as asked for up to 100', async () => {
    const names = Array.from({ length: 120 }, (_, i) => `s${String(i).padStart(3, '0')}`);
    const projectKey = await store(names.map((screen_name) => event('screen_view', null, { screen_name })));
    const list = async (limit?: string) => (await reports().topScreens(CALLER, { projectKey, limit })).items;
    expect((await list()).map((item) => item.screenName)).toEqual(names.slice(0, 20));
    expect(await list('3')).toHaveLength(3);
    expect(await list('5000')).toHaveLength(100);
  });

  it('should count clicks by button and its text, and views by item and its name', async () => {
    const projectKey = await store([
      event('button_click', null, { button_id: 'b', button_text: 'Buy' }),
      event('button_click', null, { button_id: 'a', button_text: 'Buy' }),
      event('button_click', null, { button_id: 'a', button_text: 'Ask' }),
      event('button_click', null, { button_id: 7, button_text: 'Go' }),
      event('button_click', null, { button_id: '7', button_text: 'Go' }),
      event('button_click', null, {}),
      event('view_item', null, { item_id: 12, item_name: 'Shirt' }),
      event('view_item', null, { item_name: 'Shirt' }),
      event('view_item', null),
    ]);
    expect((await reports().buttonClicks(CALLER, { projectKey })).items).toEqual([
      { buttonId: '7', buttonText: 'Go', count: 2 },
      { buttonId: 'a', buttonText: 'Ask', count: 1 },
      { buttonId: 'a', buttonText: 'Buy', count: 1 },
      { buttonId: 'b', buttonText: 'Buy', count: 1 },
      { buttonId: 'unknown', buttonText: 'Unknown', count: 1 },
    ]);
    expect((await reports().viewItems(CALLER, { projectKey })).items).toEqual([
      { itemId: '12', itemName: 'Shirt', count: 1 },
      { itemId: 'unknown', itemName: 'Shirt', count: 1 },
      { itemId: 'unknown', itemName: 'Unknown', count: 1 },
    ]);
  });

  it('should follow the local clock through its changes', async () => {
    const times = [
      ...['2025-10-25T23:59:59.999Z', '2025-10-26T00:00:00Z', '2025-10-26T00:59:59.999Z', '2025-10-26T01:00:00Z'],
      ...['2025-10-26T01:59:59.999Z', '2025-10-26T02:00:00Z', '2025-07-01T12:00:00Z', '1965-01-01T11:30:00Z'],
    ];
    const projectKey = await store([
      ...times.map((time) => event('screen_view', time, { screen_name: 'home' })),
      event('screen_view', null, { screen_name: 'home' }),
      event('screen_view', '2025-01-01T00:00:00Z'),
    ]);
    const byHour = async (query: object) =>
      (await reports().screenViewsByHour(CALLER, { projectKey, ...query })).items.map(
        ({ screenName, hour, count }) => `${screenName} ${hour}: ${count}`,
      );
    // The hour from 2 to 3 is twice as long that day.
    expect(await byHour({ tz: 'Europe/Berlin' })).toEqual([
      'Unknown 1: 1',
      'home 1: 1',
      'home 2: 4',
      'home 3: 1',
      'home 12: 1',
      'home 14: 1',
    ]);
    expect(await byHour({ tz: 'Asia/Kolkata', from: '2025-10-26', to: '2025-10-26' })).toEqual([
      'home 5: 2',
      'home 6: 2',
      'home 7: 2',
    ]);
    expect(await byHour({ from: '2025-10-26T01:00:00Z', to: '2025-10-26T01:00:00Z' })).toEqual(['home 1: 1']);
    expect(await byHour({ from: '2030-01-01' })).toEqual([]);
  });

  it('should break the figures down by the most frequent values', async () => {
    const rows = [
      event('open', '2025-01-06T10:00:00Z', { country: 'DE' }, { anonymousId: 'a1' }),
      event('open', '2025-01-06T11:00:00Z', { country: 'DE' }, { userId: 'u1' }),
      event('buy', '2025-01-08T10:00:00Z', { country: 'DE' }, { userId: 'u2' }),
      event('buy', '2025-01-07T10:00:00Z', { country: 'FR' }, { userId: 'u1' }),
      event('open', '2025-01-06T10:00:00Z', {}, { userId: 'u1' }),
      event('open', null, { country: 5 }, {}),
      event('open', '2025-01-07T10:00:00Z', { country: '5' }, {}),
    ];
    const projectKey = await store(rows, { a1: 'u1' });
    const query = { projectKey, breakdown: 'properties.country' };
    expect(await reports().overview(CALLER, query)).toMatchObject({
      totalEvents: 7,
      uniqueUsers: 2,
      breakdown: [
        { value: 'DE', totalEvents: 3, uniqueUsers: 2, uniqueEventNames: 2 },
        { value: '5', totalEvents: 2, uniqueUsers: 0, uniqueEventNames: 1 },
        { value: '(none)', totalEvents: 1, uniqueUsers: 1, uniqueEventNames: 1 },
        { value: 'FR', totalEvents: 1, uniqueUsers: 1, uniqueEventNames: 1 },
      ],
      otherValues: 0,
    });
    expect(await reports().topEvents(CALLER, { ...query, exclude: ['open'] })).toEqual({
      projectKey,
      items: [{ eventName: 'buy', count: 2 }],
      breakdown: [
        { value: 'DE', items: [{ eventName: 'buy', count: 1 }] },
        { value: 'FR', items: [{ eventName: 'buy', count: 1 }] },
      ],
      otherValues: 0,
    });
    expect(await reports().conversion(CALLER, { ...query, eventName: 'buy' })).toMatchObject({
      totalUsers: 2,
      convertedUsers: 2,
      breakdown: [
        { value: 'DE', totalUsers: 2, convertedUsers: 1, conversionRate: 0.5 },
        { value: '5', totalUsers: 0, convertedUsers: 0, conversionRate: 0 },
        { value: '(none)', totalUsers: 1, convertedUsers: 0, conversionRate: 0 },
        { value: 'FR', totalUsers: 1, convertedUsers: 1, conversionRate: 1 },
      ],
    });
    const series = await reports().eventsTimeseries(CALLER, query);
    expect(series.items.map((item) => item.count)).toEqual([3, 2, 1]);
    expect(series.breakdown?.map(({ value, items }) => [value, ...items.map((item) => item.count)])).toEqual([
      ['DE', 2, 0, 1],
      ['(none)', 1, 0, 0],
      ['5', 0, 1, 0],
      ['FR', 0, 1, 0],
    ]);
  });

  it('should list 25 values and tell how many more there are', async () => {
    const values = Array.from({ length: 30 }, (_, i) => `v${String(i).padStart(2, '0')}`);
    const projectKey = await store(['v29', ...values].map((v) => event('open', '2025-01-06T10:00:00Z', { v })));
    const query = { projectKey, breakdown: 'properties.v' };
    const expected = ['v29', ...values.slice(0, 24)];
    const overview = await reports().overview(CALLER, query);
    expect(overview.breakdown?.map(({ value }) => value)).toEqual(expected);
    expect(overview.otherValues).toBe(5);
    const series = await reports().eventsTimeseries(CALLER, query);
    expect(series.breakdown?.map(({ value }) => value)).toEqual(expected);
    expect(series.otherValues).toBe(5);
  });

  it('should compare with the time before', async () => {
    const at = (time: string, userId: string, eventName = 'open') => event(eventName, time, {}, { userId });
    const projectKey = await store([
      at('2025-10-24T10:00:00Z', 'u1'),
      at('2025-10-25T10:00:00Z', 'u1'),
      at('2025-10-25T21:59:59.999Z', 'u2'),
      at('2025-10-25T22:00:00Z', 'u3'),
      at('2025-10-26T22:59:59.999Z', 'u3', 'buy'),
      at('2025-10-26T23:00:00Z', 'u4'),
    ]);
    const query = { projectKey, tz: 'Europe/Berlin', from: '2025-10-26', to: '2025-10-26', compare: 'previous' };
    expect(await reports().overview(CALLER, query)).toEqual({
      projectKey,
      range: { from: '2025-10-26', to: '2025-10-26' },
      totalEvents: 2,
      uniqueUsers: 1,
      uniqueEventNames: 2,
      previous: {
        range: { from: '2025-10-25', to: '2025-10-25' },
        totalEvents: 2,
        uniqueUsers: 2,
        uniqueEventNames: 1,
      },
      change: { totalEvents: 0, uniqueUsers: -0.5, uniqueEventNames: 1 },
    });
    expect((await reports().eventsTimeseries(CALLER, { ...query, from: '2025-10-25' })).previous).toEqual({
      range: { from: '2025-10-23', to: '2025-10-24' },
      items: [
        { time: '2025-10-23', count: 0 },
        { time: '2025-10-24', count: 1 },
      ],
    });
    const empty = await reports().overview(CALLER, { ...query, from: '2025-10-20', to: '2025-10-20' });
    expect(empty.change).toEqual({ totalEvents: null, uniqueUsers: null, uniqueEventNames: null });
    await expect(reports().overview(CALLER, { ...query, to: '' })).rejects.toThrow('needs `from` and `to`');
  });

  it('should give for each value what a filter for it gives', async () => {
    const scalar = fc.constantFrom<unknown>('DE', 'FR', '10', 10, 10.5, true, 'true', '', null, '(none)', [1], {
      a: 1,
    });
    const id = (...ids: string[]) => fc.option(fc.constantFrom(...ids), { nil: undefined, freq: 2 });
    const events = fc.array(
      fc
        .record({
          eventName: fc.constantFrom('a', 'b', 'screen_view'),
          hour: fc.option(fc.integer({ min: 0, max: 72 }), { freq: 8 }),
          userId: id('u1', 'u2', 'n1'),
          anonymousId: id('n1', 'n2', 'n3'),
          properties: fc.record({ c: scalar, 'k.$': scalar }, { requiredKeys: [], noNullPrototype: true }),
        })
        .map(({ hour, userId, anonymousId, ...rest }) => ({
          ...rest,
          timestamp: hour === null ? null : new Date(Date.UTC(2025, 9, 25) + hour * 3_600_000),
          ...(userId !== undefined && { userId }),
          ...(anonymousId !== undefined && { anonymousId }),
        })),
      { minLength: 1, maxLength: 50 },
    );
    const ranges = fc.constantFrom<{ from?: string; to?: string }>(
      {},
      { from: '2025-10-26' },
      { from: '2025-10-25', to: '2025-10-26T12:00:00Z' },
    );
    const others = fc.constantFrom<PropertyFilter[]>([], [{ path: ['c'], operator: 'notIn', texts: ['FR'] }]);

    await fc.assert(
      fc.asyncProperty(events, ranges, others, async (rows, range, filters) => {
        const projectKey = await store(rows, { n1: 'u1', n2: 'u9' });
        const query = { projectKey, tz: 'Europe/Berlin', ...range };
        const broken = { ...query, breakdown: 'properties.c' };
        const api = reports();
        const overview = await api.overview(CALLER, broken, filters);
        const values = overview.breakdown!.map(({ value }) => value);
        expect(overview.breakdown!.reduce((sum, { totalEvents }) => sum + totalEvents, 0)).toBe(overview.totalEvents);
        for (const [i, value] of values.entries()) {
          const only = [...filters, equal('c', value)];
          const { totalEvents, uniqueUsers, uniqueEventNames } = await api.overview(CALLER, query, only);
          expect(overview.breakdown![i]).toEqual({ value, totalEvents, uniqueUsers, uniqueEventNames });

          const top = await api.topEvents(CALLER, broken, filters);
          const { items } = await api.topEvents(CALLER, query, only);
          expect(top.breakdown![i]).toEqual({ value, items });

          const conversion = await api.conversion(CALLER, { ...broken, eventName: 'b' }, filters);
          expect(await api.conversion(CALLER, { ...query, eventName: 'b' }, only)).toMatchObject(
            withoutValue(conversion.breakdown![i]!),
          );
        }
        const series = await api.eventsTimeseries(CALLER, { ...broken, interval: 'hour' }, filters);
        for (const { value, items } of series.breakdown!) {
          const own = await api.eventsTimeseries(CALLER, { ...query, interval: 'hour' }, [
            ...filters,
            equal('c', value),
          ]);
          expect(items.filter(({ count }) => count > 0)).toEqual(own.items.filter(({ count }) => count > 0));
          expect(items.map(({ time }) => time)).toEqual(series.items.map(({ time }) => time));
        }
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});

describe('source=raw', () => {
  const open = (scopes: ReportScopesService, caller: ReturnType<typeof principal>) =>
    scopes.open(caller, { projectKey: 'p', source: 'raw' });

  it('should be for admins only', async () => {
    const scopes = openScopes();
    await expect(open(scopes, principal({ role: 'admin' }))).resolves.toMatchObject({ raw: true });
    await expect(open(scopes, principal({ kind: 'apiKey', role: 'admin', scopes: ['admin'] }))).resolves.toMatchObject({
      raw: true,
    });
    for (const caller of [principal(), anonymous(), principal({ kind: 'apiKey', role: 'admin', scopes: ['read'] })]) {
      await expect(open(scopes, caller)).rejects.toThrow('Only admins may ask for source=raw');
      await expect(scopes.open(caller, { projectKey: 'p', source: '' })).resolves.toMatchObject({ raw: false });
    }
  });
});

function withoutValue<T extends { value: string }>(figures: T): Omit<T, 'value'> {
  const { value: _, ...rest } = figures;
  return rest;
}
