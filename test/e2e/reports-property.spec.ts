import fc from 'fast-check';
import { ApiClient } from '../support/api-client.js';
import {
  expectBrokenDown,
  expectCompared,
  expectFiltered,
  expectPropertyReports,
  expectSameFromRaw,
  figuresOf,
  filledItems,
  groupBy,
  KNOWN_FILTERS,
  localText,
  perBucket,
  type CountedEvent,
} from '../support/property-report-check.js';
import { ServerProcess } from '../support/server.js';

// Every report over random events, sent through the real ingest in random order with repeats and bad items among
// them, against counts written here without any code of the server.

const HOUR = 3_600_000;
const BASE = Date.UTC(2025, 9, 24); // Berlin's 25-hour day, 26 October 2025, lies within.
const NAMES = ['open', 'view', 'cart', 'buy'];
const NAMES_WITH_PROPERTIES = ['screen_view', 'button_click', 'view_item'];
const ZONES = ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns'];

interface Draft {
  name: string;
  /** Milliseconds after BASE, or null for an unreadable time. */
  at: number | null;
  anonymousId?: string;
  userId?: string;
  sessionId?: string;
  eventId?: string;
  processId?: string;
  processStep?: 'START' | 'END';
  offsetMinutes: number;
  properties?: Record<string, unknown>;
}

const someOf = (...values: unknown[]) => fc.constantFrom(...values);
const propertiesArbitrary: fc.Arbitrary<Record<string, unknown>> = fc.record(
  {
    country: someOf('DE', 'DE', 'FR', 49, '49', '', null),
    amount: someOf(5, 10, 10.5, 99, '20', '100', 'much', true),
    user: someOf({ plan: 'pro' }, { plan: 'free' }, { plan: true }, { plan: '' }, {}),
    $gt: someOf('$ne', ''),
    screen_name: someOf('home', 'cart', 7, '7', ''),
    button_id: someOf('buy', 1, ''),
    button_text: someOf('Buy', null),
    item_id: someOf(12, '12', 'sku'),
    item_name: someOf('Shirt', 'Hat'),
  },
  { requiredKeys: [], noNullPrototype: true },
);

const draftArbitrary: fc.Arbitrary<Draft> = fc.record({
  name: fc.constantFrom(...NAMES, ...NAMES, ...NAMES_WITH_PROPERTIES),
  at: fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 0, max: 4 * 24 * 60 }).map((minute) => minute * 60_000) },
    // Few moments, so that events share a millisecond.
    { weight: 4, arbitrary: fc.constantFrom(HOUR, HOUR + 1, 2 * HOUR, 48 * HOUR + 1) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  anonymousId: fc.option(fc.constantFrom('a1', 'a2', 'a3', 'a4', 'u1'), { nil: undefined }),
  userId: fc.option(fc.constantFrom('u1', 'u2', 'u3', '$u4'), { nil: undefined, freq: 2 }),
  sessionId: fc.option(fc.constantFrom('1', '2'), { nil: undefined }),
  eventId: fc.option(fc.constantFrom('e1', 'e2', 'e3', 'e4', 'e5', 'e6'), { nil: undefined, freq: 3 }),
  processId: fc.option(fc.constantFrom('p1', 'p2', 'p3'), { nil: undefined }),
  processStep: fc.constantFrom('START', 'END'),
  offsetMinutes: fc.constantFrom(0, 0, 120, -210, 330),
  properties: fc.option(propertiesArbitrary, { nil: undefined, freq: 4 }),
});

const BAD_ITEMS: unknown[] = [
  null,
  17,
  'x',
  [],
  { timestamp: '2025-10-24' },
  { eventName: 'open' },
  { eventName: 'open', timestamp: '2025-10-24', userId: { $gt: '' } },
  { eventName: 'open', timestamp: '2025-10-24', anonymousId: { a: 1 } },
  { eventName: 'open', timestamp: '2025-10-24', processId: 'p1' },
  { eventName: '', timestamp: '2025-10-24' },
];

