import { mongo, type Connection } from 'mongoose';
import { NO_TIME_DAY, dayOf } from '../../src/modules/analytics/product/day.js';
import { actorKey } from '../../src/modules/events/product/segments/actor-key.js';
import { principal } from '../factories/principal.factory.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';
import { openProductStore } from '../support/product-store.js';
import { expectExact, expectSettled } from '../support/rollup-check.js';
import {
  addRollupIndexes,
  BROKEN_LEASE,
  createRollupProcess,
  newLease,
  type Death,
  type RollupProcess,
} from '../support/rollup-process.js';

const running = new AbortController().signal;
const DEATHS: Death[] = ['before', 'half', 'after'];
const FIRST_DAY = Date.parse('2025-01-06T00:00:00Z');
const DAYS = 4;
const HOUR = 3_600_000;
const allDays = [...Array.from({ length: DAYS }, (_, i) => dayOf(FIRST_DAY) + i), NO_TIME_DAY];

let store: TestMongo;
let connection: Connection;
/** Has died of nothing, and merges nothing unless told to. */
let witness: RollupProcess;
let projectKey: string;
let random: () => number;

beforeAll(async () => {
  store = await startTestMongo();
  connection = await openProductStore(store.uri);
  await addRollupIndexes(connection);
}, 120_000);

beforeEach(async () => {
  for (const name of ['ingest_epochs', 'product_segments']) await connection.collection(name).deleteMany({});
  witness = createRollupProcess(connection);
  ({ projectKey } = await witness.server.projects.create(principal(), 'Demo'));
  random = mulberry32(Number(process.env.TEST_SEED ?? 7));
});

afterAll(async () => {
  await connection.dropDatabase();
  await connection.close();
  await store.stop();
});

/** A generator of numbers from 0 to 1 that repeats itself. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const below = (n: number): number => Math.floor(random() * n);

function event(): Record<string, unknown> {
  const time = FIRST_DAY + below(DAYS) * 86_400_000 + below(30) * 2_880_000;
  const kind = below(10);
  return {
    eventName: ['open', 'buy', 'close', 'ünïcode $x.y'][below(4)],
    timestamp: below(20) === 0 ? 'some day' : new Date(time).toISOString(),
    ...(kind > 0 && kind < 7 && { anonymousId: `a${below(12)}` }),
    ...(kind > 4 && { userId: `u${below(6)}` }),
    eventId: String(random()),
  };
}

const send = (process: RollupProcess, count = 1 + below(30)) =>
  process.server.events.recordBatch({ projectKey, events: Array.from({ length: count }, event) });

async function sendSealed(process: RollupProcess, batches = 3): Promise<void> {
  for (let i = 0; i < batches; i++) {
    await send(process);
    await process.server.segments.seal();
  }
}

/** All turns until there is nothing more to do, or the process is dead. */
async function advance(process: RollupProcess, turn = process.work.advance.bind(process.work)): Promise<boolean> {
  try {
    while (await turn(projectKey, running));
    return true;
  } catch (error) {
    if (process.isAlive()) throw error;
    return false;
  }
}

