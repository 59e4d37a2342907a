import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { createConnection, type Connection } from 'mongoose';
import { matching } from '../../src/modules/analytics/product/event-selection.js';
import { propertyLabel } from '../../src/modules/analytics/product/properties/property-expression.js';
import {
  isPropertyText,
  type PropertyFilter,
  type PropertyPath,
} from '../../src/modules/analytics/product/properties/property-filter.js';
import { propertyText } from '../../src/modules/analytics/product/properties/property-text.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';
import { matchesFilter, textOf, valueAt } from '../support/property-matcher.js';

const ANY_TIME = { from: null, toExclusive: null };

let mongo: TestMongo;
let connection: Connection;
let sequence = 0;

beforeAll(async () => {
  mongo = await startTestMongo();
  connection = createConnection(mongo.uri, { dbName: `filters-${randomUUID()}`, ignoreUndefined: true });
  await connection.asPromise();
}, 120_000);

afterAll(async () => {
  await connection?.dropDatabase();
  await connection?.close();
  await mongo?.stop();
});

/** Stores one event for each of the properties; `i` tells which. */
async function store(properties: readonly unknown[]): Promise<string> {
  const projectKey = `p${++sequence}`;
  const rows = properties.map((value, i) => ({ projectKey, i, eventName: 'e', timestamp: null, properties: value }));
  await connection.collection('events').insertMany(rows);
  return projectKey;
}

async function find(projectKey: string, filters: readonly PropertyFilter[]): Promise<number[]> {
  const rows = await connection
    .collection('events')
    .find(matching({ projectKey, range: ANY_TIME, filters }))
    .toArray();
  return rows.map((row) => row.i as number).sort((a, b) => a - b);
}

const LONG = 'x'.repeat(199);
const TEXTS = [
  'DE',
  'de',
  '(none)',
  '(list)',
  '(object)',
  '10',
  '10.0',
  '010',
  '9',
  '-1.5',
  '1e3',
  '.5',
  '5.',
  '+5',
  '1'.repeat(21),
  '10\n',
  ' 10',
  'true',
  'TRUE',
  'null',
  '$x',
  '$$ROOT',
  '.*',
  '\uffff',
  '😀',
  '2025-01-31',
  `${LONG}x`,
  `${LONG}y`,
  `${LONG}xx`,
  `${LONG}😀`,
  `${LONG}😀😀`,
];
const NUMBERS = [0, -0, 10, 9, 1000, -1.5, 0.1, 1e21, 1e-7, 1_736_157_600_000, 2 ** 53, 0.000_123, 1 / 3, 1e15 + 0.5];
const KEYS = ['a', 'b', 'a.b', '$x', '$gt', '', 'constructor', 'ключ'];

