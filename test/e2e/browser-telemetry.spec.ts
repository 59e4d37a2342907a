import { randomUUID } from 'node:crypto';
import { ApiClient } from '../support/api-client.js';
import { ServerProcess } from '../support/server.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Yesterday at 09:00 UTC, so that every event lies within the last days whatever the hour of the test. */
const NINE = Math.floor(Date.now() / DAY) * DAY - DAY + 9 * HOUR;
const date = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** What the browser extension sends for one event. */
function extensionEvent(type: string, at: number, payload: object = {}): { _id: string; [key: string]: unknown } {
  return { _id: randomUUID(), v: 1, type, ts: at, payload: { type, ts: at, ...payload } };
}

function visit(at: number, url: string, tabId = 1): ReturnType<typeof extensionEvent> {
  return extensionEvent('TAB_ACTIVATED', at, { tabId, windowId: 10, url, title: `Page of ${url}` });
}

/** GitHub for 40 minutes (30 are credited without a signal), YouTube for 20, then the computer is locked. */
const EVENTS = [
  visit(NINE, 'https://www.github.com/almanac?token=secret#readme'),
  visit(NINE + 40 * MINUTE, 'https://youtube.com/watch', 2),
  extensionEvent('IDLE_STATE_CHANGED', NINE + HOUR, { state: 'locked' }),
];