describe('merging segments', () => {
  it('should end in days that equal the raw events, step by step', async () => {
    for (let round = 0; round < 6; round++) {
      await sendSealed(witness);
      await send(witness);
      await advance(witness);
      expect(await expectExact(connection, projectKey, witness)).toBe(true);
    }
    await witness.rollups.settle(projectKey, 10_000);
    await expectSettled(connection, projectKey, witness);
    const heads = await witness.heads.list(projectKey, [NO_TIME_DAY, dayOf(FIRST_DAY)]);
    expect(heads.size).toBe(2);
  });

  it.each(DEATHS)('should lose and double nothing when the process dies at any write: %s', async (how) => {
    await sendSealed(witness);
    await witness.rollups.settle(projectKey, 10_000);
    for (let at = 1, isDone = false; !isDone; at++) {
      await sendSealed(witness, 2);
      const mortal = createRollupProcess(connection, newLease(), { at, how });
      isDone = await advance(mortal);
      expect(await expectExact(connection, projectKey, witness)).toBe(true);
      // New ones come before the next process takes over.
      if (random() < 0.5) await sendSealed(witness, 1);
      await advance(random() < 0.5 ? witness : createRollupProcess(connection));
      await expectSettled(connection, projectKey, witness);
      if (isDone) expect(at).toBeGreaterThan(5);
    }
  });

  it('should still say which epochs a day holds when they are gone: a reader may have read them before', async () => {
    const one = { eventName: 'open', timestamp: FIRST_DAY };
    const merged: string[] = [];
    for (let n = 0; n < 4; n++) {
      await witness.server.events.recordBatch({ projectKey, events: [{ ...one, eventId: `${n}` }] });
      await witness.server.segments.seal();
      merged.push(...(await witness.server.segments.listSegments(projectKey)).map(({ epoch }) => epoch));
      await witness.rollups.settle(projectKey, 10_000);
    }
    await witness.rollups.markDirty(projectKey, [dayOf(FIRST_DAY)]);
    await createRollupProcess(connection).rollups.repair(projectKey, running);
    const head = (await witness.heads.list(projectKey, [dayOf(FIRST_DAY)])).get(dayOf(FIRST_DAY));
    expect(head).toMatchObject({ events: 4, applied: merged });
  });

  it('should hold what several processes have sent at once, while two of them merge without knowing of each other', async () => {
    const processes = [1, 2, 3].map(() => createRollupProcess(connection, BROKEN_LEASE));
    const cached = new CachedReader();
    for (let round = 0; round < 5; round++) {
      await Promise.all(processes.map((process) => sendSealed(process, 2)));
      const sent = await connection.collection('events').countDocuments({ projectKey });
      let isMerging = true;
      const merging = Promise.all(processes.slice(0, 2).map((process) => advance(process)));
      const merged = merging.finally(() => (isMerging = false));
      while (isMerging) {
        const seen = await cached.count(witness);
        if (seen !== null) expect(seen).toBe(sent);
      }
      await merged;
      expect(await expectExact(connection, projectKey, witness)).toBe(true);
    }
    await processes[0]!.rollups.settle(projectKey, 10_000);
    await expectSettled(connection, projectKey, witness);
    expect(await cached.count(witness)).toBe(await connection.collection('events').countDocuments({ projectKey }));
  });
});

describe('a process that was paused for longer than its lease', () => {
  const steps: [string, number][] = [
    ['the actors it has read', 1],
    ['actors', 2],
    ['blocks', 3],
    ['heads', 4],
    ['the project', 5],
  ];
  // Of one day only, by somebody new.
  const late = { eventName: 'open', timestamp: FIRST_DAY, userId: 'late' };

  it.each(steps)('should hide nothing from readers when it goes on with %s', async (_, at) => {
    const cached = new CachedReader();
    const { going, goOn } = await pauseAt(at);
    const sent = await connection.collection('events').countDocuments({ projectKey });
    // Another takes over, completes a run that changes nothing else, and is seen by a reader.
    await witness.rollups.refreshActors(projectKey, ['nobody'], []);
    expect(await cached.count(witness)).toBe(sent);
    goOn();
    expect(await going).toBe(true);

    expect(await expectExact(connection, projectKey, witness)).toBe(true);
    expect(await cached.count(witness)).toBe(sent);
    await witness.rollups.settle(projectKey, 10_000);
    expect(await cached.count(witness)).toBe(sent);
    await expectSettled(connection, projectKey, witness);
    const stored = (await witness.chunks.list(projectKey, -1)).map(({ persons }) => persons.length);
    expect(cached.actors).toEqual(stored);
  });

  it.each(steps)('should destroy nothing that others have done when it goes on with %s', async (_, at) => {
    const { going, goOn } = await pauseAt(at);
    // Merged by another, together with more; and then more still by a third.
    for (const next of [witness, createRollupProcess(connection)]) {
      const events = [
        { ...late, userId: `later ${random()}` },
        { ...late, anonymousId: `new ${random()}` },
      ];
      await witness.server.events.recordBatch({ projectKey, events });
      await sendSealed(witness, 1);
      await next.rollups.settle(projectKey, 10_000);
    }
    goOn();
    expect(await going).toBe(true);
    await expectSettled(connection, projectKey, witness);
    await sendSealed(witness, 1);
    await witness.rollups.settle(projectKey, 10_000);
    await expectSettled(connection, projectKey, witness);
  });

  it.each([
    ['blocks', 1],
    ['sets', 2],
    ['the head', 3],
    ['the project', 4],
  ])('should destroy nothing when it repairs a day and goes on with %s', async (_, at) => {
    const day = dayOf(FIRST_DAY);
    await sendSealed(witness);
    await witness.rollups.settle(projectKey, 10_000);
    await witness.rollups.markDirty(projectKey, [day]);
    const { pause, there, goOn } = newPause();
    const paused = createRollupProcess(connection, BROKEN_LEASE, { at, pause });
    const going = paused.work.repair(projectKey, running);
    await there;
    await witness.rollups.repair(projectKey, running);
    await witness.server.events.recordBatch({ projectKey, events: [late] });
    await witness.rollups.settle(projectKey, 10_000);
    goOn();
    expect(await going).toBe(true);
    await expectSettled(connection, projectKey, witness);
  });

  it('should leave a later build alone', async () => {
    const { going, goOn } = await pauseAt(3);
    await witness.rollups.markDirty(projectKey, 'all');
    await witness.rollups.repair(projectKey, running);
    goOn();
    expect(await going).toBe(true);
    await witness.rollups.settle(projectKey, 10_000);
    await expectSettled(connection, projectKey, witness);
  });

  /** A process that was about to do its n-th write when it merges what nobody has merged yet. */
  async function pauseAt(at: number): Promise<{ going: Promise<boolean>; goOn: () => void }> {
    await sendSealed(witness);
    await witness.rollups.settle(projectKey, 10_000);
    await witness.server.events.recordBatch({ projectKey, events: [late, { ...late, anonymousId: 'later' }] });
    await witness.server.segments.seal();
    const { pause, there, goOn } = newPause();
    const paused = createRollupProcess(connection, BROKEN_LEASE, { at, pause });
    const going = paused.work.advance(projectKey, running);
    await there;
    return { going, goOn };
  }

  function newPause(): { pause: () => Promise<void>; there: Promise<void>; goOn: () => void } {
    let isThere = (): void => undefined;
    let goOn = (): void => undefined;
    const there = new Promise<void>((resolve) => (isThere = resolve));
    const gone = new Promise<void>((resolve) => (goOn = resolve));
    return { there, goOn, pause: () => (isThere(), gone) };
  }
});

