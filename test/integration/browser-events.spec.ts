import fc from 'fast-check';
import type { Connection } from 'mongoose';
import { InvalidInputError, TooLargeError, UnavailableError } from '../../src/common/errors/domain.error.js';
import { WriteCommands } from '../../src/infra/mongo/write-commands.js';
import type { MongoConfig } from '../../src/config/app.config.js';
import type { SyncOutcome } from '../../src/modules/events/browser/browser-sync.service.js';
import { DAY_MS, utcDayOf } from '../../src/modules/events/browser/days/browser-day.js';
import { MAX_COLUMN_EVENTS } from '../../src/modules/events/browser/days/event-columns.js';
import { browserEvent, visit, type SyncEvent } from '../factories/browser-event.factory.js';
import { principal } from '../factories/principal.factory.js';
import { createBrowserServer, openBrowserStore, type BrowserServer } from '../support/browser-store.js';
import { FlakyCommands } from '../support/flaky-commands.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';

const MONDAY = Date.parse('2025-01-13T00:00:00Z');
const MINUTE = 60_000;

let mongo: TestMongo;
let connection: Connection;
let server: BrowserServer;
let users = 0;
let ann: string;
let bob: string;

beforeAll(async () => {
  mongo = await startTestMongo();
  connection = await openBrowserStore(mongo.uri);
}, 120_000);

beforeEach(() => {
  server = createBrowserServer(connection);
  users += 1;
  [ann, bob] = [`ann-${users}`, `bob-${users}`];
});

afterAll(async () => {
  await connection.dropDatabase();
  await connection.close();
  await mongo.stop();
});

const send = (userId: string, events: unknown[], to = server): Promise<SyncOutcome> =>
  to.sync.sync(principal({ userId }), { events });

const stored = (userId: string) => connection.collection('browser_events').find({ userId }).toArray();

/** What reports read: kind and time of every event. */
async function read(userId: string, from = server): Promise<string[]> {
  const found: string[] = [];
  for await (const { count, start, offsets, types, names } of from.columns.read(
    userId,
    await from.columns.listDays(userId),
  )) {
    for (let i = 0; i < count; i++) found.push(`${names.types[types[i]!]} ${start + offsets[i]! - MONDAY}`);
  }
  return found;
}

async function packAll(userId: string): Promise<void> {
  for (const { day } of await server.columns.listDays(userId)) await server.columns.pack({ userId, day });
}

const packedDays = async (userId: string): Promise<number> =>
  (await server.columns.listDays(userId)).filter(({ count }) => count !== null).length;

