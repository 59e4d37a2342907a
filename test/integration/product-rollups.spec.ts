import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { EventSourcesService } from '../../src/modules/analytics/product/event-sources.service.js';
import { ProductRollupsService } from '../../src/modules/analytics/product/product-rollups.service.js';
import { RollupCompactionService } from '../../src/modules/analytics/product/rollups/compaction/rollup-compaction.service.js';
import { RollupMetaRepository } from '../../src/modules/analytics/product/rollups/store/rollup-meta.repository.js';
import { RollupDataService } from '../../src/modules/analytics/product/rollups/reading/rollup-data.service.js';
import { RollupReaderRepository } from '../../src/modules/analytics/product/rollups/store/rollup-reader.repository.js';
import { RollupSnapshotsService } from '../../src/modules/analytics/product/rollups/reading/rollup-snapshots.service.js';
import { RollupSourceRepository } from '../../src/modules/analytics/product/rollups/store/rollup-source.repository.js';
import { RollupVerificationService } from '../../src/modules/analytics/product/rollups/verification/rollup-verification.service.js';
import { RollupWrites } from '../../src/modules/analytics/product/rollups/store/rollup-writes.repository.js';
import { runVerification } from '../../src/modules/analytics/product/rollups/verification/run-verification.js';
import { ProductEventsService } from '../../src/modules/events/product/product-events.service.js';
import { EpochRecoveryService } from '../../src/modules/events/product/segments/epoch-recovery.service.js';
import { ProductSegmentsService } from '../../src/modules/events/product/segments/product-segments.service.js';
import { ProjectsService } from '../../src/modules/projects/projects.service.js';
import { principal } from '../factories/principal.factory.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';
import { naiveLinks, type NaiveEvent } from '../support/naive-product.js';
import { startProductApp, type ProductApp } from '../support/product-app.js';
import {
  answersOf,
  momentArbitrary,
  naiveAnswers,
  questionsArbitrary,
  type Questions,
} from '../support/source-answers.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

// Random histories on two replicas over one store: after every step, what rollups answer, what raw events answer, and
// what a look at each event that was acknowledged gives must be the same.

const START = Date.UTC(2025, 9, 24);
const DAYS = 4;
const NAMES = ['open', 'view', 'cart', 'buy', 'ünï'];
const LIMIT_MS = 60_000;
const running = new AbortController().signal;
const ann = principal({ userId: 'ann' });

interface Draft {
  eventName: string;
  at: number | null;
  anonymousId?: string;
  userId?: string;
  eventId?: string;
}

type Broken = 'nothing' | 'days' | 'revision' | 'segments';

type Step =
  | { kind: 'send'; replica: number; project: number; events: Draft[] }
  | { kind: 'send on both'; project: number; events: Draft[] }
  | { kind: 'seal' | 'crash'; replica: number }
  | { kind: 'compact'; replica: number; broken: Broken }
  | { kind: 'mark'; project: number; day: number | 'all' }
  | { kind: 'repair'; replica: number; project: number };

const draftArbitrary: fc.Arbitrary<Draft> = fc
  .record({
    eventName: fc.constantFrom(...NAMES),
    at: fc.option(momentArbitrary(START, DAYS), { freq: 12 }),
    anonymousId: fc.option(fc.constantFrom('a1', 'a2', 'a3', 'a4', 'u1'), { nil: undefined }),
    userId: fc.option(fc.constantFrom('u1', 'u2', 'u3', '$u4'), { nil: undefined, freq: 2 }),
    isNumbered: fc.boolean(),
  })
  // An id always stands for the same event, so that it does not matter which replica is first.
  .map(({ isNumbered, ...draft }) => ({ ...draft, ...(isNumbered && { eventId: JSON.stringify(draft) }) }));

const replica = fc.nat(1);
const project = fc.nat(1);
const events = fc.array(draftArbitrary, { minLength: 1, maxLength: 12 });
const broken = fc.constantFrom<Broken>('nothing', 'nothing', 'nothing', 'days', 'revision', 'segments');
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('send' as const), replica, project, events }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('send on both' as const), project, events }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('seal' as const), replica }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), replica }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('compact' as const), replica, broken }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('mark' as const),
      project,
      day: fc.constantFrom<number | 'all'>(START / 86_400_000 + 1, START / 86_400_000 + 2, 'all'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repair' as const), replica, project }) },
);

/** What is stored of each project: one event per id, or per content as often as it stood in one batch. */
class Acknowledged {
  private readonly events = [new Map<string, Draft>(), new Map<string, Draft>()];

  add(project: number, batch: readonly Draft[]): void {
    const counts = new Map<string, number>();
    for (const draft of batch) {
      const content = JSON.stringify(draft);
      const occurrence = draft.eventId === undefined ? (counts.get(content) ?? 0) + 1 : 0;
      counts.set(content, occurrence);
      this.events[project]!.set(`${content} ${occurrence}`, draft);
    }
  }