describe('a full build', () => {
  it.each(DEATHS)('should go on where it was when the process dies at any write: %s', async (how) => {
    await storeOldEvents();
    await sendSealed(witness, 1);
    let at = 1;
    for (let isDone = false; !isDone; at++)
      isDone = await advance(createRollupProcess(connection, newLease(), { at, how }));
    // Every process got a little further than the one before.
    expect(at).toBeGreaterThan(8);
    await expectSettled(connection, projectKey, witness);
  });

  it('should not begin again with days that are done', async () => {
    await storeOldEvents();
    const { work, meta } = witness;
    expect(await work.advance(projectKey, running)).toBe(true);
    const done: number[][] = [];
    for (const at of [7, 9]) {
      await advance(createRollupProcess(connection, newLease(), { at, how: 'after' }));
      const heads = await connection.collection('product_days').find({ p: projectKey }).sort({ d: 1 }).toArray();
      done.push(heads.map((head) => head['version']));
    }
    expect(done[0]!.length).toBeGreaterThan(0);
    expect(done[1]!.length).toBeGreaterThan(done[0]!.length);
    expect(done[1]).toEqual(done[1]!.map(() => 1));
    expect(await meta.find(projectKey)).toMatchObject({ state: 'building' });
    await advance(witness);
    await expectSettled(connection, projectKey, witness);
  });

  it.each(DEATHS)('should replace an earlier one, whatever interrupts it: %s', async (how) => {
    await sendSealed(witness);
    await witness.rollups.settle(projectKey, 10_000);
    const { generation } = (await witness.meta.find(projectKey))!;
    // Merged into some days only.
    await sendSealed(witness);
    await advance(createRollupProcess(connection, newLease(), { at: 3, how: 'half' }));
    await connection.collection('events').deleteMany({ projectKey, eventName: 'buy' });
    await witness.rollups.markDirty(projectKey, 'all');
    expect(await expectExact(connection, projectKey, witness)).toBe(false);
    for (let at = 1, isDone = false; !isDone; at += 2) {
      isDone = await advance(createRollupProcess(connection, newLease(), { at, how }));
      if (random() < 0.3) await sendSealed(witness, 1);
    }
    await witness.rollups.settle(projectKey, 10_000);
    await connection.collection('events').deleteMany({ projectKey, eventName: 'buy' });
    await witness.rollups.markDirty(projectKey, allDays);
    await witness.rollups.repair(projectKey, running);
    await expectSettled(connection, projectKey, witness);
    expect((await witness.meta.find(projectKey))!.generation).not.toBe(generation);
  });
});

