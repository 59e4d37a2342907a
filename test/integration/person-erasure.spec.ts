import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { mongo as driver } from 'mongoose';
import { EventSourcesService } from '../../src/modules/analytics/product/event-sources.service.js';
import { ProductRollupsService } from '../../src/modules/analytics/product/product-rollups.service.js';
import { PersonErasureJob } from '../../src/modules/analytics/product/removal/person-erasure.job.js';
import { PersonErasureService } from '../../src/modules/analytics/product/removal/person-erasure.service.js';
import { PersonErasuresRepository } from '../../src/modules/analytics/product/removal/person-erasures.repository.js';
import { ProductPersonsService } from '../../src/modules/analytics/product/removal/product-persons.service.js';
import { EventRemovalService } from '../../src/modules/events/product/removal/event-removal.service.js';
import { ProductErasureService } from '../../src/modules/events/product/removal/product-erasure.service.js';
import { ProductEventsService } from '../../src/modules/events/product/product-events.service.js';
import { actorKey } from '../../src/modules/events/product/segments/actor-key.js';
import { ProjectsService } from '../../src/modules/projects/projects.service.js';
import { principal } from '../factories/principal.factory.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';
import { startProductApp, type ProductApp } from '../support/product-app.js';
import { figuresOf, naiveFigures, naiveLinks, type NaiveEvent } from '../support/naive-product.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

const DAY_MS = 86_400_000;
const MONDAY = Date.parse('2025-01-06T00:00:00Z');
const LIMIT_MS = 60_000;
const running = new AbortController().signal;
const ann = principal({ userId: 'ann' });

type Sent = Record<string, unknown>;

let mongo: TestMongo;
let sql: SqlTestDatabase;
let databaseName: string;
let app: ProductApp;
let projectKey: string;
let sequence = 0;

beforeAll(async () => {
  mongo = await startTestMongo();
  sql = await (await sqlTestTargets())[0]!.create();
  databaseName = `erasure-${randomUUID()}`;
  app = await start();
}, 120_000);

afterAll(async () => {
  await app.connection.dropDatabase();
  await app.close();
  await mongo.stop();
  await sql.drop();
}, 60_000);

beforeEach(async () => {
  ({ projectKey } = await app.get(ProjectsService).create(ann, 'Erasure'));
});

afterEach(() => {
  jest.restoreAllMocks();
});

const start = (replicaDelayMs = 0) => startProductApp({ mongoUri: mongo.uri, databaseName, sql, replicaDelayMs });

/** An id that no other project has, and that begins no other: it is looked for in all that is stored. */
const me = (name: string): string => `${name}@${projectKey}`;

/** `minute` after Monday midnight; `null`: no readable time. */
function event(ids: { userId?: string; anonymousId?: string }, minute: number | null, eventName = 'open'): Sent {
  const timestamp = minute === null ? 'never' : new Date(MONDAY + minute * 60_000).toISOString();
  return { eventName, timestamp, eventId: `e${++sequence}`, ...ids };
}

async function send(events: Sent[], to = app, receivedAt = new Date()): Promise<void> {
  const outcome = await to.get(ProductEventsService).recordBatch({ projectKey, events }, receivedAt);
  expect(outcome).toMatchObject({ inserted: events.length });
}

/** Into days of the rollups, where reports find it after its segment is gone. */
const merge = (of = app) => of.get(ProductRollupsService).settle(projectKey, LIMIT_MS, running);

async function request(id: string, requestedAt = new Date()): Promise<Date> {
  await app.get(PersonErasuresRepository).create(projectKey, id, requestedAt);
  return requestedAt;
}

async function erase(id: string, requestedAt?: Date): Promise<void> {
  await request(id, requestedAt);
  await finish();
}

async function finish(by = app): Promise<void> {
  while (await by.get(PersonErasureService).erase(projectKey, running));
}

async function stored(): Promise<(NaiveEvent & { eventId: string })[]> {
  const rows = await app.connection.collection('events').find({ projectKey }).toArray();
  return rows.map((row) => ({
    eventId: row['eventId'] as string,
    eventName: row['eventName'] as string,
    timestamp: row['timestamp'] as Date | null,
    userId: row['userId'] as string | undefined,
    anonymousId: row['anonymousId'] as string | undefined,
  }));
}

const storedIds = async () => (await stored()).map(({ eventId }) => eventId).sort();
const idsOf = (events: Sent[]) => events.map(({ eventId }) => eventId as string).sort();

