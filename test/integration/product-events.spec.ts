import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { Connection } from 'mongoose';
import { ForbiddenError, RateLimitedError, UnavailableError } from '../../src/common/errors/domain.error.js';
import type { BatchOutcome } from '../../src/modules/events/product/product-events.service.js';
import { principal } from '../factories/principal.factory.js';
import { FlakyCommands, type WriteFault } from '../support/flaky-commands.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';
import {
  createProductServer,
  openProductStore,
  type ProductServer,
  type ProductServerOptions,
} from '../support/product-store.js';

type Fields = Record<string, unknown>;

const ann = principal();
const good = { eventName: 'a', timestamp: '2025-01-06T10:00:00Z' };
const running = new AbortController().signal;

let mongo: TestMongo;
let connection: Connection;
let server: ProductServer;
let projectKey: string;

beforeAll(async () => {
  mongo = await startTestMongo();
  connection = await openProductStore(mongo.uri);
}, 120_000);

beforeEach(async () => {
  server = createProductServer(connection);
  ({ projectKey } = await server.projects.create(ann, 'Demo'));
});

afterAll(async () => {
  await connection.dropDatabase();
  await connection.close();
  await mongo.stop();
});

const send = (
  events: unknown[],
  options: { sentAt?: unknown; receivedAt?: Date; to?: ProductServer } = {},
): Promise<BatchOutcome> =>
  (options.to ?? server).events.recordBatch({ projectKey, events, sentAt: options.sentAt }, options.receivedAt);

const stored = (): Promise<Fields[]> =>
  connection.collection('events').find({ projectKey }).sort({ timestamp: 1 }).toArray();

async function links(): Promise<Record<string, string>> {
  const rows = await connection.collection('identity_links').find({ '_id.p': projectKey }).toArray();
  return Object.fromEntries(
    rows.map((row) => [(row._id as unknown as { a: string }).a, (row as unknown as { userId: string }).userId]),
  );
}

const pending = (): Promise<number> =>
  connection.collection('events').countDocuments({ projectKey, linkPending: true });

