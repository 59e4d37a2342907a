import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import mongoose, { type Connection } from 'mongoose';
import { UnavailableError } from '../../src/common/errors/domain.error.js';
import { actorKey } from '../../src/modules/events/product/segments/actor-key.js';
import type { EpochTimes } from '../../src/modules/events/product/segments/ingest-epochs.service.js';
import { TooManySegmentsError } from '../../src/modules/events/product/segments/product-segments.service.js';
import type { SegmentColumns } from '../../src/modules/events/product/segments/segment-columns.js';
import { principal } from '../factories/principal.factory.js';
import { FlakyCommands, type WriteFault } from '../support/flaky-commands.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';
import { createProductServer, openProductStore, type ProductServer } from '../support/product-store.js';

type Fields = Record<string, unknown>;

const ann = principal();
const good = { eventName: 'a', timestamp: '2025-01-06T10:00:00Z' };
const running = new AbortController().signal;
/** Sealed only when a test asks for it. */
const LASTING: EpochTimes = { rotate: 60_000, settle: 30, afterPing: 5, retry: 20 };

let mongo: TestMongo;
let connection: Connection;
let server: ProductServer;
let projectKey: string;

beforeAll(async () => {
  mongo = await startTestMongo();
  connection = await openProductStore(mongo.uri);
}, 120_000);

beforeEach(async () => {
  await connection.collection('ingest_epochs').deleteMany({});
  await connection.collection('product_segments').deleteMany({});
  server = createProductServer(connection, { epochTimes: LASTING });
  ({ projectKey } = await server.projects.create(ann, 'Demo'));
});

afterAll(async () => {
  await connection.dropDatabase();
  await connection.close();
  await mongo.stop();
});

const send = (events: unknown[], to = server, receivedAt?: Date) =>
  to.events.recordBatch({ projectKey, events }, receivedAt);

const rawEvents = (): Promise<Fields[]> => connection.collection('events').find({ projectKey }).toArray();

function flaky(fault?: (collection: string) => WriteFault): { server: ProductServer; commands: FlakyCommands } {
  const commands = new FlakyCommands(connection, fault);
  return { server: createProductServer(connection, { commands, epochTimes: LASTING }), commands };
}

/** One line for each event, in order. */
function linesOf(columns: SegmentColumns): string[] {
  return Array.from({ length: columns.length }, (_, i) => {
    const actor = columns.actorOf[i]!;
    const key = actor < 0 ? '-' : Buffer.from(columns.actors.subarray(16 * actor, 16 * actor + 16)).toString('hex');
    return `${columns.names[columns.nameOf[i]!]} ${columns.times[i]} ${key}`;
  });
}

function lineOf({ eventName, timestamp, userId, anonymousId }: Fields): string {
  const key =
    typeof userId === 'string'
      ? actorKey('u', userId)
      : typeof anonymousId === 'string'
        ? actorKey('a', anonymousId)
        : null;
  const time = timestamp instanceof Date ? timestamp.getTime() : NaN;
  return `${String(eventName)} ${time} ${key === null ? '-' : Buffer.from(key).toString('hex')}`;
}

/** All events as a reader of segments sees them: in memory first, then epochs, then what is sealed. */
async function seenBy({ segments }: ProductServer): Promise<string[]> {
  const live = segments.live(projectKey);
  const epochs = await segments.listEpochs();
  const columns = new Map((await segments.listSegments(projectKey)).map((each) => [each.epoch, each.columns]));
  for (const { epoch, receivedFrom, columns: held } of live) {
    if (!columns.has(epoch)) columns.set(epoch, held ?? (await segments.readEpoch(projectKey, epoch, receivedFrom)));
  }
  for (const { id, own, state, receivedFrom } of epochs) {
    if (own || state === 'sealed' || columns.has(id)) continue;
    columns.set(id, await segments.readEpoch(projectKey, id, receivedFrom));
  }
  return [...columns.values()].flatMap(linesOf).sort();
}