describe('a sync', () => {
  it('should store what the contract names', async () => {
    const now = MONDAY + DAY_MS;
    server = createBrowserServer(connection, { now: () => now });
    const event = visit(MONDAY, 'www.GitHub.com', { url: 'https://www.GitHub.com/a?b=c', deviceId: 'laptop' }, 'e-1');
    expect(await send(ann, [event])).toEqual({ received: 1, inserted: 1, duplicates: 0, rejected: [] });
    const [{ _id, ...row }] = (await stored(ann)) as unknown as [Record<string, unknown>];
    expect(row).toEqual({
      userId: ann,
      eventId: 'e-1',
      type: 'TAB_ACTIVATED',
      timestamp: new Date(MONDAY),
      domain: 'github.com',
      tabId: 1,
      windowId: 1,
      url: 'https://www.GitHub.com/a',
      title: 'Page of www.GitHub.com',
      device: 'laptop',
      payload: { ...event.payload, url: 'https://www.GitHub.com/a' },
      receivedAt: new Date(now),
    });
  });

  it('D3 should judge each event by itself', async () => {
    const outcome = await send(ann, [
      visit(MONDAY, 'a.example'),
      { ...visit(MONDAY, 'a.example'), ts: 'now' },
      null,
      visit(MONDAY, 'a.example', { incognito: true }),
      visit(MONDAY + 1, 'a.example'),
    ]);
    expect(outcome).toMatchObject({ received: 5, inserted: 2, duplicates: 0 });
    expect(outcome.rejected.map(({ index }) => index)).toEqual([1, 2, 3]);
    expect(outcome.rejected[2]!.reason).toBe('private');
    expect(await send(ann, [5, {}])).toMatchObject({ received: 2, inserted: 0, duplicates: 0 });
    expect(await send(ann, [])).toEqual({ received: 0, inserted: 0, duplicates: 0, rejected: [] });
  });

  it('should refuse a body without a list of events, and one that is too long', async () => {
    for (const body of [null, 5, [], {}, { events: {} }, { events: 'x' }])
      await expect(server.sync.sync(principal({ userId: ann }), body)).rejects.toThrow(InvalidInputError);
    await expect(send(ann, Array(5001).fill(null))).rejects.toThrow(TooLargeError);
    expect((await send(ann, Array(5000).fill(null))).rejected).toHaveLength(5000);
  });

  it('D2 should store each event once, however often and in whatever company it comes', async () => {
    const events = Array.from({ length: 2500 }, (_, i) => visit(MONDAY + i * MINUTE, 'a.example', {}, `d2-${i}`));
    const half = events.slice(0, 1300);
    const outcomes = await Promise.all([send(ann, half), send(ann, half), send(ann, [...half, ...half])]);
    const inserted = outcomes.reduce((sum, outcome) => sum + outcome.inserted, 0);
    expect(inserted).toBe(1300);
    for (const { received, duplicates, inserted: fresh } of outcomes) expect(duplicates + fresh).toBe(received);
    expect(await send(ann, events)).toEqual({ received: 2500, inserted: 1200, duplicates: 1300, rejected: [] });
    expect(await send(ann, events)).toEqual({ received: 2500, inserted: 0, duplicates: 2500, rejected: [] });
    expect(await stored(ann)).toHaveLength(2500);
    expect(await server.history.count(ann)).toBe(2500);
  });

  it('D2 should find the new ones among many that are stored', async () => {
    const known = Array.from({ length: 1500 }, (_, i) => visit(MONDAY + i, 'a.example', {}, `k-${i}`));
    await send(ann, known);
    const fresh = Array.from({ length: 700 }, (_, i) => visit(MONDAY + i, 'b.example', {}, `f-${i}`));
    const mixed = [...known, ...fresh].sort((a, b) => a.ts - b.ts);
    expect(await send(ann, mixed)).toEqual({ received: 2200, inserted: 700, duplicates: 1500, rejected: [] });
    expect(await stored(ann)).toHaveLength(2200);
  });

  it('should store the largest events, in more than one command', async () => {
    const zeros = Array<number>(15_000).fill(0);
    const large = Array.from({ length: 16 }, (_, i) => visit(MONDAY + i, 'a.example', { zeros }, `l-${i}`));
    await send(ann, [large[14]]);
    expect(await send(ann, large)).toEqual({ received: 16, inserted: 15, duplicates: 1, rejected: [] });
    expect(await stored(ann)).toHaveLength(16);
    const rows = [];
    for await (const { id, payload } of server.history.stream(ann)) rows.push({ id, payload });
    expect(rows).toEqual(large.map(({ _id, payload }) => ({ id: _id, payload })));
  });

  it('should let two users have the same ids', async () => {
    const event = visit(MONDAY, 'a.example', {}, 'same');
    for (const user of [ann, bob]) expect(await send(user, [event])).toMatchObject({ inserted: 1 });
    expect(await read(bob)).toHaveLength(1);
  });

  it('should follow the settings as they are at the moment', async () => {
    let excluded: string[] = [];
    const own = createBrowserServer(connection, { settings: () => ({ excluded_domains: excluded }) });
    expect(await send(ann, [visit(MONDAY, 'my.bank.example')], own)).toMatchObject({ inserted: 1 });
    excluded = ['bank.example'];
    expect(await send(ann, [visit(MONDAY + 1, 'my.bank.example')], own)).toMatchObject({ inserted: 1, rejected: [] });
    expect((await stored(ann)).map(({ domain, url, title }) => [domain, url, title === undefined])).toEqual([
      ['my.bank.example', expect.stringContaining('my.bank.example'), expect.any(Boolean)],
      [undefined, '', true],
    ]);
  });

  it('D3 should account for every event of any batch', async () => {
    const anyItem = fc.oneof(
      fc
        .record({ _id: fc.constantFrom('1', '2', '3', '4'), ts: fc.nat(MONDAY) })
        .map(({ _id, ts }) => visit(ts, 'a.example', {}, _id)),
      fc.record({ _id: fc.constantFrom('1', '2'), type: fc.anything(), ts: fc.anything(), payload: fc.anything() }),
      fc.jsonValue(),
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyItem, { maxLength: 12 }), async (items) => {
        const user = `${ann}-${run++}`;
        const [first, second] = [await send(user, items), await send(user, items)];
        for (const { received, inserted, duplicates, rejected } of [first, second]) {
          expect([received, inserted + duplicates + rejected.length]).toEqual([items.length, items.length]);
        }
        expect(second).toEqual({ ...first, inserted: 0, duplicates: first.inserted + first.duplicates });
        expect(await stored(user)).toHaveLength(first.inserted);
      }),
      { numRuns: 40 },
    );
  });

  it('D4 should fail when the store does not take it, and lose nothing by it', async () => {
    const events = [visit(MONDAY, 'a.example', {}, 'x-1'), visit(MONDAY + 1, 'b.example', {}, 'x-2')];
    for (const fault of ['before', 'after'] as const) {
      const commands = new FlakyCommands(connection, (name) => (name === 'browser_events' ? fault : undefined));
      await expect(send(ann, events, createBrowserServer(connection, { commands }))).rejects.toThrow();
      expect(await read(ann)).toHaveLength(fault === 'before' ? 0 : 2);
    }
    expect(await send(ann, events)).toMatchObject({ inserted: 0, duplicates: 2 });
    expect(await read(ann)).toEqual(['TAB_ACTIVATED 0', 'TAB_ACTIVATED 1']);
  });

  it('D4 should stop a write that readers have given up on', async () => {
    const time = jumpingTime();
    const commands = new (class extends WriteCommands {
      override async run(command: never) {
        const errors = await super.run(command);
        time.jump(61_000);
        return errors;
      }
    })(connection, { embedded: true } as MongoConfig);
    try {
      const late = createBrowserServer(connection, { commands });
      await expect(send(ann, [visit(MONDAY, 'a.example')], late)).rejects.toThrow(UnavailableError);
    } finally {
      time.restore();
    }
    expect(await stored(ann)).toEqual([]);
  });
});