const scenarioArbitrary = fc.record({
  batches: fc.array(fc.array(draftArbitrary, { minLength: 1, maxLength: 14 }), { minLength: 1, maxLength: 6 }),
  resent: fc.array(fc.nat(5), { maxLength: 3 }),
  bad: fc.array(fc.record({ batch: fc.nat(5), item: fc.constantFrom(...BAD_ITEMS) }), { maxLength: 6 }),
  zone: fc.constantFrom(...ZONES),
  windowMinutes: fc.constantFrom(undefined, 30, 600, 3000),
  range: fc.constantFrom('none', 'days', 'instants'),
  filter: fc.constantFrom(...KNOWN_FILTERS),
});

/** The wire form, with the instant written in some offset. */
function toWire(draft: Draft): Record<string, unknown> {
  const shifted = draft.at === null ? 0 : BASE + draft.at + draft.offsetMinutes * 60_000;
  const sign = draft.offsetMinutes < 0 ? '-' : '+';
  const two = (n: number) => String(Math.floor(Math.abs(n))).padStart(2, '0');
  const offset = `${sign}${two(draft.offsetMinutes / 60)}:${two(Math.abs(draft.offsetMinutes) % 60)}`;
  return {
    eventName: draft.name,
    timestamp: draft.at === null ? 'yesterday, I think' : new Date(shifted).toISOString().replace('Z', offset),
    anonymousId: draft.anonymousId,
    userId: draft.userId ?? '',
    sessionId: draft.sessionId,
    eventId: draft.eventId,
    ...(draft.processId !== undefined && {
      processName: 'checkout',
      processId: draft.processId,
      processStep: draft.processStep,
    }),
    properties: draft.properties,
  };
}

/** What must be stored: the first event of each eventId, and each content as often as it stood in one batch at most. */
function storedEvents(batches: Draft[][]): Draft[] {
  const byId = new Map<string, Draft>();
  const byContent = new Map<string, { draft: Draft; count: number }>();
  for (const batch of batches) {
    const inBatch = new Map<string, number>();
    for (const draft of batch) {
      if (draft.eventId !== undefined) {
        if (!byId.has(draft.eventId)) byId.set(draft.eventId, draft);
        continue;
      }
      const content = JSON.stringify(toWire(draft));
      const occurrence = (inBatch.get(content) ?? 0) + 1;
      inBatch.set(content, occurrence);
      const known = byContent.get(content) ?? { draft, count: 0 };
      byContent.set(content, { draft, count: Math.max(known.count, occurrence) });
    }
  }
  const repeated = [...byContent.values()].flatMap(({ draft, count }) => Array.from({ length: count }, () => draft));
  return [...byId.values(), ...repeated];
}

function personOf(events: Draft[]): (event: Draft) => string | null {
  const first = new Map<string, { at: number; user: string }>();
  for (const { anonymousId, userId, at } of events) {
    if (anonymousId === undefined || userId === undefined) continue;
    const time = at ?? Number.POSITIVE_INFINITY;
    const known = first.get(anonymousId);
    if (known === undefined || time < known.at || (time === known.at && userId < known.user)) {
      first.set(anonymousId, { at: time, user: userId });
    }
  }
  return ({ anonymousId, userId }) => {
    if (userId !== undefined) return `user ${userId}`;
    if (anonymousId === undefined) return null;
    const link = first.get(anonymousId);
    return link === undefined ? `anonymous ${anonymousId}` : `user ${link.user}`;
  };
}

/** What the reports must know of an event. */
function counted(draft: Draft, person: (event: Draft) => string | null): CountedEvent {
  const { name, at, properties } = draft;
  return { name, time: at === null ? null : BASE + at, person: person(draft), properties };
}