const expectedLines = async (): Promise<string[]> => (await rawEvents()).map(lineOf).sort();

const epochsInStore = () => connection.collection('ingest_epochs').find({}).toArray();

describe('epochs', () => {
  it('should be registered before their first event, which carries their id and does not export it', async () => {
    await send([good]);
    const [epoch] = await server.segments.listEpochs();
    expect(epoch).toMatchObject({ state: 'open', own: true });
    const [stored] = await rawEvents();
    expect(String(stored!['epoch'])).toBe(epoch!.id);
    expect(epoch!.receivedFrom.getTime()).toBeLessThan((stored!['receivedAt'] as Date).getTime());
    expect(Math.abs(epoch!.openedAt.getTime() - Date.now())).toBeLessThan(60_000);
    const exported: object[] = [];
    for await (const each of server.events.stream(projectKey)) exported.push(each);
    expect(exported).toEqual([expect.not.objectContaining({ epoch: expect.anything() as unknown })]);
  });

  it('should refuse events when an epoch cannot be registered, and store none', async () => {
    const broken = flaky((collection) => (collection === 'ingest_epochs' ? 'before' : undefined));
    await expect(send([good], broken.server)).rejects.toThrow('lost on the way');
    expect(await rawEvents()).toEqual([]);
  });

  it('should be replaced after a while, and not exist when nothing happens', async () => {
    server = createProductServer(connection, { epochTimes: { ...LASTING, rotate: 50 } });
    for (let i = 0; i < 20; i++) {
      await send([{ ...good, eventId: `e${i}` }]);
      await sleep(10);
    }
    const used = new Set((await rawEvents()).map((row) => String(row['epoch'])));
    expect(used.size).toBeGreaterThan(2);
    const list = async () => (await server.segments.listEpochs()).map(({ state }) => state);
    for (const end = Date.now() + 20_000; Date.now() < end; await sleep(50)) {
      if ((await list()).join() === Array(used.size).fill('sealed').join()) break;
    }
    const states = await list();
    expect(states).toEqual(Array.from({ length: used.size }, () => 'sealed'));
    expect([await seenBy(server), server.segments.live(projectKey)]).toEqual([await expectedLines(), []]);
  });

  it('should hold events that were received long before, in one that begins as early', async () => {
    await send([good]);
    const receivedAt = new Date(Date.now() - 3_600_000);
    await send([{ ...good, eventId: 'late' }], server, receivedAt);
    await server.epochs.seal();
    const early = (await server.segments.listEpochs()).filter((each) => each.receivedFrom < receivedAt);
    expect(early).toHaveLength(1);
    expect(linesOf(await server.segments.readEpoch(projectKey, early[0]!.id, early[0]!.receivedFrom))).toHaveLength(1);
    expect(await seenBy(server)).toEqual(await expectedLines());
  });

  it('should leave nothing when a batch had no new events', async () => {
    await send([good]);
    await server.segments.seal();
    const before = await epochsInStore();
    expect(await send([good])).toMatchObject({ duplicates: 1 });
    expect(await epochsInStore()).toHaveLength(before.length + 1);
    await server.segments.seal();
    expect(await epochsInStore()).toEqual(before);
  });

  it('should be sealed when the server stops, and what comes until the listener is closed after that', async () => {
    await send([good]);
    await server.epochs.beforeApplicationShutdown();
    expect(await server.segments.listSegments(projectKey)).toHaveLength(1);
    await send([{ ...good, eventId: 'during the drain' }]);
    await server.epochs.onApplicationShutdown();
    expect((await server.segments.listEpochs()).map(({ state }) => state)).toEqual(['sealed', 'sealed']);
    expect(await seenBy(createProductServer(connection))).toEqual(await expectedLines());
  });
});