describe('repairing dirty days', () => {
  const days = [dayOf(FIRST_DAY), dayOf(FIRST_DAY) + 1, NO_TIME_DAY];

  it.each(DEATHS)('should make them equal the raw events when the process dies at any write: %s', async (how) => {
    await sendSealed(witness);
    await witness.rollups.settle(projectKey, 10_000);
    for (let at = 1, isDone = false; !isDone; at++) {
      await sendSealed(witness, 2);
      await witness.rollups.markDirty(projectKey, days);
      await deleteSome();
      const mortal = createRollupProcess(connection, newLease(), { at, how });
      isDone = await advance(mortal, mortal.work.repair.bind(mortal.work));
      expect(await expectExact(connection, projectKey, witness)).toBe(true);
      // What waits is merged before or after the days are made anew.
      if (random() < 0.5) await advance(witness);
      await witness.rollups.repair(projectKey, running);
      expect(await expectExact(connection, projectKey, witness)).toBe(true);
      await advance(witness);
      await expectSettled(connection, projectKey, witness);
    }
  });

  it('should lose no event that arrives meanwhile, and no mark', async () => {
    await sendSealed(witness);
    const [other, third] = [
      createRollupProcess(connection, BROKEN_LEASE),
      createRollupProcess(connection, BROKEN_LEASE),
    ];
    await other.rollups.settle(projectKey, 10_000);
    for (let round = 0; round < 5; round++) {
      await witness.rollups.markDirty(projectKey, days);
      await Promise.all([
        other.rollups.repair(projectKey, running),
        (async () => {
          await sendSealed(witness);
          await witness.rollups.markDirty(projectKey, days);
          await deleteSome();
          await witness.rollups.markDirty(projectKey, days);
        })(),
        advance(third),
      ]);
      expect(await expectExact(connection, projectKey, witness)).toBe(true);
    }
    await other.rollups.repair(projectKey, running);
    await other.rollups.settle(projectKey, 10_000);
    await expectSettled(connection, projectKey, witness);
  });

  /** As an erasure does, some events of the dirty days that are merged: what is merged later would come back. */
  async function deleteSome(): Promise<void> {
    const timestamp = { $lt: new Date(FIRST_DAY + 2 * 86_400_000) };
    const epoch = { $nin: (await witness.server.segments.listEpochs()).map(({ id }) => new mongo.ObjectId(id)) };
    for (const filter of [{ timestamp }, { timestamp: null }]) {
      const found = await connection
        .collection('events')
        .find({ projectKey, epoch, ...filter })
        .limit(4)
        .toArray();
      await connection.collection('events').deleteMany({ _id: { $in: found.map(({ _id }) => _id) } });
    }
  }
});

