import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { EventSourcesService } from '../../src/modules/analytics/product/event-sources.service.js';
import { ProductRollupsService } from '../../src/modules/analytics/product/product-rollups.service.js';
import { EventRetentionJob } from '../../src/modules/analytics/product/removal/event-retention.job.js';
import { EventRetentionService } from '../../src/modules/analytics/product/removal/event-retention.service.js';
import { retentionLimits } from '../../src/modules/analytics/product/removal/event-retention.js';
import { EventRemovalService } from '../../src/modules/events/product/removal/event-removal.service.js';
import { ProductEventsService } from '../../src/modules/events/product/product-events.service.js';
import { ProjectsService } from '../../src/modules/projects/projects.service.js';
import { principal } from '../factories/principal.factory.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';
import { figuresOf, naiveFigures, type NaiveEvent } from '../support/naive-product.js';
import { startProductApp, type ProductApp } from '../support/product-app.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const LIMIT_MS = 60_000;
const running = new AbortController().signal;
const ann = principal({ userId: 'ann' });
const NOW = new Date();
const TODAY = Math.floor(NOW.getTime() / DAY_MS) * DAY_MS;

type Sent = Record<string, unknown>;

let mongo: TestMongo;
let sql: SqlTestDatabase;
let app: ProductApp;
let projectKey: string;
let sequence = 0;

beforeAll(async () => {
  mongo = await startTestMongo();
  sql = await (await sqlTestTargets())[0]!.create();
  app = await startProductApp({ mongoUri: mongo.uri, databaseName: `retention-${randomUUID()}`, sql });
}, 120_000);

afterAll(async () => {
  await app.connection.dropDatabase();
  await app.close();
  await mongo.stop();
  await sql.drop();
}, 60_000);

beforeEach(async () => {
  ({ projectKey } = await app.get(ProjectsService).create(ann, 'Retention'));
});

afterEach(() => {
  jest.restoreAllMocks();
});

/** So many days and minutes before today's midnight; `null`: no readable time. */
function event(daysAgo: number | null, minute = 0, ids: Sent = { userId: 'u' }): Sent {
  const timestamp = daysAgo === null ? 'never' : TODAY - daysAgo * DAY_MS + minute * MINUTE_MS;
  return { eventName: 'open', timestamp, eventId: `e${++sequence}`, ...ids };
}

/** As if they had been received then; long ago, unless said otherwise, as far as the run is concerned. */
async function send(events: Sent[], receivedAt = new Date(NOW.getTime() - 10 * MINUTE_MS)): Promise<void> {
  await app.get(ProductEventsService).recordBatch({ projectKey, events });
  const ids = events.map(({ eventId }) => eventId);
  await app.connection
    .collection('events')
    .updateMany(
      { projectKey, eventId: { $in: ids } },
      { $set: { receivedAt } },
      { hint: { projectKey: 1, timestamp: 1 } },
    );
}

const merge = () => app.get(ProductRollupsService).settle(projectKey, LIMIT_MS, running);
const apply = (days: number) => app.get(EventRetentionService).apply(projectKey, retentionLimits(NOW, days), running);

async function stored(): Promise<(NaiveEvent & { eventId: string })[]> {
  const rows = await app.connection.collection('events').find({ projectKey }).toArray();
  return rows as unknown as (NaiveEvent & { eventId: string })[];
}

const storedIds = async () => (await stored()).map(({ eventId }) => eventId).sort();
const idsOf = (events: Sent[]) => events.map(({ eventId }) => eventId as string).sort();

/** @param links who is who: also by events that are gone. */
async function expectExact(links: Record<string, string> = {}): Promise<void> {
  const start = TODAY - 6 * DAY_MS;
  const expected = naiveFigures(await stored(), links, start, DAY_MS);
  const sources = app.get(EventSourcesService);
  expect(await figuresOf(await sources.open(projectKey, { raw: true }), start, DAY_MS)).toEqual(expected);
  const rolled = await sources.open(projectKey);
  expect(rolled.kind).toBe('rollup');
  expect(await figuresOf(rolled, start, DAY_MS)).toEqual(expected);
}