describe('segments', () => {
  it('should be live at once, and become visible as a whole when the epoch is sealed', async () => {
    const other = await server.projects.create(ann, 'Other');
    await send([good, { ...good, eventName: 'b', userId: 'u1', anonymousId: 'a1' }]);
    const before = server.segments.live(projectKey);
    await server.events.recordBatch({ projectKey: other.projectKey, events: [good] });
    await send([{ ...good, eventName: 'c', anonymousId: 'a1' }]);
    expect(before[0]!.columns).toMatchObject({ length: 2, names: ['a', 'b'], linkedIds: ['a1'] });
    expect(server.segments.live(projectKey)[0]!.columns).toMatchObject({ length: 3 });
    expect([await server.segments.listSegments(projectKey), await server.segments.listBacklog()]).toEqual([[], []]);
    await server.segments.seal();
    expect(server.segments.live(projectKey)).toEqual([]);
    const [segment] = await server.segments.listSegments(projectKey);
    expect(segment!.columns).toMatchObject({ length: 3, linkedIds: ['a1'] });
    expect((await server.segments.listSegments(projectKey))[0]!.columns).toBe(segment!.columns);
    const backlog = await server.segments.listBacklog();
    expect(backlog.map((each) => [each.projectKey, each.segments, each.events]).sort()).toEqual(
      [
        [projectKey, 1, 3],
        [other.projectKey, 1, 1],
      ].sort(),
    );
    expect(backlog[0]!.oldest.getTime()).toBeLessThanOrEqual(Date.now() + 1000);
  });

  it('should go when they are merged, and their epoch with the last of them', async () => {
    const other = await server.projects.create(ann, 'Other');
    await send([good]);
    await server.events.recordBatch({ projectKey: other.projectKey, events: [good] });
    const [open] = await server.segments.listEpochs();
    const epoch = open!.id;
    expect(await server.segments.listExisting([epoch, 'a'.repeat(24)], projectKey)).toEqual(new Set([epoch]));
    await server.segments.seal();
    await server.segments.deleteSegments(projectKey, [epoch]);
    expect(await server.segments.listSegments(projectKey)).toEqual([]);
    expect(await server.segments.listExisting([epoch], projectKey)).toEqual(new Set());
    expect(await server.segments.listExisting([epoch], other.projectKey)).toEqual(new Set([epoch]));
    expect(await server.segments.listExisting([epoch])).toEqual(new Set([epoch]));
    await server.segments.deleteSegments(other.projectKey, [epoch]);
    expect([await epochsInStore(), await server.segments.listExisting([epoch])]).toEqual([[], new Set()]);
  });

  it('should be listed, counted, merged and dropped in parts when there are very many', async () => {
    const count = 10_050;
    await send([good]);
    await server.segments.seal();
    const [segment] = await connection.collection('product_segments').find({}).toArray();
    const ids = Array.from({ length: count }, () => new mongoose.Types.ObjectId());
    const opened = { holder: 'gone', receivedFrom: new Date(), openedAt: new Date(), state: 'sealed' };
    await connection.collection('ingest_epochs').insertMany(ids.map((_id) => ({ ...opened, _id })));
    const { data } = segment!;
    const segments = ids.map((e, i) => ({ _id: { e, p: projectKey }, projectKey, events: i + 1, data }));
    // In an order that is not theirs.
    await connection.collection<{ _id: unknown }>('product_segments').insertMany(segments.reverse());
    await connection
      .collection<{ _id: unknown }>('product_segments')
      .insertMany(ids.slice(0, 3).map((e) => ({ _id: { e, p: 'zz-other' }, projectKey: 'zz-other', events: 1, data })));

    const all = await server.segments.listOldest(projectKey, count + 1);
    expect(all.hasMore).toBe(false);
    expect(all.entries.slice(1).map(({ epoch }) => epoch)).toEqual(ids.map((id) => id.toHexString()));
    const some = await server.segments.listOldest(projectKey, 9000);
    expect(some).toEqual({ entries: all.entries.slice(0, 9000), hasMore: true });
    expect(await server.segments.listBacklog()).toMatchObject([
      { projectKey, segments: count + 1, events: (count * (count + 1)) / 2 + 1 },
      { projectKey: 'zz-other', segments: 3, events: 3 },
    ]);
    await expect(server.segments.listSegments(projectKey, 1_000_000)).rejects.toThrow(TooManySegmentsError);
    const read = await server.segments.readSegments(projectKey, all.entries.slice(0, 450));
    expect(read.map(({ epoch }) => epoch)).toEqual(all.entries.slice(0, 450).map(({ epoch }) => epoch));

    await server.segments.dropSegments(projectKey);
    expect(await server.segments.listOldest(projectKey, 1)).toEqual({ entries: [], hasMore: false });
    // Those that another project still has segments of.
    expect((await server.segments.listEpochs()).map(({ id }) => id)).toEqual(
      ids.slice(0, 3).map((id) => id.toHexString()),
    );
  }, 60_000);

  it('should be erased with their project, after what is made from them', async () => {
    await send([good]);
    await server.segments.seal();
    const calls: string[] = [];
    server.dependents.register('test', async (key) => {
      calls.push(`${key} ${await connection.collection('events').countDocuments({ projectKey: key })}`);
    });
    expect(await server.erasure.erase(projectKey, running)).toBe(true);
    expect(calls).toEqual([`${projectKey} 1`]);
    expect(await server.segments.listSegments(projectKey)).toEqual([]);
    expect(await epochsInStore()).toEqual([]);
  });
});