const scalar: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<unknown>(...TEXTS, '', ...NUMBERS, true, false, null) },
  { weight: 1, arbitrary: fc.constantFrom(`${LONG}x`, `${LONG}xx`, `${LONG}😀`, `${LONG}😀😀`) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.integer() },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 5 }).filter((text) => !text.includes('\u0000')) },
);
const { value } = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: scalar },
    { weight: 1, arbitrary: fc.array(scalar, { maxLength: 2 }) },
    { weight: 2, arbitrary: tie('object') },
  ),
  object: fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 3, noNullPrototype: true }),
}));
const properties = fc.oneof(
  { weight: 9, arbitrary: fc.dictionary(fc.constantFrom(...KEYS), value, { maxKeys: 4, noNullPrototype: true }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(undefined, null, {}) },
);
const path: fc.Arbitrary<PropertyPath> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(['a'], ['b'], ['a', 'b']) },
  { weight: 2, arbitrary: fc.array(fc.constantFrom(...KEYS, '0', 'length'), { minLength: 1, maxLength: 3 }) },
);
const queryText = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...TEXTS.filter(isPropertyText)) },
  { weight: 1, arbitrary: fc.constantFrom(`${LONG}x`, `${LONG}😀`) },
  { weight: 2, arbitrary: fc.constantFrom(...NUMBERS).map(String) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
);
const filter: fc.Arbitrary<PropertyFilter> = fc.oneof(
  fc.record({
    path,
    operator: fc.constantFrom('in' as const, 'notIn' as const),
    texts: fc.array(queryText, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ path, operator: fc.constant('exists' as const), exists: fc.boolean() }),
  fc.record({
    path,
    operator: fc.constantFrom('lt' as const, 'gt' as const),
    bound: fc.oneof(queryText, fc.constantFrom(...NUMBERS), fc.integer({ min: -20, max: 20 })),
  }),
  fc.record({
    path,
    operator: fc.constant('contains' as const),
    text: fc.oneof(queryText, fc.constantFrom('1', '.', 'e', '-', 'x', 'ru', '+')),
  }),
);

describe('property filters in the database', () => {
  it('should find what a matcher in JavaScript finds, whatever the properties and filters', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(properties, { minLength: 1, maxLength: 30 }),
        fc.array(fc.array(filter, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 8 }),
        async (documents, queries) => {
          const projectKey = await store(documents);
          for (const filters of queries) {
            const expected = [...documents.keys()].filter((i) =>
              filters.every((one) => matchesFilter(documents[i], one)),
            );
            expect([filters, await find(projectKey, filters)]).toEqual([filters, expected]);
          }
        },
      ),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 60) },
    );
  }, 240_000);

  it('should read labels of the same text as the whole values', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(properties, { minLength: 1, maxLength: 30 }), path, async (documents, path) => {
        const projectKey = await store(documents);
        const rows = await connection
          .collection('events')
          .find({ projectKey }, { projection: { i: 1, label: [propertyLabel(path)] }, sort: { i: 1 } })
          .toArray();
        expect(rows.map(({ label }) => propertyText((label as unknown[])[0]) ?? '(none)')).toEqual(
          documents.map((one) => textOf(valueAt(one, path))),
        );
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('should take values of other kinds, which an old database may hold, for objects', async () => {
    const projectKey = await store([{ a: new Date(0) }, { a: /x/ }, { a: 1n }, { a: Buffer.from('x') }]);
    const inTexts = (...texts: string[]): PropertyFilter => ({ path: ['a'], operator: 'in', texts });
    expect(await find(projectKey, [inTexts('(object)')])).toEqual([0, 1, 3]);
    expect(await find(projectKey, [inTexts('1')])).toEqual([2]);
    expect(await find(projectKey, [{ path: ['a'], operator: 'contains', text: 'x' }])).toEqual([]);
    expect(await find(projectKey, [{ path: ['a'], operator: 'gt', bound: 0 }])).toEqual([2]);
  });

  it('should know long texts by their beginning and search them to their end', async () => {
    const projectKey = await store([{ a: `${LONG}x` }, { a: `${LONG}x, and more` }, { a: `${LONG}😀😀` }, { a: LONG }]);
    const equal = (text: string) => find(projectKey, [{ path: ['a'], operator: 'in', texts: [text] }]);
    expect(await equal(`${LONG}x`)).toEqual([0, 1]);
    expect(await equal(`${LONG}😀`)).toEqual([2]);
    expect(await equal(LONG)).toEqual([3]);
    expect(await find(projectKey, [{ path: ['a'], operator: 'contains', text: 'more' }])).toEqual([1]);
  });

  it('should search numbers that are written without an exponent', async () => {
    const projectKey = await store([{ a: 0.001_25 }, { a: 0.000_012_5 }, { a: 125e10 }, { a: 1.25e21 }, { a: -12.5 }]);
    const containing = (text: string) => find(projectKey, [{ path: ['a'], operator: 'contains', text }]);
    expect(await containing('125')).toEqual([0, 2]);
    expect(await containing('.')).toEqual([0, 4]);
    expect(await containing('-')).toEqual([4]);
    expect(await containing('e')).toEqual([]);
  });

  it('should take no text for anything but text', async () => {
    const projectKey = await store([{ a: '$b', b: '$b' }, { a: '$$ROOT' }, { a: { $gt: '' } }, { a: 'x' }]);
    const equal = (text: string) => find(projectKey, [{ path: ['a'], operator: 'in', texts: [text] }]);
    expect(await equal('$b')).toEqual([0]);
    expect(await equal('$$ROOT')).toEqual([1]);
    expect(await equal('.*')).toEqual([]);
    expect(await find(projectKey, [{ path: ['a', '$gt'], operator: 'exists', exists: true }])).toEqual([]);
    expect(await find(projectKey, [{ path: ['a'], operator: 'contains', text: '.' }])).toEqual([]);
  });
});