/** The deepest chain of distinct events in order of (time, step), by trying all. Slow and plain. */
function deepestChain(
  events: Draft[],
  steps: string[],
  windowMs: number,
): { depth: number; ends: Map<number, number> } {
  const timed = events.filter((event) => event.at !== null && steps.includes(event.name));
  let depth = 0;
  /** For each depth the earliest end. */
  const ends = new Map<number, number>();
  const extend = (step: number, used: Set<Draft | number>, start: number, last: number) => {
    if (step > 0) {
      depth = Math.max(depth, step);
      ends.set(step, Math.min(ends.get(step) ?? Infinity, last));
    }
    if (step === steps.length) return;
    timed.forEach((event, index) => {
      const at = event.at!;
      if (event.name !== steps[step] || used.has(index) || (step > 0 && (at < last || at - start > windowMs))) return;
      used.add(index);
      extend(step + 1, used, step === 0 ? at : start, at);
      used.delete(index);
    });
  };
  extend(0, new Set(), 0, 0);
  return { depth, ends };
}

function funnelUsers(groups: Map<string, Draft[]>, steps: string[], windowMs: number): number[] {
  const depths = [...groups.values()].map((events) => deepestChain(events, steps, windowMs).depth);
  return steps.map((_, index) => depths.filter((depth) => depth > index).length);
}