describe('ProductRollupsService', () => {
  it('should settle what other replicas have accepted, whoever merges it', async () => {
    const lease = newLease();
    const [first, second] = [createRollupProcess(connection, lease), createRollupProcess(connection, lease)];
    for (let round = 0; round < 3; round++) {
      await Promise.all([send(first), send(second)]);
      // Its own process seals what the other has open.
      const sealing = second.server.segments.seal();
      await Promise.all([first.rollups.settle(projectKey, 10_000), second.rollups.settle(projectKey, 10_000), sealing]);
      await expectSettled(connection, projectKey, witness);
    }
  });

  it('should say so when somebody else keeps an epoch open for too long', async () => {
    const other = createRollupProcess(connection);
    await send(other);
    await expect(witness.rollups.settle(projectKey, 200)).rejects.toMatchObject({ code: 'ROLLUPS_BEHIND' });
    const stopped = AbortSignal.timeout(50);
    await expect(witness.rollups.settle(projectKey, 10_000, stopped)).rejects.toMatchObject({ name: 'TimeoutError' });
    await other.server.segments.seal();
    await witness.rollups.settle(projectKey, 10_000);
    await expectSettled(connection, projectKey, witness);
  });

  it('should settle at once where nothing ever happened', async () => {
    await witness.rollups.settle(projectKey, 10_000);
    expect(await witness.meta.find(projectKey)).toBeNull();
  });

  it('should build what was never built when days of it are marked, and see what was deleted meanwhile', async () => {
    await storeOldEvents();
    await witness.rollups.markDirty(projectKey, [dayOf(FIRST_DAY)]);
    await connection.collection('events').deleteMany({ projectKey, eventName: 'buy' });
    await witness.rollups.repair(projectKey, running);
    await expectSettled(connection, projectKey, witness);
  });

  it('should take over links as they are now, and forget the erased', async () => {
    await sendSealed(witness);
    await witness.rollups.settle(projectKey, 10_000);
    const links = connection.collection<{ _id: { p: string; a: string }; userId: string }>('identity_links');
    const [gone, moved] = (await links.find({ '_id.p': projectKey }).limit(2).toArray()) as {
      _id: { p: string; a: string };
    }[];
    await links.deleteOne({ _id: gone!._id });
    await links.updateOne({ _id: moved!._id }, { $set: { userId: 'somebody new' } });
    const before = await witness.meta.find(projectKey);
    await witness.rollups.refreshActors(projectKey, [gone!._id.a, moved!._id.a], []);
    await expectSettled(connection, projectKey, witness);
    expect((await witness.meta.find(projectKey))!.rev).toBe(before!.rev + 1);

    const ofUser = { '_id.p': projectKey, userId: 'u1' } as object;
    const anonymousIds = (await links.find(ofUser).toArray()).map(({ _id }) => (_id as unknown as { a: string }).a);
    await witness.rollups.markDirty(projectKey, allDays);
    await connection.collection('events').deleteMany({ projectKey, userId: 'u1' });
    await links.deleteMany(ofUser);
    const other = createRollupProcess(connection);
    await other.rollups.refreshActors(projectKey, anonymousIds, []);
    await witness.rollups.repair(projectKey, running);
    await other.rollups.refreshActors(projectKey, [], [{ kind: 'u', id: 'u1' }]);
    await expectSettled(connection, projectKey, witness);
    const keys = (await witness.chunks.list(projectKey, -1)).map(({ keys: bytes }) =>
      Buffer.from(bytes).toString('hex'),
    );
    expect(keys.join()).not.toContain(Buffer.from(actorKey('u', 'u1')).toString('hex'));
  });

  it('should leave nothing of an erased project, and not build it again', async () => {
    await sendSealed(witness);
    await witness.rollups.settle(projectKey, 10_000);
    await sendSealed(witness, 1);
    await connection.collection('projects').updateOne({ projectKey }, { $set: { erasingAt: new Date() } });
    const other = createRollupProcess(connection);
    await other.rollups.erase(projectKey, running);
    expect(await countRollups()).toEqual([0, 0, 0, 0]);
    await advance(createRollupProcess(connection));
    expect(await countRollups()).toEqual([0, 0, 0, 0]);
    expect(await witness.server.segments.listSegments(projectKey)).toEqual([]);
  });

  it('should register for the erasure of projects, and for repairs', async () => {
    witness.rollups.onModuleInit();
    expect(witness.server.dependents.list().map(([name]) => name)).toEqual(['product-rollups']);
    await sendSealed(witness, 1);
    await witness.server.dependents.repair(projectKey);
    expect(await witness.meta.find(projectKey)).toMatchObject({ state: 'building', dirtyAll: true });
    await witness.rollups.repair(projectKey, running);
    await expectSettled(connection, projectKey, witness);
  });
});