  list(project: number): NaiveEvent[] {
    return [...this.events[project]!.values()].map(({ at, ...draft }) => ({
      ...draft,
      timestamp: at === null ? null : new Date(at),
    }));
  }
}

let mongo: TestMongo;
let sql: SqlTestDatabase;
let databaseName: string;
let replicas: ProductApp[] = [];
const crashed: ProductApp[] = [];

const start = () => startProductApp({ mongoUri: mongo.uri, databaseName, sql });

beforeAll(async () => {
  mongo = await startTestMongo();
  sql = await (await sqlTestTargets())[0]!.create();
  databaseName = `rollups-${randomUUID()}`;
  replicas = [await start(), await start()];
}, 120_000);

afterAll(async () => {
  await replicas[0]?.connection.dropDatabase();
  for (const app of replicas) await app.close();
  for (const app of crashed) await app.close().catch(() => undefined);
  await mongo.stop();
  await sql.drop();
}, 120_000);

async function send(projectKey: string, app: ProductApp, batch: readonly Draft[]): Promise<void> {
  const sent = batch.map(({ at, ...draft }) => ({
    ...draft,
    timestamp: at === null ? 'some day' : new Date(at).toISOString(),
  }));
  const outcome = await app.get(ProductEventsService).recordBatch({ projectKey, events: sent }, new Date());
  expect(outcome.inserted + outcome.duplicates).toBe(batch.length);
}

/** Its memory is gone, and what it was about to write. */
async function crash(index: number): Promise<void> {
  const app = replicas[index]!;
  replicas[index] = await start();
  await app.connection.close(true);
  crashed.push(app);
}

/** One pass at a time when everything that is sealed is due. `broken`: where it ends as by a crash. */
async function compact(app: ProductApp, where: Broken): Promise<void> {
  const fail = () => Promise.reject(new Error('The process has ended'));
  if (where === 'revision') jest.spyOn(app.get(RollupMetaRepository), 'raise').mockImplementationOnce(fail);
  if (where === 'segments') jest.spyOn(app.get(ProductSegmentsService), 'deleteSegments').mockImplementationOnce(fail);
  if (where === 'days') {
    const writes = app.get(RollupWrites);
    const update = writes.update.bind(writes);
    jest.spyOn(writes, 'update').mockImplementation((collection, statements) =>
      // Some of the days are written.
      collection === 'product_days'
        ? update(collection, statements.slice(0, 1)).then(fail)
        : update(collection, statements),
    );
  }
  try {
    await app.get(RollupCompactionService).run(Date.now() + 60_000, running);
  } finally {
    jest.restoreAllMocks();
  }
}

/** Seals what crashed replicas have left. Those that run have nothing open meanwhile: on one engine all others are dead. */
async function recover(): Promise<void> {
  for (const app of replicas) await app.get(ProductSegmentsService).seal();
  await replicas[0]!.get(EpochRecoveryService).recover(running);
}

/** As `npm run rollups:verify -- --all` does. Returns what it says. */
async function verify(
  app: ProductApp,
  projectKey: string,
): Promise<{ total: number; unverified: number; said: string }> {
  const verification = new RollupVerificationService(
    app.get(ProductSegmentsService),
    app.get(RollupSourceRepository),
    app.get(RollupReaderRepository),
    app.get(RollupSnapshotsService),
    app.get(RollupDataService),
  );
  const said: string[] = [];
  const outcome = await runVerification(verification, { projectKey, daysPerProject: Infinity }, (line) =>
    said.push(line),
  );
  return { ...outcome, said: said.join('\n') };
}

class History {
  private readonly acknowledged = new Acknowledged();

  constructor(
    private readonly projectKeys: readonly string[],
    private readonly questions: Questions,
  ) {}

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'send':
        await send(this.projectKeys[step.project]!, replicas[step.replica]!, step.events);
        return this.acknowledged.add(step.project, step.events);
      case 'send on both':
        await Promise.all(replicas.map((app) => send(this.projectKeys[step.project]!, app, step.events)));
        return this.acknowledged.add(step.project, step.events);
      case 'seal':
        return replicas[step.replica]!.get(ProductSegmentsService).seal();
      case 'crash':
        return crash(step.replica);
      case 'compact':
        // Nothing is sent meanwhile: whoever asks while days are being written must get the same answers.
        await Promise.all([compact(replicas[step.replica]!, step.broken), this.check()]);
        return;
      case 'mark':
        return this.rollups(0).markDirty(this.projectKeys[step.project]!, step.day === 'all' ? 'all' : [step.day]);
      case 'repair':
        return this.rollups(step.replica).repair(this.projectKeys[step.project]!, running);
    }
  }

  async check(): Promise<void> {
    for (const app of replicas) {
      for (const [project, projectKey] of this.projectKeys.entries()) {
        const stored = this.acknowledged.list(project);
        const expected = naiveAnswers(stored, naiveLinks(stored), this.questions);
        const sources = app.get(EventSourcesService);
        expect(await answersOf(await sources.open(projectKey), this.questions)).toEqual(expected);
      }
    }
  }

  /** Everything merged, on both sides of it. */
  async settle(): Promise<void> {
    await recover();
    await this.check();
    for (const [project, projectKey] of this.projectKeys.entries()) {
      await this.rollups(0).settle(projectKey, LIMIT_MS, running);
      await this.rollups(1).repair(projectKey, running);
      if (this.acknowledged.list(project).length === 0) continue;
      const sources = replicas[project]!.get(EventSourcesService);
      const [rolled, raw] = [await sources.open(projectKey), await sources.open(projectKey, { raw: true })];
      expect([rolled.kind, raw.kind]).toEqual(['rollup', 'raw']);
      expect(await answersOf(rolled, this.questions)).toEqual(await answersOf(raw, this.questions));
      expect(await verify(replicas[project]!, projectKey)).toMatchObject({ total: 0, unverified: 0 });
    }
    await this.check();
  }

  private rollups(index: number): ProductRollupsService {
    return replicas[index]!.get(ProductRollupsService);
  }
}

