import fc from 'fast-check';
import type { Connection } from 'mongoose';
import { localDate, type Span } from '../../src/common/time/calendar.js';
import type { MongoConfig } from '../../src/config/app.config.js';
import { WriteCommands } from '../../src/infra/mongo/write-commands.js';
import type { UserSettings } from '../../src/modules/auth/user-settings.js';
import { DAY_MS, utcDayOf } from '../../src/modules/events/browser/days/browser-day.js';
import type { ColumnEvent } from '../../src/modules/events/browser/days/event-columns.js';
import { browserEvent, visit, type SyncEvent } from '../factories/browser-event.factory.js';
import { principal } from '../factories/principal.factory.js';
import { createBrowserServer, openBrowserStore, type BrowserServer } from '../support/browser-store.js';
import { creditByTheMinute } from '../support/minute-simulation.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';

const MINUTE = 60_000;
const MONDAY = Date.parse('2025-01-13T00:00:00Z');
const RUNS = Number(process.env.PROPERTY_RUNS ?? 20);

let mongo: TestMongo;
let connection: Connection;
let server: BrowserServer;
let settings: UserSettings;
let now: number;
let users = 0;
let ann: string;

beforeAll(async () => {
  mongo = await startTestMongo();
  connection = await openBrowserStore(mongo.uri);
  server = createBrowserServer(connection, { settings: () => settings, now: () => now });
}, 120_000);

beforeEach(() => {
  ann = `ann-${users++}`;
  settings = {};
  now = MONDAY + 6 * DAY_MS + 12 * 60 * MINUTE;
});

afterAll(async () => {
  await connection.dropDatabase();
  await connection.close();
  await mongo.stop();
});

const send = (events: SyncEvent[], userId = ann) => server.sync.sync(principal({ userId }), { events });
const span = (from: string, toExclusive: string): Span => ({
  from: Date.parse(from),
  toExclusive: Date.parse(toExclusive),
});

async function minutes(within: Span, gap: 'cap' | 'drop' = 'cap', userId = ann): Promise<Record<string, number>> {
  const { domains } = await server.analytics.timeSpent(userId, within, settings, gap);
  return Object.fromEntries(domains.map((row) => [row.domain, row.minutes]));
}