describe('writes of unknown outcome', () => {
  it.each(['before', 'after'] as const)('should be read from the store: %s it was carried out', async (fault) => {
    let next: WriteFault;
    const broken = flaky((collection) => (collection === 'events' ? next : undefined));
    await send([{ ...good, eventId: 'e1' }], broken.server);
    next = fault;
    await expect(send([{ ...good, eventId: 'e2', anonymousId: 'a', userId: 'u' }], broken.server)).rejects.toThrow();
    next = undefined;
    await send([{ ...good, eventId: 'e3' }], broken.server);
    expect(broken.server.segments.live(projectKey)).toMatchObject([{ columns: null }]);
    expect(await seenBy(broken.server)).toEqual(await expectedLines());
    await broken.server.segments.seal();
    const [segment] = await server.segments.listSegments(projectKey);
    expect(segment!.columns).toMatchObject(
      fault === 'after' ? { length: 3, linkedIds: ['a'] } : { length: 2, linkedIds: [] },
    );
    expect(await connection.collection('identity_links').countDocuments({ '_id.p': projectKey })).toBe(
      fault === 'after' ? 1 : 0,
    );
    expect(await connection.collection('events').countDocuments({ projectKey, linkPending: true })).toBe(0);
  });

  it('should not keep other projects waiting for what they hold', async () => {
    const other = await server.projects.create(ann, 'Other');
    let next: WriteFault;
    const broken = flaky((collection) => (collection === 'events' ? next : undefined));
    await broken.server.events.recordBatch({ projectKey: other.projectKey, events: [good] });
    next = 'after';
    await expect(send([good], broken.server)).rejects.toThrow();
    next = undefined;
    expect(broken.server.segments.live(other.projectKey)[0]!.columns).toMatchObject({ length: 1 });
    await broken.server.segments.seal();
    expect(await server.segments.listSegments(other.projectKey)).toHaveLength(1);
    expect(await server.segments.listSegments(projectKey)).toHaveLength(1);
  });

  it('should be waited for once, however many projects they are of', async () => {
    const projects = await Promise.all(
      Array.from({ length: 12 }, (_, i) => server.projects.create(ann, `Project ${i}`)),
    );
    let next: WriteFault;
    const commands = new FlakyCommands(connection, (collection) => (collection === 'events' ? next : undefined));
    const broken = createProductServer(connection, { commands, epochTimes: { ...LASTING, afterPing: 1000 } });
    next = 'after';
    await Promise.allSettled(
      projects.map((each) => broken.events.recordBatch({ projectKey: each.projectKey, events: [good] })),
    );
    next = undefined;
    const started = performance.now();
    await broken.segments.seal();
    // One after the other they would wait twelve seconds.
    expect(performance.now() - started).toBeLessThan(6000);
    for (const each of projects) expect(await server.segments.listSegments(each.projectKey)).toHaveLength(1);
  });

  it('should be sealed when the store answers again', async () => {
    let isDown = false;
    const broken = flaky(() => (isDown ? 'before' : undefined));
    await send([good], broken.server);
    isDown = true;
    const sealing = broken.server.segments.seal();
    await sleep(100);
    expect(broken.server.segments.live(projectKey)).toMatchObject([{ columns: { length: 1 } }]);
    isDown = false;
    await sealing;
    expect(await seenBy(server)).toEqual(await expectedLines());
  });

  it('should refuse more when the store takes events but no segments', async () => {
    const broken = flaky((collection) => (collection === 'product_segments' ? 'before' : undefined));
    let refused: unknown;
    for (let i = 0; i < 100 && refused === undefined; i++) {
      refused = await send([{ ...good, eventId: `e${i}` }], broken.server).then(
        () => undefined,
        (error: unknown) => error,
      );
      void broken.server.segments.seal();
    }
    expect(refused).toBeInstanceOf(UnavailableError);
    expect(await seenBy(broken.server)).toEqual(await expectedLines());
    broken.commands.kill();
    await broken.server.epochs.beforeApplicationShutdown();
  });
});