describe('rollups over random histories', () => {
  it('should answer what raw events and a recount answer, whatever came in which order and where it crashed', async () => {
    const scenario = fc.record({
      first: fc.array(events, { maxLength: 2 }),
      steps: fc.array(stepArbitrary, { minLength: 3, maxLength: 24 }),
      questions: questionsArbitrary(START, DAYS, NAMES),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ first, steps, questions }) => {
        const projects = replicas[0]!.get(ProjectsService);
        const keys = [await projects.create(ann, 'First'), await projects.create(ann, 'Second')];
        const history = new History(
          keys.map(({ projectKey }) => projectKey),
          questions,
        );
        for (const [project, batch] of first.entries()) {
          await history.take({ kind: 'send', replica: project, project, events: batch });
        }
        await history.settle();
        for (const step of steps) {
          await history.take(step);
          await history.check();
        }
        await history.settle();
      }),
      // As many as there is time for; PROPERTY_RUNS=1000 searches longer.
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 6), interruptAfterTimeLimit: 150_000 },
    );
  }, 300_000);
});

describe('verifying rollups', () => {
  const HOUR = 3_600_000;
  const history: Draft[] = [
    { eventName: 'open', at: START + HOUR, anonymousId: 'a1' },
    { eventName: 'buy', at: START + 2 * HOUR, userId: 'u1', anonymousId: 'a1' },
    { eventName: 'open', at: START + 30 * HOUR, userId: 'u2' },
    { eventName: 'open', at: null, userId: 'u2' },
  ];
  let projectKey: string;

  beforeEach(async () => {
    ({ projectKey } = await replicas[0]!.get(ProjectsService).create(ann, 'Verified'));
    await send(projectKey, replicas[0]!, history);
    await replicas[0]!.get(ProductRollupsService).settle(projectKey, LIMIT_MS, running);
  });

  const tamper = (collection: string) => replicas[0]!.connection.collection<{ _id: unknown }>(collection);

  it('should find none where there are none, also with events that are not merged', async () => {
    await send(projectKey, replicas[1]!, [{ eventName: 'late', at: START + HOUR, anonymousId: 'a9', userId: 'u1' }]);
    const { total, said } = await verify(replicas[0]!, projectKey);
    expect([total, said.split('\n').slice(1)]).toEqual([
      0,
      [
        `${projectKey}  2025-10-24             2  equal`,
        `${projectKey}  2025-10-25             1  equal`,
        `${projectKey}  (no time)              1  equal`,
        '0 differences in 3 days of 1 projects, 4 events',
      ],
    ]);
  });

  it.each([
    ['an event is gone', () => tamper('events').deleteOne({ projectKey, eventName: 'buy' }), 'events: 1 by raw events'],
    [
      'an event has another time',
      () => {
        const timestamp = new Date(START + 2 * HOUR + 1);
        return tamper('events').updateOne({ projectKey, eventName: 'buy' }, { $set: { timestamp } });
      },
      'columns at',
    ],
    [
      'an event has another name',
      () => tamper('events').updateOne({ projectKey, eventName: 'buy' }, { $set: { eventName: 'bye' } }),
      'events named "bye": 1 by raw events, 0 by rollups',
    ],
    [
      'an event is of somebody else',
      () => tamper('events').updateOne({ projectKey, userId: 'u2' }, { $set: { userId: 'u3' } }),
      'actors of all events that are missing: 0 by raw events, 1 by rollups',
    ],
    [
      'a link says otherwise',
      () => tamper('identity_links').deleteOne({ _id: { p: projectKey, a: 'a1' } }),
      'persons of all events: 2 by raw events, 1 by rollups',
    ],
    [
      'a whole day is missing',
      () => tamper('product_days').deleteOne({ p: projectKey, d: START / 86_400_000 + 1 }),
      'not in the rollups: 1 events',
    ],
  ])('should find that %s', async (_, change, sentence) => {
    await change();
    const { total, said } = await verify(replicas[1]!, projectKey);
    expect(total).toBeGreaterThan(0);
    expect(said).toContain(sentence);
  });
});