describe('time spent', () => {
  const whole = span('2025-01-13T00:00:00Z', '2025-01-14T00:00:00Z');

  it('T3 should be told as the contract’s examples say', async () => {
    await send([
      visit('2025-01-13T09:00Z', 'github.com'),
      browserEvent('2025-01-13T09:10Z', 'IDLE_STATE_CHANGED', { state: 'idle' }),
      browserEvent('2025-01-13T09:25Z', 'IDLE_STATE_CHANGED', { state: 'active' }),
      visit('2025-01-13T09:30Z', 'youtube.com', { tabId: 2 }),
      browserEvent('2025-01-13T09:35Z', 'WINDOW_FOCUS_CHANGED', { windowId: -1 }),
      browserEvent('2025-01-13T10:30Z', 'WINDOW_FOCUS_CHANGED', { windowId: 1 }),
      visit('2025-01-13T10:31Z', 'github.com'),
    ]);
    const told = await server.analytics.timeSpent(ann, whole, settings);
    expect(told).toEqual({
      domains: [
        { domain: 'github.com', category: 'work', ms: 15 * MINUTE, minutes: 15 },
        { domain: 'youtube.com', category: 'entertainment', ms: 6 * MINUTE, minutes: 6 },
      ],
      totalMs: 21 * MINUTE,
      totalMinutes: 21,
      gapPolicy: 'cap',
    });
    settings = { categorization: { 'youtube.com': 'learning' } };
    expect((await server.analytics.timeSpent(ann, whole, settings)).domains[1]!.category).toBe('learning');
  });

  it('T3 should take gaps as asked', async () => {
    await send([
      visit('2025-01-13T09:00:00Z', 'a.example'),
      visit('2025-01-13T09:29:59Z', 'b.example'),
      visit('2025-01-13T10:10:00Z', 'c.example'),
      visit('2025-01-13T10:12:00Z', 'a.example'),
    ]);
    expect(await minutes(whole)).toEqual({ 'a.example': 29.98, 'b.example': 30, 'c.example': 2 });
    expect(await minutes(whole, 'drop')).toEqual({ 'a.example': 29.98, 'c.example': 2 });
  });

  it('should be that of the whole history, cut to the span', async () => {
    await send([
      visit('2025-01-12T23:50Z', 'a.example'),
      browserEvent('2025-01-13T00:10Z', 'TAB_UPDATED', { tabId: 1, windowId: 1 }),
      browserEvent('2025-01-13T00:15Z', 'IDLE_STATE_CHANGED', { state: 'locked' }),
      // Still at the page of the evening before yesterday.
      browserEvent('2025-01-15T08:00Z', 'IDLE_STATE_CHANGED', { state: 'active' }),
      browserEvent('2025-01-15T08:20Z', 'WINDOW_FOCUS_CHANGED', { windowId: -1 }),
    ]);
    expect(await minutes(whole)).toEqual({ 'a.example': 15 });
    expect(await minutes(span('2025-01-12T00:00Z', '2025-01-13T00:00Z'))).toEqual({ 'a.example': 10 });
    expect(await minutes(span('2025-01-14T00:00Z', '2025-01-15T00:00Z'))).toEqual({});
    expect(await minutes(span('2025-01-15T00:00Z', '2025-01-16T00:00Z'))).toEqual({ 'a.example': 20 });
    expect(await minutes(span('2025-01-15T08:05Z', '2025-01-15T08:06:30Z'))).toEqual({ 'a.example': 1.5 });
  });

  it('should credit the last event of a span until the next one, however late, and the last of all with nothing', async () => {
    const evening = span('2025-01-13T00:00Z', '2025-01-13T18:10Z');
    await send([visit('2025-01-13T18:00Z', 'a.example')]);
    expect(await minutes(evening)).toEqual({});
    await send([visit('2025-01-17T09:00Z', 'b.example')]);
    expect(await minutes(evening)).toEqual({ 'a.example': 10 });
    expect(await minutes(whole)).toEqual({ 'a.example': 30 });
    expect(await minutes(whole, 'drop')).toEqual({});
    await send([visit('2025-01-13T18:20Z', 'c.example')]);
    expect(await minutes(whole)).toEqual({ 'a.example': 20, 'c.example': 30 });
    expect(await minutes(evening, 'drop')).toEqual({ 'a.example': 10 });
  });

  it('should go on from a checkpoint, and not from one that late events have overtaken', async () => {
    const days = Array.from({ length: 6 }, (_, i) => visit(MONDAY + i * DAY_MS, 'a.example', { tabId: 5 }));
    await send(days);
    const sunday = span('2025-01-19T00:00Z', '2025-01-20T00:00Z');
    const stored = () => connection.collection('browser_checkpoints').find({ '_id.u': ann }).toArray();
    await send([
      browserEvent('2025-01-19T09:00Z', 'IDLE_STATE_CHANGED', { state: 'active' }),
      browserEvent('2025-01-19T09:10Z', 'WINDOW_FOCUS_CHANGED', { windowId: -1 }),
    ]);
    expect(await minutes(sunday)).toEqual({ 'a.example': 10 });
    expect(await stored()).toHaveLength(1);
    // From it, not from the days before it.
    await connection
      .collection('browser_checkpoints')
      .updateOne({ '_id.u': ann }, [
        { $set: { state: { $replaceAll: { input: '$state', find: 'a.example', replacement: 'z.example' } } } },
      ]);
    expect(await minutes(sunday)).toEqual({ 'z.example': 10 });
    await send([visit('2025-01-15T09:00Z', 'late.example', { tabId: 5 }), visit('2025-01-18T01:00Z', 'b.example')]);
    expect(await minutes(sunday)).toEqual({ 'b.example': 10 });
    expect(await minutes(sunday)).toEqual({ 'b.example': 10 });
  });

  describe('a checkpoint', () => {
    const weekend = span('2025-01-18T00:00Z', '2025-01-20T00:00Z');
    const stored = () => connection.collection('browser_checkpoints').find({ '_id.u': ann }).toArray();

    beforeEach(() => send(Array.from({ length: 6 }, (_, i) => visit(MONDAY + i * DAY_MS, 'secret.example'))));

    it('should not be made of days that are being written to', async () => {
      const write = await server.days.begin(ann, [utcDayOf(MONDAY)]);
      await minutes(weekend);
      expect(await stored()).toEqual([]);
      await server.days.end(ann, [utcDayOf(MONDAY)], write);
      await minutes(weekend);
      expect(await stored()).toHaveLength(1);
    });

    it('should be erased with the history', async () => {
      await minutes(weekend);
      expect(await stored()).toHaveLength(1);
      await server.history.delete(ann);
      expect(await stored()).toEqual([]);
    });

    it('should not outlive a history that is erased while it is made', async () => {
      const commands = new (class extends WriteCommands {
        override async count(command: { update?: string }) {
          if (command.update === 'browser_checkpoints') await server.history.delete(ann);
          return super.count(command);
        }
      })(connection, { embedded: true } as MongoConfig);
      const slow = createBrowserServer(connection, { commands });
      await slow.analytics.timeSpent(ann, weekend, settings);
      expect(await server.history.count(ann)).toBe(0);
      expect(await stored()).toEqual([]);
    });

    it('L1 should leave no columns of a day that is erased while they are made', async () => {
      const commands = new (class extends WriteCommands {
        override async count(command: { update?: string }) {
          if (command.update === 'browser_day_columns') await server.history.delete(ann);
          return super.count(command);
        }
      })(connection, { embedded: true } as MongoConfig);
      const slow = createBrowserServer(connection, { commands });
      await slow.analytics.timeSpent(ann, weekend, settings);
      expect(await connection.collection('browser_day_columns').countDocuments({ '_id.u': ann })).toBe(0);
    });
  });

  describe('over random histories', () => {
    const domain = fc.constantFrom('a.example', 'b.example', 'c.example');
    const tabId = fc.constantFrom(1, 2, 3);
    const windowId = fc.constantFrom(1, 2);
    const url = domain.map((name) => `https://${name}/`);
    const told = fc.oneof(
      { weight: 4, arbitrary: fc.record({ type: fc.constant('TAB_ACTIVATED'), url, tabId, windowId }) },
      { weight: 2, arbitrary: fc.record({ type: fc.constant('TAB_UPDATED'), url, tabId, windowId }) },
      fc.record({ type: fc.constant('TAB_UPDATED'), url: fc.constant('about:blank'), tabId, windowId }),
      fc.record({ type: fc.constant('TAB_REMOVED'), tabId, windowId }),
      fc.record({ type: fc.constant('WINDOW_FOCUS_CHANGED'), windowId: fc.constantFrom(-1, 1, 2) }),
      fc.record({ type: fc.constant('IDLE_STATE_CHANGED'), state: fc.constantFrom('active', 'active', 'idle') }),
    );
    const pause = fc.oneof(
      { weight: 8, arbitrary: fc.nat(25) },
      { weight: 2, arbitrary: fc.constantFrom(29, 30, 31) },
      { weight: 1, arbitrary: fc.nat(2000) },
      // So that some spans have enough days before them to be read from a checkpoint.
      { weight: 2, arbitrary: fc.constant(DAY_MS / MINUTE) },
    );
    const history = fc
      .array(fc.tuple(told, pause, fc.constantFrom(undefined, undefined, 'laptop')), {
        minLength: 1,
        maxLength: 60,
        size: 'max',
      })
      .map((parts) => {
        let at = MONDAY - 2 * DAY_MS;
        return parts.map(([{ type, ...more }, minutesLater, deviceId], i) => {
          at += minutesLater * MINUTE;
          return browserEvent(at, type, { ...more, ...(deviceId && { deviceId }) }, `p-${i}`);
        });
      });
    /** Minutes of the history: where a span begins and how long it is. */
    const anySpan = fc.tuple(fc.nat(16_000), fc.nat(3000));

    it('T3 should equal the simulation, whatever comes late, twice, in parts, is erased, or is asked in between', async () => {
      // Later than any of the events, which would be moved to it.
      now = MONDAY + 365 * DAY_MS;
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          history,
          fc.array(anySpan, { minLength: 1, maxLength: 4 }),
          fc.infiniteStream(fc.nat()),
          async (events, spans, random) => {
            const user = `${ann}-${run++}`;
            const next = (bound: number) => (random.next().value as number) % bound;
            const waiting = events.map((event) => ({ event, key: next(1000) })).sort((a, b) => a.key - b.key);
            let sent: SyncEvent[] = [];
            while (waiting.length > 0) {
              const part = waiting.splice(0, 1 + next(30)).map(({ event }) => event);
              const again = sent.slice(0, next(5));
              await send([...part, ...again], user);
              sent.push(...part);
              if (next(3) === 0) await packSome(user, next);
              if (next(12) === 0) {
                expect(await server.history.delete(user)).toBe(sent.length);
                sent = [];
              }
              const gap = next(2) === 0 ? 'cap' : 'drop';
              const byMinute = simulated(sent, gap);
              for (const [begin, length] of spans) {
                const from = MONDAY - 2 * DAY_MS + begin * MINUTE;
                const within = { from, toExclusive: from + length * MINUTE };
                expect(await minutes(within, gap, user)).toEqual(sumsWithin(byMinute, within));
              }
            }
          },
        ),
        // To look for a smaller failure takes longer than the test has.
        { numRuns: RUNS, endOnFailure: true },
      );
      const ofThese = { '_id.u': { $regex: `^${ann}-` } };
      expect(await connection.collection('browser_checkpoints').countDocuments(ofThese)).toBeGreaterThan(0);
    }, 120_000);

    async function packSome(userId: string, next: (bound: number) => number): Promise<void> {
      for (const { day } of await server.columns.listDays(userId)) {
        if (next(2) === 0) await server.columns.pack({ userId, day });
      }
    }
  });
});