describe('projects that are too wide', () => {
  it('should be answered from raw events until they are tried again', async () => {
    await sendSealed(witness, 1);
    await witness.rollups.settle(projectKey, 10_000);
    for (let start = 0; start < 20_001; start += 5000) {
      const events = Array.from({ length: 5000 }, (_, i) => ({ eventName: `n${start + i}`, timestamp: FIRST_DAY }));
      await witness.server.events.recordBatch({ projectKey, events });
    }
    await witness.rollups.settle(projectKey, 20_000);
    expect(await witness.meta.find(projectKey)).toMatchObject({ state: 'raw' });
    expect(await countRollups()).toEqual([1, 0, 0, 0]);
    await sendSealed(witness, 1);
    await witness.rollups.markDirty(projectKey, [5]);
    await witness.rollups.settle(projectKey, 10_000);
    expect(await witness.meta.find(projectKey)).toMatchObject({ state: 'raw', dirty: [] });
    expect(await witness.server.segments.listSegments(projectKey)).toEqual([]);

    // Too wide still.
    await createRollupProcess(connection).compaction.run(Date.now() + 25 * HOUR, running);
    expect(await witness.meta.find(projectKey)).toMatchObject({ state: 'raw' });
    await connection.collection('events').deleteMany({ projectKey, eventName: 'n7' });
    await createRollupProcess(connection).compaction.run(Date.now() + 23 * HOUR, running);
    expect(await witness.meta.find(projectKey)).toMatchObject({ state: 'raw' });
    // Of 25,000 so many that less than 20,000 are left.
    await connection.collection('events').deleteMany({ projectKey, eventName: /^n([78]|2\d{4})/ });
    await createRollupProcess(connection).compaction.run(Date.now() + 25 * HOUR, running);
    await expectSettled(connection, projectKey, witness);
    expect((await witness.meta.find(projectKey))!.retryAt).toBeNull();
  }, 60_000);

  it('should be tried again soon when somebody has deleted events', async () => {
    await sendSealed(witness, 1);
    await witness.rollups.settle(projectKey, 10_000);
    const project = (await witness.meta.find(projectKey))!;
    await witness.meta.raise(project, { state: 'raw', retryAt: new Date(Date.now() + 24 * HOUR) });
    await witness.rollups.markDirty(projectKey, [5]);
    await witness.rollups.repair(projectKey, running);
    expect(await witness.meta.find(projectKey)).toMatchObject({ state: 'raw', dirty: [] });
    await createRollupProcess(connection).compaction.run(Date.now() + 61 * 60_000, running);
    await expectSettled(connection, projectKey, witness);
  });

  it('should be those whose days are too large together for a report', async () => {
    await sendSealed(witness);
    await witness.rollups.settle(projectKey, 10_000);
    const days = connection.collection('product_days');
    for (const head of await days.find({ p: projectKey }).toArray()) expect(head['size']).toBeGreaterThan(1000);
    // Of another day than those that are merged.
    const first = await days.findOne({ p: projectKey, d: dayOf(FIRST_DAY) });
    await days.updateOne({ _id: first!._id }, { $set: { size: 64 * 1024 * 1024 } });
    await witness.server.events.recordBatch({
      projectKey,
      events: [{ eventName: 'open', timestamp: FIRST_DAY + 86_400_000 }],
    });
    await witness.rollups.settle(projectKey, 10_000);
    expect(await witness.meta.find(projectKey)).toMatchObject({ state: 'raw' });
    expect(await countRollups()).toEqual([1, 0, 0, 0]);
  });

  it('should be rolled up again when they are built anew and have become narrower', async () => {
    await sendSealed(witness, 1);
    await witness.rollups.settle(projectKey, 10_000);
    await witness.meta.raise((await witness.meta.find(projectKey))!, { state: 'raw' });
    await witness.rollups.markDirty(projectKey, 'all');
    await witness.rollups.repair(projectKey, running);
    await expectSettled(connection, projectKey, witness);
  });
});