describe('packed days', () => {
  const week = () =>
    Array.from({ length: 7 * 24 }, (_, i) => visit(MONDAY + i * 60 * MINUTE, 'a.example', {}, `w-${i}`));
  const times = (events: SyncEvent[]) => events.map(({ type, ts }) => `${type} ${ts - MONDAY}`);

  it('should hold what is stored, and be made by the first reading', async () => {
    await send(ann, week());
    expect(await packedDays(ann)).toBe(0);
    expect(await read(ann)).toEqual(times(week()));
    expect(await packedDays(ann)).toBe(7);
    // From the packed days alone.
    await connection.collection('browser_events').deleteMany({ userId: ann });
    expect(await read(ann)).toEqual(times(week()));
    expect(await server.history.count(ann)).toBe(168);
  });

  it('should be made anew after late events, and only for their days', async () => {
    await send(ann, week());
    await packAll(ann);
    const late = visit(MONDAY + 1, 'late.example');
    await send(ann, [late]);
    expect(await packedDays(ann)).toBe(6);
    expect(await read(ann)).toEqual([times(week())[0], 'TAB_ACTIVATED 1', ...times(week()).slice(1)]);
    expect(await packedDays(ann)).toBe(7);
  });

  it('should not be used while a write may be under way, nor be made', async () => {
    await send(ann, [visit(MONDAY, 'a.example')]);
    await packAll(ann);
    const day = utcDayOf(MONDAY);
    const write = await server.days.begin(ann, [day]);
    // Inserted by another process, which has not told of the end.
    await connection.collection('browser_events').insertOne({
      userId: ann,
      type: 'X',
      timestamp: new Date(MONDAY + 5),
      receivedAt: new Date(),
    });
    expect(await read(ann)).toEqual(['TAB_ACTIVATED 0', 'X 5']);
    expect(await packedDays(ann)).toBe(0);
    await server.days.end(ann, [day], write);
    expect(await read(ann)).toEqual(['TAB_ACTIVATED 0', 'X 5']);
    expect(await packedDays(ann)).toBe(1);
  });

  it('should not be stored when a write came while their events were read', async () => {
    await send(ann, [visit(MONDAY, 'a.example')]);
    const [before] = await server.columns.listDays(ann);
    await send(ann, [visit(MONDAY + 5, 'a.example')]);
    const columns = await firstOf(server.columns.read(ann, [before!]));
    expect(columns.count).toBe(2);
    // What was read of the earlier state of the day counts for nothing.
    expect(await packedDays(ann)).toBe(0);
    expect(await read(ann)).toHaveLength(2);
  });

  it('should recover from a process that died between its events and their end', async () => {
    await send(ann, [visit(MONDAY, 'a.example')]);
    await packAll(ann);
    const commands: FlakyCommands = new FlakyCommands(connection, (name) => {
      if (name === 'browser_events') setImmediate(() => commands.kill());
      return undefined;
    });
    await send(ann, [visit(MONDAY + 5, 'a.example')], createBrowserServer(connection, { commands })).catch(() => null);
    expect(await read(ann)).toHaveLength(2);
    expect(await packedDays(ann)).toBe(0);
    // Two minutes later the write cannot be under way any more.
    await connection
      .collection('browser_days')
      .updateOne({ '_id.u': ann }, { $set: { open: { x: new Date(Date.now() - 121_000) } } });
    expect(await read(ann)).toHaveLength(2);
    expect(await packedDays(ann)).toBe(1);
    expect(await read(ann)).toHaveLength(2);
  });

  it('should not be made of days with too many events, which are left alone from then on', async () => {
    const many = Array.from({ length: MAX_COLUMN_EVENTS + 1 }, (_, i) => ({
      userId: ann,
      type: 'X',
      timestamp: new Date(MONDAY + i),
    }));
    await connection.collection('browser_events').insertMany(many, { writeConcern: { w: 1, journal: false } });
    await send(ann, [visit(MONDAY, 'a.example')]);
    await packAll(ann);
    const [day] = await server.columns.listDays(ann);
    expect(day).toMatchObject({ isOpen: false, count: many.length + 1 });
    expect(await connection.collection('browser_day_columns').countDocuments({ '_id.u': ann })).toBe(0);
    expect(await read(ann)).toHaveLength(many.length + 1);
    // The tests after it read whole collections.
    await connection
      .collection('browser_events')
      .deleteMany({ userId: ann }, { writeConcern: { w: 1, journal: false } });
  });

  it('should be listed for packing when they are at rest', async () => {
    await send(ann, week());
    const [recentDay, now] = [utcDayOf(MONDAY) + 5, Date.now()];
    const list = async (quiet: number, quietRecent: number) =>
      (
        await server.days.listDirty(
          { recentDay, quiet: new Date(now + quiet), quietRecent: new Date(now + quietRecent) },
          100,
        )
      )
        .filter(({ userId }) => userId === ann)
        .map(({ day }) => day - utcDayOf(MONDAY));
    expect(await list(-60_000, -60_000)).toEqual([]);
    expect(await list(60_000, -60_000)).toEqual([0, 1, 2, 3, 4]);
    expect(await list(60_000, 60_000)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const rest = { recentDay, quiet: new Date(now + 60_000), quietRecent: new Date(now + 60_000) };
    const third = { userId: ann, day: utcDayOf(MONDAY) + 2 };
    expect(await server.days.listDirty(rest, 1, third)).toEqual([{ userId: ann, day: third.day + 1 }]);
    await packAll(ann);
    expect(await list(60_000, 60_000)).toEqual([]);
  });
});

describe('a history', () => {
  const events = () => [
    visit('2025-01-13T09:00:00Z', 'a.example', {}, 'h-1'),
    visit('2025-01-13T09:00:00Z', 'b.example', {}, 'h-2'),
    browserEvent('2025-01-14T09:00:00Z', 'IDLE_STATE_CHANGED', { state: 'idle' }, 'h-3'),
    visit('2025-01-15T09:00:00Z', 'a.example', {}, 'h-4'),
  ];
  const page = { filter: {}, limit: 100, skip: 0 };
  const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id);

  beforeEach(async () => {
    await send(ann, events());
    await send(bob, [visit('2025-01-13T09:00:00Z', 'bob.example', {}, 'h-9')]);
  });

  it('should be listed newest first, in pages without gap or overlap', async () => {
    const all = await server.history.list(ann, page);
    expect(all.total).toBe(4);
    expect(idsOf(all.events).filter((id) => id !== 'h-1' && id !== 'h-2')).toEqual(['h-4', 'h-3']);
    const singly = [];
    for (let skip = 0; skip < 5; skip++)
      singly.push(...(await server.history.list(ann, { ...page, limit: 1, skip })).events);
    expect(idsOf(singly)).toEqual(idsOf(all.events));
  });

  it('should be filtered by time, type and domain', async () => {
    const day = (from: string, to: string) => ({ from: Date.parse(from), toExclusive: Date.parse(to) });
    const cases: [object, string[]][] = [
      [day('2025-01-14T00:00:00Z', '2025-01-15T09:00:00Z'), ['h-3']],
      [day('2025-01-14T00:00:00Z', '2025-01-15T09:00:00.001Z'), ['h-4', 'h-3']],
      [{ type: 'IDLE_STATE_CHANGED' }, ['h-3']],
      [{ domain: 'a.example' }, ['h-4', 'h-1']],
      [
        {
          domain: 'a.example',
          type: 'TAB_ACTIVATED',
          to: null,
          ...day('2025-01-15T00:00:00Z', '2025-01-16T00:00:00Z'),
        },
        ['h-4'],
      ],
      [{ domain: 'bob.example' }, []],
      [{ type: 'nothing' }, []],
    ];
    for (const [filter, ids] of cases) {
      const found = await server.history.list(ann, { ...page, filter });
      expect([filter, idsOf(found.events), found.total]).toEqual([filter, ids, ids.length]);
    }
  });

  it('should be counted by domain and type', async () => {
    expect(await server.history.listDomains(ann)).toEqual([
      { domain: 'a.example', count: 2, lastVisit: Date.parse('2025-01-15T09:00:00Z') },
      { domain: 'b.example', count: 1, lastVisit: Date.parse('2025-01-13T09:00:00Z') },
    ]);
    expect(await server.history.countTypes(ann, {})).toEqual([
      { type: 'TAB_ACTIVATED', count: 3 },
      { type: 'IDLE_STATE_CHANGED', count: 1 },
    ]);
    const only = { from: Date.parse('2025-01-13T09:00:00.001Z'), toExclusive: Date.parse('2025-01-15T09:00:00Z') };
    expect(await server.history.countTypes(ann, only)).toEqual([{ type: 'IDLE_STATE_CHANGED', count: 1 }]);
    expect(await server.history.count(ann)).toBe(4);
    expect(await server.history.count('nobody')).toBe(0);
  });

  it('should list what is recent', async () => {
    const now = Date.parse('2025-01-15T09:30:00Z');
    const later = createBrowserServer(connection, { now: () => now });
    expect(idsOf(await later.history.listRecent(ann, 1, 50))).toEqual(['h-4']);
    expect(idsOf(await later.history.listRecent(ann, 25, 50))).toEqual(['h-4', 'h-3']);
    expect(idsOf(await later.history.listRecent(ann, 100, 1))).toEqual(['h-4']);
  });

  it('should be erased whole, and nobody else’s with it', async () => {
    await packAll(ann);
    const span = { from: MONDAY, toExclusive: MONDAY + 7 * DAY_MS };
    await server.analytics.timeSpent(ann, span, {});
    expect(await server.history.delete(ann)).toBe(4);
    expect(await server.history.delete(ann)).toBe(0);
    expect(await server.history.list(ann, page)).toMatchObject({ events: [], total: 0 });
    expect((await server.history.list(bob, page)).total).toBe(1);
    for (const { name } of await connection.db!.listCollections().toArray()) {
      const left = await connection.collection(name).find().toArray();
      expect([name, JSON.stringify(left).includes(ann)]).toEqual([name, false]);
    }
    // What was erased may come again: the browser still has it.
    expect(await send(ann, events())).toMatchObject({ inserted: 4 });
    expect(await read(ann)).toHaveLength(4);
  });

  it('should keep what comes after the erasure has begun', async () => {
    let now = Date.now();
    const own = createBrowserServer(connection, { now: () => now });
    const erasure = own.history.delete(ann);
    now += 1;
    await send(ann, [visit('2025-01-13T10:00:00Z', 'after.example', {}, 'after')], own);
    await erasure;
    expect(idsOf((await server.history.list(ann, page)).events)).toEqual(['after']);
    expect(await read(ann)).toHaveLength(1);
  });

  it('should be exported with payloads, the oldest first', async () => {
    const rows = [];
    for await (const row of server.history.stream(ann)) rows.push(row);
    expect(idsOf(rows).slice(2)).toEqual(['h-3', 'h-4']);
    expect(rows[2]).toMatchObject({ userId: ann, payload: { state: 'idle' } });
  });
});

async function firstOf<T>(items: AsyncIterable<T>): Promise<T> {
  for await (const item of items) return item;
  throw new Error('There is none');
}

/** A monotonic clock that can be moved on. */
function jumpingTime(): { jump: (ms: number) => void; restore: () => void } {
  const real = performance.now.bind(performance);
  let ahead = 0;
  performance.now = () => real() + ahead;
  return { jump: (ms) => (ahead += ms), restore: () => (performance.now = real) };
}