function simulated(events: SyncEvent[], gap: 'cap' | 'drop'): Map<number, string> {
  const told = events.map(({ type, ts, payload }): ColumnEvent => {
    const { url, tabId = null, windowId = null, state = null, deviceId = null } = payload as Record<string, any>;
    const domain = typeof url === 'string' && url.startsWith('https:') ? new URL(url).hostname : null;
    return { at: ts, type, domain, hasAddress: url !== undefined, tabId, windowId, state, device: deviceId };
  });
  return creditByTheMinute(told, gap);
}

function sumsWithin(byMinute: ReadonlyMap<number, string>, { from, toExclusive }: Span): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [minute, domain] of byMinute) {
    if (minute >= from && minute < toExclusive) sums[domain] = (sums[domain] ?? 0) + 1;
  }
  return sums;
}

describe('counts', () => {
  const sunday = '2025-01-19';

  beforeEach(async () => {
    await send([
      visit('2025-01-12T23:30:00Z', 'github.com'),
      visit('2025-01-13T09:00:00Z', 'github.com'),
      visit('2025-01-13T09:30:00Z', 'youtube.com'),
      visit('2025-01-19T09:00:00Z', 'unknown.example'),
      visit('2025-01-19T10:00:00Z', 'chat.reddit.com'),
      browserEvent('2025-01-19T10:00:00Z', 'IDLE_STATE_CHANGED', { state: 'idle' }),
      visit('2025-01-19T23:30:00Z', 'github.com'),
    ]);
  });

  it('T15 should cover the local calendar days that end today', async () => {
    const caller = principal({ userId: ann });
    const utc = await server.reports.dashboard(caller, { days: 7 });
    expect([utc.span.from, utc.span.toExclusive]).toEqual([MONDAY, MONDAY + 7 * DAY_MS]);
    expect([utc.totalEvents, utc.dailyEvents.length, utc.days]).toEqual([6, 7, 7]);
    expect(utc.dailyEvents.filter(({ count }) => count > 0)).toEqual([
      { date: '2025-01-13', count: 2 },
      { date: sunday, count: 4 },
    ]);
    settings = { timezone: 'Europe/Berlin' };
    const berlin = await server.reports.dashboard(caller, { days: 7 });
    // The first event of the UTC week belongs to Monday there, the last to the Monday after.
    expect(berlin.dailyEvents[0]).toEqual({ date: '2025-01-13', count: 3 });
    expect(berlin.dailyEvents.at(-1)).toEqual({ date: sunday, count: 3 });
    const tokyo = await server.reports.dashboard(caller, { days: 1, timeZone: 'Asia/Tokyo' });
    expect(tokyo.dailyEvents).toEqual([{ date: sunday, count: 3 }]);
    now = Date.parse('2025-11-22T05:40:00Z');
    const november = await server.reports.dashboard(caller, { days: 7 });
    expect(new Date(november.span.from).toISOString()).toBe('2025-11-15T23:00:00.000Z');
  });

  it('should count domains, types and hours', async () => {
    const week = { from: MONDAY, toExclusive: MONDAY + 7 * DAY_MS };
    const { domains, types, hours } = await server.analytics.dashboard(ann, week, 'UTC');
    expect(domains).toEqual([
      { domain: 'github.com', count: 2 },
      { domain: 'chat.reddit.com', count: 1 },
      { domain: 'unknown.example', count: 1 },
      { domain: 'youtube.com', count: 1 },
    ]);
    expect(types).toEqual([
      { type: 'TAB_ACTIVATED', count: 5 },
      { type: 'IDLE_STATE_CHANGED', count: 1 },
    ]);
    expect(hours.filter((count) => count > 0)).toEqual([3, 2, 1]);
    expect(await server.analytics.topDomains(ann, week, 1)).toEqual([{ domain: 'github.com', count: 2 }]);
    expect(await server.analytics.eventCount(ann, week)).toBe(6);
    expect(await server.analytics.eventCount('nobody', week)).toBe(0);
  });

  it('should find the peaks by the local clock, and none of nothing', async () => {
    const whole = { from: MONDAY - DAY_MS, toExclusive: MONDAY + 7 * DAY_MS };
    expect(await server.analytics.patterns(ann, whole, 'UTC')).toEqual({
      peakHour: { hour: 9, count: 3 },
      peakDay: { day: 1, count: 5 },
    });
    expect(await server.analytics.patterns(ann, whole, 'Europe/Berlin')).toEqual({
      peakHour: { hour: 10, count: 3 },
      peakDay: { day: 2, count: 4 },
    });
    expect(await server.analytics.patterns('nobody', whole, 'UTC')).toEqual({ peakHour: null, peakDay: null });
  });

  it('T9 should score events with a domain, and minutes', async () => {
    const day = localDate(sunday, 'UTC');
    await send([
      visit('2025-01-19T11:00:00Z', 'github.com'),
      browserEvent('2025-01-19T11:00:00Z', 'IDLE_STATE_CHANGED', { state: 'active' }),
      visit('2025-01-19T11:20:00Z', 'youtube.com'),
      visit('2025-01-19T11:30:00Z', 'unknown.example'),
      browserEvent('2025-01-19T11:40:00Z', 'WINDOW_FOCUS_CHANGED', { windowId: -1 }),
    ]);
    const told = await server.analytics.productivity(ann, day, settings);
    expect(told).toEqual({
      score: 25,
      productiveEvents: 2,
      socialEvents: 2,
      totalEvents: 6,
      productivePercentage: 33.33,
      socialPercentage: 33.33,
      productiveMinutes: 20,
      socialMinutes: 10,
      neutralMinutes: 40,
      totalMinutes: 70,
      timeScore: 25,
    });
    settings = { categorization: { 'unknown.example': 'learning', 'youtube.com': 'other' } };
    expect(await server.analytics.productivity(ann, day, settings)).toMatchObject({
      score: 62.5,
      productiveEvents: 4,
      socialEvents: 1,
      productiveMinutes: 60,
      neutralMinutes: 10,
      timeScore: 85.71,
    });
    expect(await server.analytics.productivity('nobody', day, settings)).toMatchObject({ score: 0, timeScore: 0 });
  });

  it('should have a version that changes with what is answered and with nothing else', async () => {
    const day = localDate('2025-01-13', 'UTC');
    const version = () => server.analytics.dataVersion(ann, day);
    const first = await version();
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    // Of another day, far enough not to matter.
    await send([visit('2025-01-18T09:00:00Z', 'github.com')]);
    expect(await version()).toBe(first);
    // Late, within the day.
    await send([visit('2025-01-13T12:00:00Z', 'github.com', {}, 'late')]);
    const second = await version();
    expect(second).not.toBe(first);
    await send([visit('2025-01-13T12:00:00Z', 'github.com', {}, 'late')]);
    expect(await version()).toBe(second);
    // Before the day, with an effect on it.
    await send([browserEvent('2025-01-12T23:59:00Z', 'IDLE_STATE_CHANGED', { state: 'locked' })]);
    expect(await version()).not.toBe(second);
    expect(await server.analytics.dataVersion('nobody', day)).not.toBe(second);
    await server.history.delete(ann);
    expect(await version()).toBe(await server.analytics.dataVersion('nobody', day));
  });
});