describe('retention of events', () => {
  it('should delete whole UTC days by the time of the event, those without a time by that of receipt', async () => {
    const kept = [event(2), event(0, 10), event(2, 1439), event(null)];
    const gone = [event(3, 1439), event(3), event(30), event(4000)];
    await send([...kept, ...gone]);
    const [old, young] = [event(null), event(null)];
    await send([old], new Date(TODAY - 2 * DAY_MS - 1));
    await send([young], new Date(TODAY - 2 * DAY_MS));
    await merge();
    await expectExact();
    expect(await apply(2)).toBe(gone.length + 1);
    expect(await storedIds()).toEqual(idsOf([...kept, young]));
    await expectExact();
    // Days that are empty by now are not made anew every time.
    const markDirty = jest.spyOn(app.get(ProductRollupsService), 'markDirty');
    expect(await apply(2)).toBe(0);
    expect(markDirty).not.toHaveBeenCalled();
  });

  it('should do the same to rollups that were never built, and to events that are not merged', async () => {
    await send([event(5), event(1)]);
    expect(await apply(3)).toBe(1);
    await expectExact();
    await send([event(7), event(2)]);
    expect(await apply(3)).toBe(1);
    await expectExact();
  });

  it('should leave what has just been received to the next run, however old', async () => {
    await send([event(9), event(1)]);
    const late = event(9, 5);
    await send([late], new Date(NOW.getTime() - 30_000));
    expect(await apply(3)).toBe(1);
    expect(await storedIds()).toContain(late['eventId']);
    await expectExact();
    const tomorrow = retentionLimits(new Date(NOW.getTime() + DAY_MS), 3);
    expect(await app.get(EventRetentionService).apply(projectKey, tomorrow, running)).toBe(1);
    expect(await stored()).toHaveLength(1);
    await expectExact();
  });

  it('should keep knowing who a visitor is that comes back', async () => {
    await send([event(9, 0, { userId: 'u', anonymousId: 'a' })]);
    await send([event(1, 0, { userId: 'u' })]);
    await apply(3);
    await send([event(0, 5, { anonymousId: 'a' })]);
    await expectExact({ a: 'u' });
    await merge();
    await expectExact({ a: 'u' });
    const source = await app.get(EventSourcesService).open(projectKey);
    expect(await source.countPersons({ from: null, toExclusive: null })).toEqual({ total: 1, converted: 0 });
  });

  it('should go through many days and events in steps', async () => {
    const many = Array.from({ length: 12_000 }, (_, i) => event(3 + (i % 80), i % 1440));
    for (let i = 0; i < many.length; i += 4000) await send(many.slice(i, i + 4000));
    await send([event(1)]);
    await merge();
    expect(await apply(2)).toBe(12_000);
    expect(await stored()).toHaveLength(1);
    await expectExact();
  }, 60_000);

  it('should finish what was interrupted at any step', async () => {
    for (let n = 0; ; n++) {
      ({ projectKey } = await app.get(ProjectsService).create(ann, 'Interrupted'));
      const kept = [event(1), event(0)];
      await send([...kept, event(4), event(4, 7), event(5, 3, { anonymousId: 'a' })]);
      await send([event(null)], new Date(TODAY - 9 * DAY_MS));
      if (n % 3 !== 0) await merge();
      let steps = 0;
      const targets: [object, string[]][] = [
        [app.get(EventRemovalService), ['deleteEvents']],
        [app.get(ProductRollupsService), ['settle', 'markDirty', 'repair']],
      ];
      for (const [service, methods] of targets) {
        for (const method of methods) {
          const methodsOf = service as Record<string, (...args: unknown[]) => Promise<unknown>>;
          const original = methodsOf[method]!.bind(service);
          jest.spyOn(methodsOf, method).mockImplementation(async (...args) => {
            const isLast = steps++ === Math.floor(n / 2);
            if (isLast && n % 2 === 0) throw new Error('interrupted');
            await original(...args);
            if (isLast) throw new Error('interrupted');
          });
        }
      }
      const interrupted = await apply(3).then(
        () => false,
        (error: Error) => error.message === 'interrupted',
      );
      jest.restoreAllMocks();
      if (!interrupted) {
        expect(n).toBeGreaterThan(12);
        break;
      }
      // Somebody else may repair in between.
      if (n % 4 === 1) await app.get(ProductRollupsService).repair(projectKey, running);
      await apply(3);
      expect(await storedIds()).toEqual(idsOf(kept));
      await expectExact();
    }
  }, 120_000);

  it('should leave rollups that equal the raw events, whatever is kept and whenever', async () => {
    const property = fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.array(fc.tuple(fc.option(fc.nat(7)), fc.nat(1439)), { minLength: 1, maxLength: 8 }),
          fc.constant('merge' as const),
          fc.integer({ min: 1, max: 7 }),
        ),
        { minLength: 3, maxLength: 8 },
      ),
      async (steps) => {
        ({ projectKey } = await app.get(ProjectsService).create(ann, 'Random'));
        await send([event(0)]);
        await merge();
        for (const step of steps) {
          if (step === 'merge') await merge();
          else if (typeof step === 'number') {
            const cutoff = TODAY - step * DAY_MS;
            const left = (await stored()).filter(
              ({ timestamp }) => timestamp === null || timestamp.getTime() >= cutoff,
            );
            await apply(step);
            expect(await storedIds()).toEqual(left.map(({ eventId }) => eventId).sort());
          } else await send(step.map(([daysAgo, minute]) => event(daysAgo, minute)));
          await expectExact();
        }
      },
    );
    await fc.assert(property, { numRuns: 12 });
  }, 120_000);
});

describe('the retention job', () => {
  it('should use what a project says, else what the server says', async () => {
    const projects = app.get(ProjectsService);
    await projects.update(ann, projectKey, { eventRetentionDays: 3 });
    const withSetting = projectKey;
    await send([event(4), event(2)]);
    const { projectKey: plain } = await projects.create(ann, 'Plain');
    projectKey = plain;
    await send([event(4), event(2)]);
    const { projectKey: deleted } = await projects.create(ann, 'Deleted');
    projectKey = deleted;
    await send([event(4), event(2)]);
    await projects.update(ann, deleted, { eventRetentionDays: 1 });
    await projects.delete(ann, deleted);

    const count = async () =>
      Promise.all(
        [withSetting, plain, deleted].map((key) =>
          app.connection.collection('events').countDocuments({ projectKey: key }),
        ),
      );
    await app.get(EventRetentionJob).run();
    expect(await count()).toEqual([1, 2, 0]);
    Object.assign(app.get<{ config: object }>(EventRetentionJob as never).config, { eventDays: 1 });
    await app.get(EventRetentionJob).run();
    expect(await count()).toEqual([1, 0, 0]);
  });
});