describe('browser telemetry over HTTP', () => {
  let server: ServerProcess;
  let ann: ApiClient;
  let annId: string;
  let ben: ApiClient;

  beforeAll(async () => {
    server = await ServerProcess.start({ env: { RATE_LIMIT_ENABLED: 'false' } });
    const api = new ApiClient(server.url);
    ben = (await api.register('ben')).client;
    const registered = await api.register('ann');
    [ann, annId] = [registered.client, registered.user.id];
  });

  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  it('should take what the extension sends, once, and judge each event by itself', async () => {
    const hidden = extensionEvent('TAB_ACTIVATED', NINE, { incognito: true, url: 'https://bank.example/' });
    const broken = [{ _id: randomUUID(), type: 'TAB_CREATED', ts: 'yesterday' }, 5, hidden];
    const first = await ann.post('/api/events/sync', { events: [...EVENTS, ...broken] });
    expect([first.status, first.body]).toEqual([
      200,
      {
        success: true,
        message: expect.any(String),
        received: 6,
        inserted: 3,
        duplicates: 0,
        rejected: [
          { index: 3, reason: 'ts must be epoch milliseconds' },
          { index: 4, reason: 'event must be an object' },
          { index: 5, reason: 'private' },
        ],
      },
    ]);
    const again = await ann.post('/api/events/sync', { events: EVENTS });
    expect([again.status, again.body]).toMatchObject([
      200,
      { success: true, inserted: 0, duplicates: 3, rejected: [] },
    ]);
    expect((await ann.post('/api/events/sync', {})).status).toBe(400);
    expect((await ann.post('/api/events/sync', { events: [] })).status).toBe(200);
  });

  it('should refuse more than 5,000 events, and more than 8 MB', async () => {
    const many = Array.from({ length: 5001 }, (_, i) => ({ _id: `${i}`, type: 'TAB_CREATED', ts: NINE }));
    expect((await ben.post('/api/events/sync', { events: many })).status).toBe(413);
    const large = { events: [extensionEvent('TAB_CREATED', NINE, { note: 'x'.repeat(8 * 1024 * 1024) })] };
    expect((await ben.post('/api/events/sync', large)).status).toBe(413);
    expect((await ben.get('/api/events/count')).body).toEqual({ count: 0 });
  });

  const stored = (index: number): object => {
    const { type, ts, payload } = EVENTS[index] as unknown as { type: string; ts: number; payload: any };
    const url = payload.url === undefined ? null : payload.url.replace(/[?#].*$/, '');
    return {
      id: expect.any(String),
      userId: annId,
      type,
      timestamp: new Date(ts).toISOString(),
      domain: url === null ? null : new URL(url).host.replace(/^www\./, ''),
      tabId: payload.tabId ?? null,
      windowId: payload.windowId ?? null,
      url,
      title: payload.title === undefined ? null : payload.title.replace(/[?#].*$/, ''),
    };
  };

  it('should list events, the newest first', async () => {
    const all = { events: [stored(2), stored(1), stored(0)], total: 3, limit: 100, skip: 0 };
    expect((await ann.get('/api/events')).body).toEqual(all);
    expect((await ann.get('/api/events/')).body).toEqual(all);
    const query = `start_date=${date(NINE)}&end_date=${date(NINE)}&type=TAB_ACTIVATED&domain=github.com&limit=5&skip=0`;
    expect((await ann.get(`/api/events/?${query}`)).body).toEqual({ events: [stored(0)], total: 1, limit: 5, skip: 0 });
    expect((await ann.get('/api/events/?limit=1&skip=1')).body).toEqual({
      events: [stored(1)],
      total: 3,
      limit: 1,
      skip: 1,
    });
    expect((await ann.get('/api/events/?limit=5000')).body.limit).toBe(1000);
  });

  it('should count, group and export events', async () => {
    expect((await ann.get('/api/events/count')).body).toEqual({ count: 3 });
    const recent = (await ann.get('/api/events/recent?hours=48&limit=2')).body;
    expect(recent).toEqual({ events: [stored(2), stored(1)], hours: 48, count: 2 });
    expect((await ann.get('/api/events/recent?hours=1')).body).toEqual({ events: [], hours: 1, count: 0 });
    expect((await ann.get('/api/events/domains?limit=1')).body).toEqual({
      domains: [{ domain: 'github.com', count: 1, lastVisit: new Date(NINE).toISOString() }],
      total: 2,
    });
    expect((await ann.get('/api/events/stats')).body).toEqual({
      total: 3,
      by_type: [
        { type: 'TAB_ACTIVATED', count: 2 },
        { type: 'IDLE_STATE_CHANGED', count: 1 },
      ],
    });
    const exported = await ann.get('/api/events/export');
    expect(exported.headers.get('content-type')).toContain('application/x-ndjson');
    const lines = exported.text.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).type)).toEqual(EVENTS.map(({ type }) => type));
    expect(exported.text).not.toContain('secret');
  });

  it('should answer the dashboard, filled with zeroes', async () => {
    const { body } = await ann.get('/api/analytics/dashboard?days=3');
    const today = Math.floor(Date.now() / DAY) * DAY;
    expect(body).toEqual({
      period: { start: expect.any(String), end: expect.any(String), days: 3 },
      total_events: 3,
      daily_events: [today - 2 * DAY, today - DAY, today].map((at) => ({
        date: date(at),
        count: date(at) === date(NINE) ? 3 : 0,
      })),
      top_domains: [
        { domain: 'github.com', count: 1 },
        { domain: 'youtube.com', count: 1 },
      ],
      event_types: [
        { type: 'TAB_ACTIVATED', count: 2 },
        { type: 'IDLE_STATE_CHANGED', count: 1 },
      ],
      hourly_activity: Array.from({ length: 24 }, (_, hour) => ({ hour, count: { 9: 2, 10: 1 }[hour] ?? 0 })),
    });
  });

  it('T3 should credit time to the active tab, up to half an hour without a signal', async () => {
    expect((await ann.get('/api/analytics/time-spent?days=3')).body).toEqual({
      time_spent: [
        { domain: 'github.com', minutes: 30, hours: 0.5, category: 'work' },
        { domain: 'youtube.com', minutes: 20, hours: 0.33, category: 'entertainment' },
      ],
      total_minutes: 50,
      gap_policy: 'cap',
    });
    expect((await ann.get('/api/analytics/time-spent?days=3&gap=drop')).body).toEqual({
      time_spent: [{ domain: 'youtube.com', minutes: 20, hours: 0.33, category: 'entertainment' }],
      total_minutes: 20,
      gap_policy: 'drop',
    });
  });

  it('should score productivity by events and by time', async () => {
    // 100 · 0.5 − 25 · 0.5, and 100 · 0.6 − 25 · 0.4 over minutes.
    expect((await ann.get('/api/analytics/productivity?days=3')).body).toEqual({
      score: 37.5,
      productive_events: 1,
      social_events: 1,
      total_events: 2,
      productive_percentage: 50,
      social_percentage: 50,
      productive_minutes: 30,
      social_minutes: 20,
      neutral_minutes: 0,
      time_score: 50,
    });
  });

  it('should find the hour and the weekday with the most events', async () => {
    const weekday = new Date(NINE).getUTCDay();
    expect((await ann.get('/api/analytics/patterns')).body).toEqual({
      most_active_hour: 9,
      most_active_day: new Date(NINE).toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' }),
      patterns: { peak_hour: { _id: 9, count: 2 }, peak_day: { _id: weekday + 1, count: 3 } },
    });
  });

  it('should show nothing of it to others', async () => {
    expect((await ben.get('/api/events')).body).toEqual({ events: [], total: 0, limit: 100, skip: 0 });
    expect((await ben.get('/api/events/domains')).body).toEqual({ domains: [], total: 0 });
    expect((await ben.get('/api/analytics/time-spent')).body).toEqual({
      time_spent: [],
      total_minutes: 0,
      gap_policy: 'cap',
    });
    expect((await ben.get('/api/analytics/patterns')).body.patterns).toEqual({ peak_hour: null, peak_day: null });
    expect((await new ApiClient(server.url).get('/api/events')).status).toBe(401);
  });

  it('should neither name an excluded domain nor count its time for the page before', async () => {
    const { client } = await new ApiClient(server.url).register('cleo');
    await client.put('/api/auth/update-profile', { settings: { excluded_domains: ['bank.example'] } });
    const background = [10, 20, 30, 40].map((minutes) =>
      extensionEvent('TAB_UPDATED', NINE + minutes * MINUTE, { tabId: 3, windowId: 10, url: 'https://docs.example/' }),
    );
    const events = [
      visit(NINE, 'https://github.com/'),
      visit(NINE + 5 * MINUTE, 'https://my.bank.example/account/4711', 2),
      ...background,
      visit(NINE + 50 * MINUTE, 'https://github.com/', 1),
      visit(NINE + 52 * MINUTE, 'https://github.com/', 1),
    ];
    expect((await client.post('/api/events/sync', { events })).body).toMatchObject({ inserted: 8, rejected: [] });
    expect((await client.get('/api/analytics/time-spent?days=3')).body).toMatchObject({
      time_spent: [{ domain: 'github.com', minutes: 7 }],
      total_minutes: 7,
    });
    const everything = [await client.get('/api/events'), await client.get('/api/events/export')];
    expect(everything.map(({ text }) => text).join('')).not.toMatch(/bank|account/);
  });

  it('should erase the history when it is confirmed', async () => {
    expect((await ann.delete('/api/events')).status).toBe(400);
    const { status, body } = await ann.delete('/api/events?confirm=true');
    expect([status, body]).toEqual([200, { success: true, message: expect.any(String), deleted: 3 }]);
    expect((await ann.get('/api/events/count')).body).toEqual({ count: 0 });
    expect((await ann.get('/api/events/domains')).body).toEqual({ domains: [], total: 0 });
  });
});