describe('compaction', () => {
  it('should begin at once with a project that is new', async () => {
    await sendSealed(witness, 3);
    // In an epoch that is open.
    await send(witness);
    await createRollupProcess(connection).compaction.run(Date.now(), running);
    expect(await witness.meta.find(projectKey)).toMatchObject({ state: 'ready', dirty: [], dirtyAll: false });
    expect(await expectExact(connection, projectKey, witness)).toBe(true);
    await witness.rollups.settle(projectKey, 10_000);
    await expectSettled(connection, projectKey, witness);
  });

  it('should merge what is old, build what was there before, and clean up', async () => {
    await storeOldEvents();
    await sendSealed(witness, 1);
    const deleted = await witness.server.projects.create(principal(), 'Deleted');
    await connection
      .collection('projects')
      .updateOne({ projectKey: deleted.projectKey }, { $set: { erasingAt: new Date() } });
    await witness.meta.create(deleted.projectKey);
    const fresh = createRollupProcess(connection);
    await fresh.compaction.run(Date.now() + 20_000, running);
    await expectSettled(connection, projectKey, witness);
    expect(await witness.meta.find(deleted.projectKey)).toBeNull();
  });

  it('should leave few segments that are young alone', async () => {
    await sendSealed(witness, 2);
    await witness.rollups.settle(projectKey, 10_000);
    await witness.compaction.run(Date.now(), running);
    await sendSealed(witness, 2);
    await witness.compaction.run(Date.now(), running);
    expect(await witness.server.segments.listSegments(projectKey)).toHaveLength(2);
    await sendSealed(witness, 14);
    await witness.compaction.run(Date.now(), running);
    await expectSettled(connection, projectKey, witness);
  });

  it('should repair marks that nobody comes back for', async () => {
    await sendSealed(witness, 1);
    await witness.rollups.settle(projectKey, 10_000);
    await witness.rollups.markDirty(projectKey, [dayOf(FIRST_DAY)]);
    await createRollupProcess(connection).compaction.run(Date.now(), running);
    expect(await witness.meta.find(projectKey)).toMatchObject({ dirty: [dayOf(FIRST_DAY)] });
    await createRollupProcess(connection).compaction.run(Date.now() + 11 * 60_000, running);
    await expectSettled(connection, projectKey, witness);
  });

  it('should do nothing while another replica has the lease', async () => {
    await sendSealed(witness, 1);
    const busy = createRollupProcess(connection, { withLease: () => Promise.resolve(false) });
    await busy.compaction.run(Date.now() + 20_000, running);
    expect(await witness.meta.find(projectKey)).toBeNull();
  });

  it('should delete blocks that nothing refers to, when they are old', async () => {
    await sendSealed(witness);
    await witness.rollups.settle(projectKey, 10_000);
    const blocks = (): Promise<number> => connection.collection('product_blocks').countDocuments({ p: projectKey });
    const inUse = (await witness.heads.listReferences(projectKey)).size;
    await witness.blocks.insert(projectKey, [{ day: 5, sets: new Map() }]);
    await witness.garbage.collectOrphans(new Date(), running);
    expect(await blocks()).toBeGreaterThan(inUse);
    expect(await witness.garbage.collectOrphans(new Date(Date.now() + 11 * 60_000), running)).toBeGreaterThan(0);
    expect(await blocks()).toBe(inUse);
    await expectSettled(connection, projectKey, witness);
  });
});

/** Stored before there were epochs. */
async function storeOldEvents(): Promise<void> {
  await send(witness, 200);
  await witness.server.segments.seal();
  await connection.collection('events').updateMany({ projectKey }, { $unset: { epoch: 1 } });
  for (const name of ['ingest_epochs', 'product_segments']) await connection.collection(name).deleteMany({});
}

const countRollups = (): Promise<number[]> =>
  Promise.all([
    connection.collection('product_rollups').countDocuments({ _id: projectKey as any }),
    ...['product_days', 'product_blocks', 'product_actors'].map((name) =>
      connection.collection(name).countDocuments({ p: projectKey }),
    ),
  ]);

/** Remembers days as a reader does: looks again only at those of later runs. */
class CachedReader {
  private rev = -1;
  private generation = '';
  /** Of each chunk of the actor table. */
  readonly actors: number[] = [];
  private readonly heads = new Map<number, { events: number; applied: string[] }>();

  /** Events as a report would count them; `null`: not from rollups. */
  async count({ server, meta, chunks }: RollupProcess): Promise<number | null> {
    const pending = await server.segments.listSegments(projectKey);
    const current = await meta.find(projectKey);
    if (current === null || current.state !== 'ready' || current.dirtyAll) return null;
    if (current.generation !== this.generation) this.heads.clear();
    if (current.generation !== this.generation || current.rev > this.rev) {
      const after = this.heads.size === 0 ? -1 : this.rev;
      const changed = await connection
        .collection('product_days')
        .find({ p: projectKey, rev: { $gt: after } })
        .toArray();
      for (const { d, events, applied } of changed) {
        this.heads.set(d, { events, applied: applied.map((epoch: { toHexString(): string }) => epoch.toHexString()) });
      }
      for (const { c, persons } of await chunks.list(projectKey, after)) this.actors[c] = persons.length;
      this.rev = current.rev;
      this.generation = current.generation;
    }
    let count = 0;
    for (const { events } of this.heads.values()) count += events;
    for (const { epoch, columns } of pending) {
      for (const time of columns.times) if (!this.heads.get(dayOf(time))?.applied.includes(epoch)) count++;
    }
    return count;
  }
}