async function links(): Promise<Record<string, string>> {
  const rows = await app.connection
    .collection<{ _id: { p: string; a: string }; userId: string }>('identity_links')
    .find({ '_id.p': projectKey })
    .toArray();
  return Object.fromEntries(rows.map((row) => [row._id.a, row.userId]).sort());
}

/** What is stored, raw answers, answers of rollups, and links agree with a recount in words of their own. */
async function expectExact(by = app): Promise<void> {
  const events = await stored();
  expect(await links()).toEqual(naiveLinks(events));
  const expected = naiveFigures(events, naiveLinks(events), MONDAY, DAY_MS);
  const sources = by.get(EventSourcesService);
  expect(await figuresOf(await sources.open(projectKey, { raw: true }), MONDAY, DAY_MS)).toEqual(expected);
  const rolled = await sources.open(projectKey);
  expect(rolled.kind).toBe('rollup');
  expect(await figuresOf(rolled, MONDAY, DAY_MS)).toEqual(expected);
}

/** Where a document still names one of the ids, as text or as the key of an actor. */
async function tracesOf(userIds: string[], anonymousIds: string[]): Promise<string[]> {
  const needles = [
    ...[...userIds, ...anonymousIds].map((id) => Buffer.from(id)),
    ...userIds.map((id) => Buffer.from(actorKey('u', id))),
    ...anonymousIds.map((id) => Buffer.from(actorKey('a', id))),
  ];
  const traces: string[] = [];
  for (const collection of await app.connection.db!.collections()) {
    for await (const document of collection.find()) {
      const bytes = Buffer.from(driver.BSON.serialize(document));
      if (needles.some((needle) => bytes.includes(needle)))
        traces.push(`${collection.collectionName}: ${String(document._id)}`);
    }
  }
  return traces;
}

/** A user on two devices, one of which somebody else uses too; and others. */
function shop(): { own: Sent[]; others: Sent[] } {
  const own = [
    event({ anonymousId: me('phone') }, 10),
    event({ anonymousId: me('phone'), userId: me('user') }, 20, 'login'),
    event({ userId: me('user') }, 3 * 1440, 'buy'),
    event({ anonymousId: me('shared') }, 1500),
    event({ anonymousId: me('shared'), userId: me('user') }, 1510, 'login'),
    event({ userId: me('user') }, null),
    event({ anonymousId: me('phone') }, null),
  ];
  const others = [
    event({ anonymousId: me('shared'), userId: me('ben') }, 3000, 'login'),
    event({ anonymousId: me('shared'), userId: me('cat') }, 4000, 'login'),
    event({ userId: me('ben') }, 15),
    event({ anonymousId: me('someone') }, 10),
    event({}, 11),
    event({ anonymousId: me('bens'), userId: me('ben') }, 5 * 1440),
    event({ anonymousId: me('bens') }, 30),
  ];
  return { own, others };
}