describe('recovery', () => {
  it('should seal what a dead server left open, with its links', async () => {
    const dead = flaky();
    await send([good, { ...good, anonymousId: 'a1', userId: 'u1' }], dead.server);
    dead.commands.kill();
    // As a crash between the events and their links would leave it.
    await connection.collection('identity_links').deleteMany({});
    await connection.collection('events').updateMany({ userId: 'u1' }, { $set: { linkPending: true } });
    expect(await seenBy(server)).toEqual(await expectedLines());
    expect(await server.recovery.isNeeded()).toBe(true);
    expect(await server.recovery.recover(running)).toBe(1);
    expect(await connection.collection('identity_links').countDocuments({ '_id.p': projectKey })).toBe(1);
    const [segment] = await server.segments.listSegments(projectKey);
    expect(segment!.columns).toMatchObject({ length: 2, linkedIds: ['a1'] });
    expect([await server.recovery.isNeeded(), await server.recovery.recover(running)]).toEqual([false, 0]);
    expect(await seenBy(server)).toEqual(await expectedLines());
  });

  it('should go on where another recovery was interrupted, and leave living epochs alone', async () => {
    const dead = flaky();
    await send([good], dead.server);
    dead.commands.kill();
    const recovering = flaky();
    const stopped = new AbortController();
    stopped.abort();
    await expect(recovering.server.recovery.recover(stopped.signal)).rejects.toThrow();
    await send([{ ...good, eventId: 'mine' }]);
    expect(await server.recovery.recover(running)).toBe(1);
    expect((await server.segments.listEpochs()).map(({ state, own }) => [state, own])).toEqual(
      expect.arrayContaining([
        ['sealed', false],
        ['open', true],
      ]),
    );
    expect(await seenBy(server)).toEqual(await expectedLines());
  });

  it('should delete an epoch without events', async () => {
    const dead = flaky((collection) => (collection === 'events' ? 'before' : undefined));
    await expect(send([good], dead.server)).rejects.toThrow();
    dead.commands.kill();
    expect(await server.recovery.recover(running)).toBe(1);
    expect(await epochsInStore()).toEqual([]);
  });

  it('should be noticed by a server that was only taken for dead, which asks for repair', async () => {
    const repaired: string[] = [];
    server.dependents.registerRepair(async (key) => void repaired.push(key));
    await send([good]);
    await createProductServer(connection).recovery.recover(running);
    await send([{ ...good, eventId: 'after its epoch was sealed' }]);
    await server.segments.seal();
    expect(repaired).toEqual([projectKey]);
    expect(server.segments.live(projectKey)).toEqual([]);
  });

  it('should leave no segments of an epoch that was recovered, merged and deleted meanwhile', async () => {
    const repaired: string[] = [];
    server.dependents.registerRepair(async (key) => void repaired.push(key));
    await send([good]);
    const [opened] = await server.segments.listEpochs();
    const other = createProductServer(connection);
    await other.recovery.recover(running);
    await other.segments.deleteSegments(projectKey, [opened!.id]);
    expect(await epochsInStore()).toEqual([]);
    await server.segments.seal();
    expect(repaired).toEqual([projectKey]);
    expect(await connection.collection('product_segments').find({}).toArray()).toEqual([]);
  });

  it('should not read what was received long after the epoch', async () => {
    const dead = flaky();
    await send([good], dead.server);
    dead.commands.kill();
    const [row] = await rawEvents();
    const twin = { ...row, _id: Buffer.from('0123456789abcdef'), receivedAt: new Date(Date.now() + 3_600_000) };
    await connection.collection('events').insertOne(twin as never);
    expect(await server.recovery.recover(running)).toBe(1);
    expect((await server.segments.listSegments(projectKey))[0]!.columns).toMatchObject({ length: 1 });
  });
});

