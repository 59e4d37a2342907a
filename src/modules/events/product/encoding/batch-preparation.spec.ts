import fc from 'fast-check';
// eslint-disable-next-line no-restricted-imports -- reads back what is written for the database
import { mongo } from 'mongoose';
import { keyOf, prepareBatch, type PreparedBatch } from './batch-preparation.js';

const RECEIVED = new Date('2025-01-06T12:00:00Z');
const good = { eventName: 'a', timestamp: '2025-01-06T10:00:00Z' };
const prepare = (events: unknown[], projectKey = 'a1b2c3d4e5f6', sentAt: number | null = null) =>
  prepareBatch({ projectKey, events, sentAt }, RECEIVED, (_, userId) => userId === 'new');

const accepted = ({ parts }: PreparedBatch) => parts.flatMap(({ events }) => events);
const keys = ({ parts }: PreparedBatch): string[] =>
  parts.flatMap(({ documents, events }) =>
    events.map(({ start }) => Buffer.from(keyOf(documents, start)).toString('hex')),
  );
const key = async (fields: Record<string, unknown>, project?: string, occurrence = 0): Promise<string> => {
  const event = { eventName: 'a', timestamp: '2025-01-06T10:00:00Z', ...fields };
  return keys(
    await prepare(
      Array.from({ length: occurrence + 1 }, () => event),
      project,
    ),
  )[occurrence]!;
};

function documentsOf({ parts }: PreparedBatch): Record<string, unknown>[] {
  return parts.flatMap(({ documents, events }) =>
    events.map(({ start }, i) =>
      mongo.BSON.deserialize(documents.subarray(start, events[i + 1]?.start ?? documents.length)),
    ),
  );
}