describe('erasing a person', () => {
  it('should delete the events of the user, with and without the userId, and nothing else', async () => {
    const { own, others } = shop();
    await send([...own, ...others]);
    await merge();
    await expectExact();
    await erase(me('user'));
    expect(await storedIds()).toEqual(idsOf(others));
    expect(await links()).toEqual({ [me('shared')]: me('ben'), [me('bens')]: me('ben') });
    await expectExact();
    expect(await tracesOf([me('user')], [me('phone')])).toEqual([]);
    expect(await app.connection.collection('product_erasures').countDocuments()).toBe(0);
  });

  it.each([
    ['a linked anonymousId as its user', 'phone', ['phone']],
    ['an anonymousId without a link as itself', 'someone', ['someone']],
    ['an id that nobody has as nothing', 'nobody', ['nobody']],
  ])('should take %s', async (_, id, anonymousIds) => {
    const { own, others } = shop();
    await send([...own, ...others]);
    await erase(me(id));
    const left = id === 'phone' ? others : [...own, ...others].filter((each) => each['anonymousId'] !== me(id));
    expect(await storedIds()).toEqual(idsOf(left));
    await expectExact();
    expect(await tracesOf([], anonymousIds.map(me))).toEqual([]);
  });

  it.each([false, true])(
    'should take an id for that of a user before that of an anonymousId (merged before: %s)',
    async (isMerged) => {
      const user = [event({ userId: me('same') }, 5)];
      const anonymous = [
        event({ anonymousId: me('same') }, 6),
        event({ anonymousId: me('same'), userId: me('ben') }, 7),
      ];
      await send([...user, ...anonymous]);
      if (isMerged) await merge();
      await erase(me('same'));
      expect(await storedIds()).toEqual(idsOf(anonymous));
      await expectExact();
      await erase(me('same'));
      expect(await storedIds()).toEqual([]);
      await expectExact();
    },
  );

  it('should erase a user and the anonymousId of the same text, unless that is another’s', async () => {
    await send([
      event({ userId: me('same') }, 5),
      event({ anonymousId: me('same') }, 6),
      event({ userId: me('ben') }, 7),
    ]);
    await erase(me('same'));
    expect((await stored()).map(({ userId }) => userId)).toEqual([me('ben')]);
    await expectExact();
    expect(await tracesOf([me('same')], [me('same')])).toEqual([]);
  });

  it('should keep what is received after the request, also of the same day and anonymousId', async () => {
    const { own, others } = shop();
    await send([...own, ...others]);
    await merge();
    const requestedAt = await request(me('user'));
    const later = [
      event({ userId: me('user') }, 21),
      event({ anonymousId: me('phone') }, 22),
      event({ anonymousId: me('phone'), userId: me('user') }, 2000),
      event({ anonymousId: me('shared') }, 23),
      event({ anonymousId: me('new'), userId: me('user') }, null),
    ];
    await send(later, app, new Date(requestedAt.getTime() + 1));
    await finish();
    expect(await storedIds()).toEqual(idsOf([...others, ...later]));
    await expectExact();
    await merge();
    await expectExact();
    await erase(me('user'));
    await expectExact();
    expect(await tracesOf([me('user')], [me('phone'), me('new')])).toEqual([]);
  });

  it('should count as a new person who comes back', async () => {
    const { own, others } = shop();
    await send([...own, ...others]);
    await erase(me('user'));
    const back = shop().own;
    await send(back);
    expect(await storedIds()).toEqual(idsOf([...others, ...back]));
    expect(await links()).toMatchObject({ [me('phone')]: me('user'), [me('shared')]: me('user') });
    await expectExact();
    await merge();
    await expectExact();
  });

  it('should take several persons at once, who share an anonymousId, and one person twice', async () => {
    const { own, others } = shop();
    await send([...own, ...others]);
    await merge();
    await Promise.all([me('user'), me('ben'), me('phone'), me('user')].map((id) => request(id)));
    await finish();
    expect(await links()).toEqual({ [me('shared')]: me('cat') });
    expect(await stored()).toHaveLength(3);
    await expectExact();
    expect(await tracesOf([me('user'), me('ben')], [me('phone'), me('bens')])).toEqual([]);
  });

  it('should erase a person with more anonymousIds than one pass takes', async () => {
    const many = Array.from({ length: 2300 }, (_, i) => [
      event({ anonymousId: me(`device${i}`) }, i % 5000),
      event({ anonymousId: me(`device${i}`), userId: me('user') }, i % 5000),
    ]).flat();
    await send(many);
    await send([
      event({ userId: me('ben'), anonymousId: me('device77') }, 9000),
      event({ anonymousId: me('device') }, 1),
    ]);
    await erase(me('user'));
    expect(await stored()).toHaveLength(2);
    expect(await links()).toEqual({ [me('device77')]: me('ben') });
    await expectExact();
  }, 60_000);

  it('should find the events of one instant, however many', async () => {
    const many = Array.from({ length: 25_000 }, (_, i) =>
      event({ userId: i % 2 === 0 ? me('user') : me('ben') }, i < 21_000 ? 7 : null),
    );
    for (let i = 0; i < many.length; i += 5000) await send(many.slice(i, i + 5000), app, new Date(Date.now() - 1000));
    await erase(me('user'));
    expect(await stored()).toHaveLength(12_500);
    await expectExact();
  }, 60_000);

  it('should leave other projects alone', async () => {
    const { own } = shop();
    await send(own);
    await merge();
    const neighbour = projectKey;
    ({ projectKey } = await app.get(ProjectsService).create(ann, 'Second'));
    await send(shop().own);
    await erase(me('user'));
    expect(await storedIds()).toEqual([]);
    projectKey = neighbour;
    expect(await storedIds()).toEqual(idsOf(own));
    await expectExact();
  });

  it('should forget the request when its project goes', async () => {
    await send(shop().own);
    await request(me('user'));
    await app.get(ProductErasureService).erase(projectKey, running);
    expect(await app.connection.collection('product_erasures').countDocuments({ projectKey })).toBe(0);
    await request(me('user'));
    await app.connection.collection('projects').updateOne({ projectKey }, { $set: { erasingAt: new Date() } });
    await new Promise((resolve) => setTimeout(resolve, 1010));
    await finish();
    expect(await app.connection.collection('product_erasures').countDocuments({ projectKey })).toBe(0);
  });
});