describe('recording a batch', () => {
  it('should store known fields with real dates, and nothing else', async () => {
    const receivedAt = new Date('2025-01-06T12:00:00.123Z');
    const full = {
      ...good,
      anonymousId: 'anon-1',
      userId: 'user-123',
      sessionId: 's',
      eventId: 'e1',
      processName: 'checkout',
      processId: 'p1',
      processStep: 'START',
      properties: { price: 9.9, tags: ['a'], nested: { n: null } },
    };
    expect(await send([{ ...full, _id: 'x', receivedAt: 'y', extra: 1 }, good], { receivedAt })).toEqual({
      received: 2,
      inserted: 2,
      duplicates: 0,
      rejected: [],
    });
    const rows = await connection
      .collection('events')
      .find({ projectKey })
      .sort({ eventId: -1 })
      .project({ _id: 0, epoch: 0 })
      .toArray();
    const timestamp = new Date('2025-01-06T10:00:00Z');
    expect(rows).toEqual([
      { ...full, projectKey, timestamp, receivedAt },
      { ...good, projectKey, timestamp, receivedAt },
    ]);
  });

  it('should store one bad event less, never fail the others (T12)', async () => {
    const outcome = await send([good, { processId: 1, processName: 5 }, { ...good, eventName: 'b' }]);
    expect(outcome).toMatchObject({ received: 3, inserted: 2, duplicates: 0, rejected: [{ index: 1 }] });
    expect(await send([{ anonymousId: { a: 1 } }])).toMatchObject({
      received: 1,
      inserted: 0,
      duplicates: 0,
      rejected: [{ index: 0 }],
    });
    expect(await send([null, 5, 'x', [], { ...good, userId: { $gt: '' } }])).toMatchObject({
      inserted: 0,
      rejected: { length: 5 },
    });
    expect(await stored()).toHaveLength(2);
  });

  it('should add nothing when a batch without ids is sent again (T11)', async () => {
    const batch = [good, good, { ...good, properties: { a: 1, b: 2 } }, { ...good, userId: 'u' }];
    expect(await send(batch)).toMatchObject({ inserted: 4, duplicates: 0 });
    const again = [good, good, { ...good, properties: { b: 2, a: 1 } }, { userId: 'u', ...good }];
    expect(await send(again, { sentAt: Date.now(), receivedAt: new Date(Date.now() + 5000) })).toMatchObject({
      inserted: 0,
      duplicates: 4,
    });
    expect(await stored()).toHaveLength(4);
  });

  it('should take two eventIds with the same content as two, and one eventId as one (T11)', async () => {
    expect(
      await send([
        { ...good, eventId: 'e1' },
        { ...good, eventId: 'e2' },
      ]),
    ).toMatchObject({ inserted: 2 });
    expect(
      await send([
        { ...good, eventId: 'e1', eventName: 'other' },
        { ...good, eventId: 'e3' },
        { ...good, eventId: 'e3' },
      ]),
    ).toMatchObject({
      received: 3,
      inserted: 1,
      duplicates: 2,
    });
    expect((await stored()).map((row) => row['eventName'])).toEqual(['a', 'a', 'a']);
  });

  it('should keep projects apart', async () => {
    const first = projectKey;
    await send([{ ...good, eventId: 'e1', anonymousId: 'x', userId: 'u1' }]);
    ({ projectKey } = await server.projects.create(ann, 'Second'));
    expect(await send([{ ...good, eventId: 'e1', anonymousId: 'x', userId: 'u2' }])).toMatchObject({ inserted: 1 });
    expect(await links()).toEqual({ x: 'u2' });
    projectKey = first;
    expect(await links()).toEqual({ x: 'u1' });
  });

  it('should correct a wrong clock (T4) and clamp and flag the future (D6)', async () => {
    const receivedAt = new Date('2025-01-06T09:00:06Z');
    await send([{ ...good, timestamp: '2025-01-06T10:00:00' }], { sentAt: '2025-01-06T10:00:05', receivedAt });
    await send([{ ...good, timestamp: '2031-01-01' }], { receivedAt });
    expect(await stored()).toMatchObject([
      { timestamp: new Date('2025-01-06T09:00:01Z'), receivedAt },
      { timestamp: receivedAt, clamped: true, receivedAt },
    ]);
  });

  it('should store an event whose time cannot be read', async () => {
    expect(
      await send([
        { ...good, timestamp: 'yesterday' },
        { ...good, timestamp: 1e300 },
      ]),
    ).toMatchObject({ inserted: 2 });
    expect(await stored()).toMatchObject([{ timestamp: null }, { timestamp: null }]);
    expect((await stored()).map((row) => row['timestampText']).sort()).toEqual(['1e+300', 'yesterday']);
  });

  it('should store keys with $ and dots, odd keys and odd numbers as they are (I7)', async () => {
    const text =
      '{"$set":{"a.b":1,"$inc":{"x":1}},"a.b.c":[{"$ref":"x"}],"":2,".":3,"$":4,"toString":5,"toBSON":6,"constructor":"Ferrari","length":7,"big":123456789012345678901234567890,"inf":1e999,"neg":-0,"int":9007199254740993,"$date":"2025","$oid":"x"}';
    const properties = JSON.parse(text) as Fields;
    expect(
      await send([
        { ...good, properties },
        { ...good, userId: '$userId', anonymousId: '$$ROOT' },
      ]),
    ).toMatchObject({ inserted: 2 });
    expect(await connection.collection('events').findOne({ projectKey, properties: { $exists: true } })).toMatchObject({
      properties,
    });
    expect(await links()).toEqual({ $$ROOT: '$userId' });
    const hostile = [
      '{"__proto__":1}',
      '{"a":{"_bsontype":"ObjectId","id":"x"}}',
      '{"constructor":{"prototype":1}}',
      '{"a":"\\u0000"}',
      '{"a\\u0000":1}',
      '{"a":"\\ud800"}',
      `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    ];
    expect(await send(hostile.map((json) => ({ ...good, properties: JSON.parse(json) as Fields })))).toMatchObject({
      inserted: 0,
      rejected: { length: 7 },
    });
  });

  it('should hold a batch of the largest properties', async () => {
    // More, once it is BSON, than one message to the database carries.
    const events = Array.from({ length: 60 }, (_, i) => ({
      ...good,
      properties: { a: Array.from({ length: 16_000 }, () => i % 10) },
    }));
    // On a busy machine it may be told to come back before anything of it is written, which clients do.
    const sendUntilTaken = async (): Promise<unknown> => {
      for (;;) {
        const outcome = await send(events).catch((error: unknown) => error);
        if (!(outcome instanceof UnavailableError)) return outcome;
        await sleep(1000 * outcome.retryAfterSeconds!);
      }
    };
    expect(await sendUntilTaken()).toMatchObject({ inserted: 60 });
    expect(await sendUntilTaken()).toMatchObject({ duplicates: 60 });
  });

  it('should refuse unknown and inactive projects', async () => {
    const unknown = { projectKey: 'abc\n123', events: [good] };
    await expect(server.events.recordBatch(unknown)).rejects.toThrow(
      new ForbiddenError("Project with key 'abc123' not found"),
    );
    await server.projects.delete(ann, projectKey);
    await expect(send([good])).rejects.toThrow(new ForbiddenError(`Project '${projectKey}' is not active`));
  });

  it('should refuse what is over the rate of the project, or too much at once', async () => {
    const options: ProductServerOptions = {
      rateLimitEnabled: true,
      ingest: { projectEventsPerSecond: 1, maxConcurrentBatches: 1 },
    };
    const limited = createProductServer(connection, options);
    const batch = Array.from({ length: 40 }, (_, i) => ({ ...good, userId: `u${i}` }));
    const [first, second] = await Promise.allSettled([send(batch, { to: limited }), send(batch, { to: limited })]);
    expect(first).toMatchObject({ status: 'fulfilled', value: { inserted: 40 } });
    expect(second).toMatchObject({ status: 'rejected', reason: { retryAfterSeconds: 1 } });
    expect((second as PromiseRejectedResult).reason).toBeInstanceOf(UnavailableError);
    const third = await send(batch, { to: limited }).catch((error: unknown) => error);
    expect(third).toBeInstanceOf(RateLimitedError);
    expect((third as RateLimitedError).retryAfterSeconds).toBeGreaterThanOrEqual(19);
  });

  it('should store 10,000 events with 30 % repeats, sent in parallel through two replicas, once each (D2)', async () => {
    const other = createProductServer(connection);
    const events = Array.from({ length: 10_000 }, (_, i) => {
      const id = i % 7_000;
      return {
        ...good,
        eventId: `e${id}`,
        anonymousId: `anon-${id % 500}`,
        userId: id % 3 === 0 ? `user-${id % 500}` : undefined,
      };
    });
    const batches = Array.from({ length: 100 }, (_, b) => events.filter((_event, i) => i % 100 === b));
    const outcomes = await Promise.all(batches.map((batch, b) => send(batch, { to: b % 2 === 0 ? server : other })));
    const sum = (field: 'inserted' | 'duplicates') => outcomes.reduce((total, outcome) => total + outcome[field], 0);
    expect([sum('inserted'), sum('duplicates')]).toEqual([7_000, 3_000]);
    expect(await connection.collection('events').countDocuments({ projectKey })).toBe(7_000);
    expect(await pending()).toBe(0);
    const expected = new Set(events.filter((event) => event.userId !== undefined).map((event) => event.anonymousId));
    expect(Object.keys(await links()).sort()).toEqual([...expected].sort());
  });
});

describe('requests that arrive together', () => {
  const failing = (fault: (collection: string) => WriteFault) => {
    const commands = new FlakyCommands(connection, fault);
    return createProductServer(connection, { commands });
  };

  it('should be written in few commands, each with its own verdicts', async () => {
    let commands = 0;
    const counting = failing((collection) => {
      if (collection === 'events') commands++;
      return undefined;
    });
    const batches = Array.from({ length: 40 }, (_, b) => [
      { ...good, eventId: `e${b}` },
      { ...good, eventName: b % 4 === 0 ? '' : 'b', eventId: `f${b}` },
    ]);
    const outcomes = await Promise.all(batches.map((batch) => send(batch, { to: counting })));
    outcomes.forEach((outcome, b) => {
      const rejected = b % 4 === 0 ? [{ index: 1, reason: 'eventName is required' }] : [];
      expect(outcome).toEqual({ received: 2, inserted: 2 - rejected.length, duplicates: 0, rejected });
    });
    expect(commands).toBeLessThan(10);
    expect(await stored()).toHaveLength(70);
  });

  it('should count an event that two of them bring as if one had come after the other', async () => {
    const batch = [good, good, { ...good, eventId: 'e1', anonymousId: 'x', userId: 'u1' }];
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => send(batch)));
    const counts = outcomes.map(({ inserted, duplicates }) => [inserted, duplicates]).sort();
    expect(counts).toEqual([
      [0, 3],
      [0, 3],
      [0, 3],
      [0, 3],
      [3, 0],
    ]);
    expect([await stored(), await links(), await pending()]).toMatchObject([{ length: 3 }, { x: 'u1' }, 0]);
  });

  it('should link by what was stored first, whoever else brings the same event', async () => {
    const [first, second] = ['u5', 'a-smaller-user'].map((userId) => ({
      ...good,
      eventId: 'e1',
      anonymousId: 'x',
      userId,
    }));
    const outcomes = await Promise.all([send([first]), send([second])]);
    expect(outcomes).toMatchObject([{ inserted: 1 }, { duplicates: 1 }]);
    expect([await links(), await pending()]).toEqual([{ x: 'u5' }, 0]);
  });

  it('should fail together with their command, and only they', async () => {
    let faults = 1;
    const flaky = failing((collection) => (collection === 'events' && faults-- > 0 ? 'before' : undefined));
    const together = await Promise.allSettled(['a', 'b'].map((eventId) => send([{ ...good, eventId }], { to: flaky })));
    expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await send([{ ...good, eventId: 'c' }], { to: flaky })).toMatchObject({ inserted: 1 });
    expect((await stored()).map((row) => row['eventId'])).toEqual(['c']);
  });

  it('should not fail when the links of others cannot be written', async () => {
    const flaky = failing((collection) => (collection === 'identity_links' ? 'before' : undefined));
    const [plain, linking] = await Promise.allSettled([
      send([good], { to: flaky }),
      send([{ ...good, anonymousId: 'x', userId: 'u' }], { to: flaky }),
    ]);
    expect([plain.status, linking.status]).toEqual(['fulfilled', 'rejected']);
    expect(await pending()).toBe(1);
    expect(await server.identities.completePending(running)).toBe(1);
    expect(await links()).toEqual({ x: 'u' });
  });

  it('should be refused when too much waits in memory, but never a single one', async () => {
    const large = Array.from({ length: 4000 }, (_, i) => ({ ...good, eventId: `e${i}` }));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, b) => send(large.map((each) => ({ ...each, sessionId: `s${b}` })))),
    );
    const refused = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(UnavailableError);
    expect(await stored()).toHaveLength(4000);
  }, 60_000);

  it('should forget links when the generation of the project rises', async () => {
    await send([{ ...good, anonymousId: 'x', userId: 'u1' }]);
    await connection.collection('identity_links').deleteMany({ '_id.p': projectKey });
    await send([{ ...good, eventId: 'e2', anonymousId: 'x', userId: 'u2', timestamp: '2025-02-01' }]);
    expect(await links()).toEqual({});
    await server.projects.raiseLinkGeneration(projectKey);
    await send([{ ...good, eventId: 'e3', anonymousId: 'x', userId: 'u3', timestamp: '2025-03-01' }]);
    expect(await links()).toEqual({ x: 'u3' });
  });
});

describe('identity links', () => {
  const event = (anonymousId: string | undefined, userId: string | undefined, timestamp: unknown): Fields => ({
    eventName: 'a',
    anonymousId,
    userId,
    timestamp,
  });

  it('should link an anonymousId to its first user, for later arrivals of earlier events too (T2, T6)', async () => {
    await send([event('anon-1', undefined, '2025-01-06T10:00:00Z'), event('anon-1', 'u2', '2025-01-08T10:00:00Z')]);
    expect(await links()).toEqual({ 'anon-1': 'u2' });
    await send([
      event('anon-1', 'u1', '2025-01-07T10:00:00Z'),
      event('anon-2', 'u1', '2025-01-06T10:00:00Z'),
      event(undefined, 'u9', 1),
    ]);
    expect(await links()).toEqual({ 'anon-1': 'u1', 'anon-2': 'u1' });
    expect(await pending()).toBe(0);
  });

  it('should put events without a time last and break ties by UTF-8 bytes', async () => {
    await send([event('x', 'zz', 'no time'), event('x', 'aa', 'no time either')]);
    expect(await links()).toEqual({ x: 'aa' });
    await send([event('x', '😀', 5)]);
    expect(await links()).toEqual({ x: '😀' });
    await send([event('x', '\uffee', 5)]);
    expect(await links()).toEqual({ x: '\uffee' });
  });

  it('should keep the first user when later ones follow, also after a restart', async () => {
    await send([event('x', 'u1', 1000), event('x', 'u1', 2000)]);
    const restarted = createProductServer(connection);
    await send([event('x', 'u1', 3000), event('x', 'u2', 4000)], { to: restarted });
    expect(await links()).toEqual({ x: 'u1' });
    expect(await pending()).toBe(0);
  });

  it('should finish what a crash between events and links left behind', async () => {
    await send([event('seen', 'u5', 500)]);
    const rows = Array.from({ length: 2500 }, (_, i) => ({
      _id: Buffer.from(`crashed-${projectKey}-${i}`.padEnd(32)).subarray(0, 32),
      projectKey,
      eventName: 'a',
      anonymousId: i === 0 ? 'seen' : `anon-${i % 1000}`,
      userId: i === 0 ? 'u1' : `user-${i}`,
      timestamp: i % 2 === 0 ? new Date(i) : null,
      receivedAt: new Date(),
      linkPending: true,
    }));
    await connection.collection('events').insertMany(rows as never[]);
    const restarted = createProductServer(connection);
    expect(await restarted.identities.completePending(running)).toBe(2500);
    expect(await pending()).toBe(0);
    expect(await links()).toMatchObject({
      seen: 'u1',
      'anon-2': 'user-2',
      'anon-1': 'user-1',
      'anon-0': 'user-1000',
      'anon-999': 'user-1999',
    });
    // The process that was alive meanwhile remembers a later link for `seen`; that must do no harm.
    await send([event('seen', 'u3', 300), event('seen', 'u4', 400)]);
    expect(await links()).toMatchObject({ seen: 'u1' });
    expect(await restarted.identities.completePending(running)).toBe(0);
  });

  it('should link a resent event by what is stored, never by what is sent again', async () => {
    await send([{ ...event('x', 'u5', 5000), eventId: 'e1' }]);
    // As a crash would leave it.
    await connection.collection('events').updateOne({ projectKey }, { $set: { linkPending: true } });
    await connection.collection('identity_links').deleteOne({ '_id.p': projectKey });
    const restarted = createProductServer(connection);
    const forged = { ...event('x', 'a-smaller-user', 1), eventId: 'e1' };
    expect(await send([forged], { to: restarted })).toMatchObject({ inserted: 0, duplicates: 1 });
    expect(await links()).toEqual({ x: 'u5' });
    expect(await pending()).toBe(0);
    expect(await send([forged])).toMatchObject({ duplicates: 1 });
    expect(await links()).toEqual({ x: 'u5' });
  });

  it('should end in the same links in any order of arrival, division into batches, replica and repetition', async () => {
    const candidate = fc.record({
      anonymousId: fc.constantFrom('a1', 'a2', undefined),
      userId: fc.constantFrom('u1', 'u2', 'ü', '$u', undefined),
      timestamp: fc.constantFrom(1000, 2000, 3000, 'never'),
      eventId: fc.uuid(),
    });
    const property = fc.asyncProperty(
      fc.uniqueArray(candidate, { minLength: 1, maxLength: 12, selector: (each) => each.eventId }),
      fc.array(fc.nat(), { minLength: 24, maxLength: 24 }),
      async (events, seeds) => {
        ({ projectKey } = await server.projects.create(ann, 'Random'));
        const replicas = [server, createProductServer(connection)];
        const arrivals = [...events, ...events.filter((_, i) => (seeds[i] ?? 0) % 3 === 0)]
          .map((each, i) => ({ each: { eventName: 'a', ...each }, seed: seeds[i] ?? 0 }))
          .sort((a, b) => a.seed - b.seed);
        const batches = arrivals.reduce<Fields[][]>((all, { each, seed }) => {
          if (all.length === 0 || seed % 2 === 0) return [...all, [each]];
          all.at(-1)?.push(each);
          return all;
        }, []);
        await Promise.all(batches.map((batch, i) => send(batch, { to: replicas[i % 2] })));
        expect(await links()).toEqual(firstUsers(events));
        expect(await pending()).toBe(0);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  }, 60_000);

  // Independent of the code under test.
  function firstUsers(events: { anonymousId?: string; userId?: string; timestamp: unknown }[]): Record<string, string> {
    const result: Record<string, string> = {};
    for (const anonymousId of ['a1', 'a2']) {
      const [first] = events
        .filter((each) => each.anonymousId === anonymousId && each.userId !== undefined)
        .map((each) => ({
          userId: each.userId ?? '',
          time: typeof each.timestamp === 'number' ? each.timestamp : Infinity,
        }))
        .sort((a, b) => (a.time === b.time ? (a.userId < b.userId ? -1 : 1) : a.time - b.time));
      if (first !== undefined) result[anonymousId] = first.userId;
    }
    return result;
  }
});

describe('names of events', () => {
  it('should list them sorted, in the range that was asked, else of the last 30 days', async () => {
    const now = Date.now();
    await send([
      { eventName: 'old', timestamp: now - 40 * 86_400_000 },
      { eventName: 'b', timestamp: now - 86_400_000 },
      { eventName: 'a', timestamp: now - 1000 },
      { eventName: 'a', timestamp: now - 2000 },
      { eventName: 'timeless', timestamp: 'never' },
      { eventName: 'january', timestamp: '2025-01-10T23:30:00Z' },
    ]);
    const names = async (search: { from?: string; to?: string; timeZone?: string }) =>
      server.events.listNames(ann, projectKey, search);
    expect(await names({})).toMatchObject({
      projectKey,
      eventNames: ['a', 'b'],
      range: { to: expect.any(String) as string },
    });
    expect(await names({ from: '2025-01-01', to: '2025-01-10' })).toEqual({
      projectKey,
      eventNames: ['january'],
      range: { from: '2025-01-01', to: '2025-01-10' },
    });
    expect(await names({ to: '2025-01-10', timeZone: 'Europe/Berlin' })).toMatchObject({ eventNames: [] });
    expect(await names({ from: '2025-01-10' })).toMatchObject({ eventNames: ['a', 'b', 'january', 'old'] });
    await expect(server.events.listNames(principal({ userId: 'bob' }), projectKey, {})).rejects.toMatchObject({
      kind: 'not_found',
    });
  });
});

describe('erasing a project', () => {
  it('should delete its events and links and no others, and be resumable', async () => {
    const erased = projectKey;
    const many = Array.from({ length: 2300 }, (_, i) => ({
      ...good,
      eventId: `e${i}`,
      anonymousId: `anon-${i}`,
      userId: `u${i}`,
    }));
    await send(many);
    ({ projectKey } = await server.projects.create(ann, 'Neighbour'));
    await send(many.slice(0, 10));
    const stopped = new AbortController();
    stopped.abort();
    expect(await server.erasure.erase(erased, stopped.signal)).toBe(false);
    expect(await server.erasure.erase(erased, running)).toBe(true);
    const left = { events: await stored(), links: await links() };
    expect([left.events.length, Object.keys(left.links).length]).toEqual([10, 10]);
    projectKey = erased;
    expect([await stored(), await links()]).toEqual([[], {}]);
  });
});