describe('prepareBatch', () => {
  it('should never throw and account for every event, whatever the JSON', async () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: 'binary' }),
      fc.constant(good.timestamp),
      fc.constant('u1'),
    );
    const event = fc.oneof(
      fc.jsonValue(),
      fc.record(
        { eventName: value, timestamp: value, userId: value, anonymousId: value, eventId: value, properties: value },
        { requiredKeys: [] },
      ),
      fc.constant(good),
      fc.constant({ ...good, eventId: 'e1' }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), async (events) => {
        const batch = await prepare(events);
        const documents = documentsOf(batch);
        expect(documents.length + batch.duplicates + batch.rejected.length).toBe(events.length);
        expect(new Set(keys(batch)).size).toBe(documents.length);
        accepted(batch).forEach(({ index, eventName, anonymousId, userId, time }, i) => {
          const { timestamp, ...document } = documents[i]!;
          expect(eventName).toBe((events[index] as typeof good).eventName);
          expect([eventName, anonymousId, userId]).toEqual([
            document['eventName'],
            document['anonymousId'],
            document['userId'],
          ]);
          expect(time).toBe(timestamp instanceof Date ? timestamp.getTime() : NaN);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('should mark the events whose links may change, in their documents too', async () => {
    const batch = await prepare([good, { ...good, userId: 'new', anonymousId: 'a' }, { ...good, userId: 'new' }]);
    expect(accepted(batch).map(({ linkPending }) => linkPending)).toEqual([false, true, false]);
    expect(documentsOf(batch).map((document) => document['linkPending'])).toEqual([undefined, true, undefined]);
  });

  it('should divide what does not fit into one command, and keep the order', async () => {
    const many = await prepare(Array.from({ length: 2500 }, (_, i) => ({ ...good, userId: `u${i}` })));
    expect(many.parts.map(({ events }) => events.length).reduce((sum, count) => sum + count)).toBe(2500);
    expect(Math.max(...many.parts.map(({ events }) => events.length))).toBeLessThanOrEqual(1000);
    expect(documentsOf(many).map(({ userId }) => userId)).toEqual(Array.from({ length: 2500 }, (_, i) => `u${i}`));
    const large = await prepare(Array.from({ length: 60 }, (_, i) => ({ ...good, properties: { i, a: numbers } })));
    expect(large.parts.length).toBeGreaterThan(8);
    expect(Math.max(...large.parts.map(({ documents }) => documents.length))).toBeLessThan(2 * 1024 * 1024);
    expect(documentsOf(large).map(({ properties }) => properties)).toEqual(
      Array.from({ length: 60 }, (_, i) => ({ i, a: numbers })),
    );
  });
  const numbers = Array.from({ length: 15_000 }, (_, i) => i % 10);

  it('should tell identical rows without an id apart by occurrence, the same in every resend', async () => {
    const first = await prepare([good, good, { ...good, eventName: 'b' }, good]);
    expect(new Set(keys(first)).size).toBe(4);
    expect(keys(await prepare([good, good, { ...good, eventName: 'b' }, good]))).toEqual(keys(first));
  });

  it('should count the same eventId in one batch as a duplicate; the first wins', async () => {
    const batch = await prepare([
      { ...good, eventId: 'e1', userId: 'first' },
      { ...good, eventId: 'e1', userId: 'second' },
      { ...good, eventId: 'e2' },
    ]);
    expect(batch).toMatchObject({ duplicates: 1, rejected: [] });
    expect(accepted(batch).map(({ userId }) => userId)).toEqual(['first', undefined]);
    expect(documentsOf(batch)).toHaveLength(2);
  });
});

describe('the key of an event', () => {
  // Stored for ever: these are of the first version, and must never change.
  const base = { eventName: 'purchase', timestamp: '2025-01-06T10:05:00Z' };
  it.each([
    [{}, '4f9ac2ffdf2909da1fa79dff4ed0fdc0', '1d0c3feec1dedff6f483caaefe13f2f1'],
    [{ timestamp: 1736157900000 }, 'c385a58750d6dc6dd2998689653fdbb3', '801bb971a05bdce0ca14356c7053126f'],
    [{ timestamp: -0.5 }, '5ccdf2b722884b7a04cafedc1ae2132a', '62a5dd7dfd50821a0befc34117de5e12'],
    [
      { anonymousId: 'anon-1', userId: 'ü😀', sessionId: 's' },
      '29546c09d5c7e03806e10a05e6b9605e',
      'd4ca5a94fd8eb9ae7ce5fe8f633b982c',
    ],
    [
      { processName: 'checkout', processId: 'c-1', processStep: 'END' },
      'b4e355bf27bad599d2bde10985e3f6f6',
      'ec722082a04a3a46b4907fd9fadce66e',
    ],
    [
      {
        properties: {
          b: [1, -1, 2.5, 1e21, -0, true, false, null, 'x', { z: 1, a: '€' }],
          a: {},
          ä: '',
          '10': 4294967296,
        },
      },
      'd0afb8a154abd346e3f0ddbfb4d2c90e',
      '4a37d0e0102b72c87b901b2e5a998366',
    ],
  ])('should stay what it is: %j', async (fields, first, third) => {
    expect([await key({ ...base, ...fields }), await key({ ...base, ...fields }, undefined, 2)]).toEqual([
      first,
      third,
    ]);
  });

  it('should go by the eventId and the project alone when there is an eventId', async () => {
    expect(await key({ ...base, eventId: 'e-1' })).toBe('7647f55cdc8bc9134e958df7d0460c26');
    expect(await key({ eventId: 'e1' })).toBe(
      await key({ eventId: 'e1', eventName: 'other', timestamp: 5, userId: 'u' }),
    );
    expect(await key({ eventId: 'e1' })).not.toBe(await key({ eventId: 'e2' }));
    expect(await key({ eventId: 'e1' })).not.toBe(await key({ eventId: 'e1' }, 'b1b2c3d4e5f6'));
  });

  it('should not depend on the order of fields or properties, nor on empty fields', async () => {
    expect(await key({ userId: 'u', properties: { a: 1, b: { c: 2, d: 3 } } })).toBe(
      await key({ properties: { b: { d: 3, c: 2 }, a: 1 }, userId: 'u', sessionId: '', anonymousId: null }),
    );
  });

  it('should not change by a corrected clock', async () => {
    const sentAt = Date.parse('2025-01-06T13:00:00Z');
    expect(keys(await prepare([good], undefined, sentAt))).toEqual(keys(await prepare([good])));
  });

  it('should differ by everything the client says, and by occurrence', async () => {
    const all = await Promise.all([
      key({}),
      key({ eventName: 'b' }),
      key({ timestamp: '2025-01-06T10:00:00.000Z' }),
      key({ timestamp: 1736157600000 }),
      key({ timestamp: '1736157600000' }),
      key({ timestamp: 'never' }),
      key({ timestamp: 'ever' }),
      key({ userId: 'x' }),
      key({ anonymousId: 'x' }),
      key({ sessionId: 'x' }),
      key({ processName: 'x' }),
      key({ processStep: 'END' }),
      key({ processName: 'x', processId: 'y', processStep: 'END' }),
      key({ properties: {} }),
      key({ properties: { a: 1 } }),
      key({ eventId: 'a' }),
      key({}, 'b1b2c3d4e5f6'),
      key({}, undefined, 1),
      key({}, undefined, 2),
      // The same letters, divided otherwise.
      key({ userId: 'ab', anonymousId: 'c' }),
      key({ userId: 'a', anonymousId: 'bc' }),
      key({ userId: '-', anonymousId: '1:x' }),
      // The same properties, but for their type or their place.
      ...['{"a":"1"}', '{"a":["b","c"]}', '{"a":["bs1:c"]}', '{"a":{}}', '{"a":[]}', '{"a":"z"}', '{"a":null}'].map(
        ofJson,
      ),
      ...['{"a":[[1],2]}', '{"a":[[1,2]]}', '{"a":12}', '{"a":1,"b":2}', '{"a":true}', '{"a":false}'].map(ofJson),
    ]);
    expect(new Set(all).size).toBe(all.length);
  });
  const ofJson = (properties: string) => key({ properties: JSON.parse(properties) as unknown });

  it('should be the same for equal properties and no others', async () => {
    const properties = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 });
    await fc.assert(
      fc.asyncProperty(properties, properties, fc.infiniteStream(fc.nat()), async (one, two, seeds) => {
        const read = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;
        const batch = await prepare(
          [one, shuffle(read(one), seeds), two].map((each) => ({ ...good, properties: read(each) })),
        );
        fc.pre(batch.rejected.length === 0);
        const [first, again, other] = await Promise.all(
          [one, shuffle(read(one), seeds), two].map((each) => key({ properties: read(each) })),
        );
        expect(again).toBe(first);
        expect(other === first).toBe(sorted(read(one)) === sorted(read(two)));
      }),
      { numRuns: 300 },
    );
  });
});

function shuffle(value: unknown, seeds: fc.Stream<number>): unknown {
  if (Array.isArray(value)) return value.map((inner) => shuffle(inner, seeds));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => ({ name, inner, seed: seeds.next().value as number }));
  entries.sort((a, b) => a.seed - b.seed);
  return Object.fromEntries(entries.map(({ name, inner }) => [name, shuffle(inner, seeds)]));
}

// Independent of the code under test: JSON with its keys sorted.
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))
      : inner,
  );
}