describe('an interrupted erasure', () => {
  // Each call of these is a step after which the process may die, which is before the next.
  const STEPS = [
    [EventRemovalService, ['deleteEvents', 'replaceLinks', 'mergeLinks']],
    [ProductRollupsService, ['settle', 'markDirty', 'refreshActors', 'repair']],
    [ProjectsService, ['raiseLinkGeneration']],
    [PersonErasuresRepository, ['setPerson', 'finishGroup', 'delete']],
  ] as const;

  /** The `n`-th step fails, from 0, before it is done. Returns how many steps there were. */
  function interrupt(n: number): () => number {
    let count = 0;
    for (const [token, methods] of STEPS) {
      const service = app.get<Record<string, (...args: unknown[]) => Promise<unknown>>>(token);
      for (const method of methods) {
        const original = service[method]!.bind(service);
        jest.spyOn(service, method).mockImplementation(async (...args) => {
          if (count++ === n) throw new Error('interrupted');
          return original(...args);
        });
      }
    }
    return () => count;
  }

  it('should be finished by the next run, whatever step it failed before', async () => {
    for (let n = 0; ; n++) {
      ({ projectKey } = await app.get(ProjectsService).create(ann, 'Interrupted'));
      const { own, others } = shop();
      await send([...own, ...others]);
      if (n % 2 === 0) await merge();
      const requestedAt = await request(n % 3 === 0 ? me('phone') : me('user'));
      const steps = interrupt(n);
      const failed = await finish().then(
        () => false,
        (error: Error) => error.message === 'interrupted',
      );
      jest.restoreAllMocks();
      if (!failed) {
        expect(n).toBeGreaterThan(8);
        expect(steps()).toBeLessThanOrEqual(n);
        break;
      }
      // What comes in meanwhile is new data.
      const later = [event({ anonymousId: me('phone'), userId: me('dan') }, 5000), event({ userId: me('ben') }, 20)];
      if (n % 2 === 1) await send(later, app, new Date(requestedAt.getTime() + 1));
      if (n % 4 === 3) await merge();
      await finish();
      expect([n, await storedIds()]).toEqual([n, idsOf(n % 2 === 1 ? [...others, ...later] : others)]);
      await expectExact();
      const anonymousIds = n % 2 === 1 ? [] : [me('phone')];
      expect([n, await tracesOf([me('user')], anonymousIds)]).toEqual([n, []]);
    }
  }, 180_000);

  it('should be finished by another process', async () => {
    const { own, others } = shop();
    await send([...own, ...others]);
    await request(me('user'));
    interrupt(6);
    await expect(finish()).rejects.toThrow('interrupted');
    jest.restoreAllMocks();
    const other = await start();
    await other.get(PersonErasureJob).run();
    expect(await storedIds()).toEqual(idsOf(others));
    await expectExact(other);
    await expectExact();
    await other.close();
  }, 30_000);
});