describe('segments and what is live', () => {
  const names = ['open', 'buy', 'ü'];
  const event = fc.record({
    eventName: fc.constantFrom(...names),
    timestamp: fc.constantFrom(1000, 86_400_000, 'never', '2025-01-06T10:00:00Z'),
    anonymousId: fc.constantFrom('a1', 'a2', undefined),
    userId: fc.constantFrom('u1', 'u2', undefined),
    eventId: fc.option(fc.nat(40).map(String), { nil: undefined }),
  });
  const step = fc.record({
    events: fc.array(event, { minLength: 1, maxLength: 8 }),
    replica: fc.nat(1),
    then: fc.constantFrom('', '', '', 'seal', 'resend', 'kill', 'before', 'after', 'after links'),
  });

  it('should together be the raw events, whatever fails', async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      await connection.collection('ingest_epochs').deleteMany({});
      await connection.collection('product_segments').deleteMany({});
      ({ projectKey } = await server.projects.create(ann, 'Random'));
      let fault: { collection: string; fault: WriteFault } | undefined;
      const start = () => flaky((collection) => (collection === fault?.collection ? fault.fault : undefined));
      const replicas = [start(), start()];
      for (const { events, replica, then } of steps) {
        const { server: to, commands } = replicas[replica]!;
        if (then === 'before' || then === 'after') fault = { collection: 'events', fault: then };
        if (then === 'after links') fault = { collection: 'identity_links', fault: 'after' };
        const batches = then === 'resend' ? [events, events] : [events];
        const sent = Promise.allSettled(batches.map((batch) => send(batch, to)));
        if (then === 'kill') {
          commands.kill();
          await sent;
          replicas[replica] = start();
          // What the living replica has open is not dead, which only the age tells with several replicas.
          await Promise.all(replicas.map((each) => each.server.segments.seal()));
          await server.recovery.recover(running);
        }
        await sent;
        fault = undefined;
        if (then === 'seal') void to.segments.seal();
      }
      const expected = await expectedLines();
      for (const each of replicas) expect(await seenBy(each.server)).toEqual(expected);
      await Promise.all(replicas.map((each) => each.server.segments.seal()));
      expect(
        (await server.segments.listSegments(projectKey)).flatMap(({ columns }) => linesOf(columns)).sort(),
      ).toEqual(expected);
    });
    await fc.assert(property, { numRuns: 40, endOnFailure: true });
  }, 120_000);
});