describe('reports over random events', () => {
  let server: ServerProcess;
  let client: ApiClient;

  beforeAll(async () => {
    server = await ServerProcess.start({ env: { RATE_LIMIT_ENABLED: 'false' } });
    ({ client } = await new ApiClient(server.url).register('ann'));
  });

  afterAll(async () => {
    await server.stop();
  });

  async function send(projectKey: string, { batches, resent, bad }: Sent): Promise<void> {
    const order = [...batches.keys(), ...resent.filter((index) => index < batches.length)];
    for (const index of order) {
      const items: unknown[] = batches[index]!.map(toWire);
      const broken = bad.filter(({ batch }) => batch === index).map(({ item }) => item);
      const answer = await client.post('/v1/events/batch', { projectKey, events: [...broken, ...items] });
      expect(answer.status).toBe(200);
      expect(answer.body.rejected).toHaveLength(broken.length);
      expect(answer.body.inserted + answer.body.duplicates).toBe(items.length);
    }
  }

  it('should equal an independent count, whatever the order, repeats, bad items and time zones', async () => {
    await fc.assert(
      fc.asyncProperty(scenarioArbitrary, async ({ batches, resent, bad, zone, windowMinutes, range, filter }) => {
        const projectKey = await client.createProject();
        await send(projectKey, { batches, resent, bad });

        const stored = storedEvents(batches);
        const person = personOf(stored);
        const bounds = boundsOf(range, zone);
        const inRange = stored.filter(
          ({ at, ...rest }) => bounds === null || (at !== null && bounds.holds({ at, ...rest })),
        );
        const query = `projectKey=${projectKey}&tz=${encodeURIComponent(zone)}${bounds === null ? '' : `&from=${bounds.from}&to=${bounds.to}`}`;

        const events = inRange.map((event) => counted(event, person));
        const about = { client, projectKey, query, zone, events };
        const figures = figuresOf(events);
        const overview = await client.get(`/v1/reports/overview?${query}`);
        expect(overview.body).toMatchObject(figures.totals);
        expect((await client.get(`/v1/reports/top-events?${query}`)).body.items).toEqual(figures.counts);
        const conversion = await client.get(`/v1/reports/conversion?${query}&eventName=buy`);
        expect(conversion.body).toMatchObject(figures.conversion);
        for (const interval of ['day', 'hour'] as const) {
          const series = await client.get(`/v1/reports/events-timeseries?${query}&interval=${interval}`);
          expect(filledItems(series.body.items)).toEqual(perBucket(events, zone, interval));
        }
        await expectSameFromRaw(about);
        await expectPropertyReports(about);
        await expectBrokenDown(about);
        await expectFiltered(about, filter);
        if (bounds !== null) {
          const before = stored.filter((event) => event.at !== null && bounds.isBefore(event));
          await expectCompared(
            about,
            before.map((event) => counted(event, person)),
          );
        }

        const steps = ['open', 'view', 'open', 'buy'];
        const windowMs = windowMinutes === undefined ? Infinity : windowMinutes * 60_000;
        const request = {
          projectKey,
          steps,
          ...(bounds !== null && { from: bounds.from, to: bounds.to, tz: zone }),
          ...(windowMinutes !== undefined && { window: `${windowMinutes}m` }),
        };
        const byPerson = groupBy(inRange, person);
        const funnel = await client.post('/v1/reports/funnel', request);
        expect(funnel.body.steps.map((step: { users: number }) => step.users)).toEqual(
          funnelUsers(byPerson, steps, windowMs),
        );
        const byProcess = groupBy(inRange, ({ processId }) => processId ?? null);
        const processes = await client.post('/v1/reports/funnel', {
          ...request,
          mode: 'PROCESS',
          processName: 'checkout',
        });
        expect(processes.body.steps.map((step: { users: number }) => step.users)).toEqual(
          funnelUsers(byProcess, steps, windowMs),
        );
        const filtered = await client.post('/v1/reports/funnel', { ...request, filter: filter.body });
        const passing = inRange.filter(({ properties }) => filter.holds(properties ?? {}));
        expect(filtered.body.steps.map((step: { users: number }) => step.users)).toEqual(
          funnelUsers(groupBy(passing, person), steps, windowMs),
        );
      }),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 15) },
    );
  }, 240_000);

  it('should give the same bytes from rollups and from raw events, of what is merged and of what is not', async () => {
    const half = fc.record({ first: scenarioArbitrary, late: scenarioArbitrary });
    await fc.assert(
      fc.asyncProperty(fc.array(half, { minLength: 5, maxLength: 5 }), async (scenarios) => {
        const projects: [projectKey: string, scenario: (typeof scenarios)[number]][] = [];
        for (const scenario of scenarios) {
          const projectKey = await client.createProject();
          await send(projectKey, scenario.first);
          projects.push([projectKey, scenario]);
        }
        const expectSame = async (projectKey: string, zone: string) => {
          for (const range of ['none', 'days', 'instants']) {
            const bounds = boundsOf(range, zone);
            const limits = bounds === null ? '' : `&from=${bounds.from}&to=${bounds.to}`;
            const query = `projectKey=${projectKey}&tz=${encodeURIComponent(zone)}${limits}`;
            expect(await expectSameFromRaw({ client, projectKey, query, zone, events: [] })).toEqual([]);
          }
        };
        for (const [projectKey, { first, late }] of projects) {
          const isRolled = async () =>
            (await client.get(`/v1/reports/overview?projectKey=${projectKey}`)).headers.get('x-report-source') ===
            'rollup';
          await server.waitFor(isRolled, 'rollups', 60_000);
          await expectSame(projectKey, first.zone);
          await send(projectKey, late);
          await expectSame(projectKey, first.zone);
        }
      }),
      { numRuns: 1, endOnFailure: true },
    );
  }, 240_000);
});

interface Sent {
  batches: Draft[][];
  resent: number[];
  bad: { batch: number; item: unknown }[];
}

interface Bounds {
  from: string;
  to: string;
  holds: (event: Draft) => boolean;
  /** Whether it lies in the time of the same length before. */
  isBefore: (event: Draft) => boolean;
}

/** A range of whole local days, or one between two instants (both ends belong to it). */
function boundsOf(kind: string, zone: string): Bounds | null {
  if (kind === 'days') {
    const inDays =
      (...days: string[]) =>
      ({ at }: Draft) =>
        days.includes(localText(BASE + at!, zone, 'day'));
    return {
      from: '2025-10-25',
      to: '2025-10-26',
      holds: inDays('2025-10-25', '2025-10-26'),
      isBefore: inDays('2025-10-23', '2025-10-24'),
    };
  }
  if (kind === 'instants') {
    const [from, to] = [HOUR + 1, 48 * HOUR + 1];
    const text = (at: number) => new Date(BASE + at).toISOString();
    return {
      from: text(from),
      to: text(to),
      holds: ({ at }) => at! >= from && at! <= to,
      isBefore: ({ at }) => at! < from && at! >= from - (to + 1 - from),
    };
  }
  return null;
}