describe('an erasure while events come in', () => {
  it('should end with links, raw answers and rollups that equal a recount', async () => {
    // Real delays: the two know of each other only what they may know.
    const replicas = [await start(2500), await start(2500)] as const;
    const id = fc.record(
      {
        userId: fc.constantFrom('u1', 'u2', 'u3'),
        anonymousId: fc.constantFrom('a1', 'a2', 'a3', 'a4'),
      },
      { requiredKeys: [] },
    );
    const sent = fc.record({ ids: id, minute: fc.option(fc.nat(4 * 1440)), replica: fc.nat(1) });
    const property = fc.asyncProperty(
      fc.array(sent, { minLength: 20, maxLength: 60 }),
      fc.array(sent, { minLength: 20, maxLength: 60 }),
      fc.array(fc.constantFrom<string>('u1', 'u2', 'a1', 'a2', 'a4', 'nobody'), { minLength: 1, maxLength: 3 }),
      async (before, after, doomed) => {
        ({ projectKey } = await app.get(ProjectsService).create(ann, 'Concurrent'));
        const early = before.map(({ ids, minute }) => event(ids, minute));
        for (const [i, each] of early.entries()) await send([each], replicas[before[i]!.replica]);
        await merge(replicas[0]);
        for (const each of doomed) await request(each);
        const erasing = replicas[1].get(PersonErasureJob).run();
        const late = after.map(({ ids, minute }) => event(ids, minute));
        const pause = 7000 / late.length;
        for (const [i, each] of late.entries()) {
          await new Promise((resolve) => setTimeout(resolve, pause));
          await send([each], replicas[after[i]!.replica]);
        }
        await erasing;
        await finish(replicas[1]);
        const left = await storedIds();
        expect(idsOf(late).filter((eventId) => !left.includes(eventId))).toEqual([]);
        const erasedUsers = doomed.filter((each) => each.startsWith('u'));
        const wrong = early.filter(
          (each) => erasedUsers.includes(each['userId'] as string) && left.includes(each['eventId'] as string),
        );
        expect(wrong).toEqual([]);
        for (const replica of replicas) await expectExact(replica);
        await merge(replicas[0]);
        for (const replica of replicas) await expectExact(replica);
      },
    );
    await fc.assert(property, { numRuns: 2, endOnFailure: true });
    for (const replica of replicas) await replica.close();
  }, 240_000);

  it('should keep every report exact over random streams, one erasure after another', async () => {
    const id = fc.record(
      { userId: fc.constantFrom('u1', 'u2', 'u3'), anonymousId: fc.constantFrom('a1', 'a2', 'a3', 'u1') },
      { requiredKeys: [] },
    );
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.array(fc.record({ ids: id, minute: fc.option(fc.nat(3 * 1440)) }), {
          minLength: 1,
          maxLength: 12,
        }),
      },
      { weight: 2, arbitrary: fc.constant('merge' as const) },
      { weight: 2, arbitrary: fc.constantFrom(...['u1', 'u2', 'a1', 'a2', 'a3'].map((doomed) => ({ doomed }))) },
    );
    const property = fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 10 }), async (steps) => {
      ({ projectKey } = await app.get(ProjectsService).create(ann, 'Random'));
      await send([event({ userId: 'u9' }, 1)]);
      await merge();
      for (const each of steps) {
        if (each === 'merge') await merge();
        else if (Array.isArray(each)) await send(each.map(({ ids, minute }) => event(ids, minute)));
        else {
          const expected = survivors(await stored(), each.doomed);
          await erase(each.doomed);
          expect(await storedIds()).toEqual(expected);
        }
        await expectExact();
      }
    });
    await fc.assert(property, { numRuns: 3, endOnFailure: true });
  }, 180_000);

  /** Independent of the code under test. */
  function survivors(events: (NaiveEvent & { eventId: string })[], id: string): string[] {
    const linked = naiveLinks(events);
    const isUser = events.some(({ userId }) => userId === id);
    const user = isUser ? id : (linked[id] ?? id);
    return events
      .filter(({ userId, anonymousId }) => {
        if (userId !== undefined) return userId !== user;
        if (anonymousId === undefined) return true;
        return (linked[anonymousId] ?? (anonymousId === id ? user : undefined)) !== user;
      })
      .map(({ eventId }) => eventId)
      .sort();
  }
});

describe('DELETE persons', () => {
  it('should be for those who may change the project, and say the same of every id', async () => {
    const persons = app.get(ProductPersonsService);
    jest.spyOn(app.get(PersonErasureJob), 'start').mockReturnValue();
    for (const id of ['u1', 'x'.repeat(256), '😀'.repeat(256), '$where', 'a/b']) {
      expect(await persons.erase(ann, projectKey, id)).toMatchObject({ id });
    }
    for (const id of ['', 'x'.repeat(257), 'a\u0000b', '\ud800']) {
      await expect(persons.erase(ann, projectKey, id)).rejects.toThrow('id must have 1 to 256 characters');
    }
    const bob = principal({ userId: 'bob' });
    await expect(persons.erase(bob, projectKey, 'u1')).rejects.toMatchObject({ kind: 'not_found' });
    await expect(persons.erase(ann, 'ffffffffffff', 'u1')).rejects.toMatchObject({ kind: 'not_found' });
    await app.get(ProjectsService).delete(ann, projectKey);
    expect(await persons.erase(principal({ role: 'admin', userId: 'root' }), projectKey, 'u1')).toMatchObject({
      id: 'u1',
    });
    expect(await app.connection.collection('product_erasures').countDocuments({ projectKey })).toBe(6);
    await app.connection.collection('product_erasures').deleteMany({ projectKey });
  });
});
