import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { walkCalendar, type Span } from '../../src/common/time/calendar.js';
import type { AiCallRow } from '../../src/modules/analytics/usage/calls/ai-call-row.js';
import type { CallQuery } from '../../src/modules/analytics/usage/calls/ai-figures.service.js';
import { bucketOf, middleOf } from '../../src/modules/analytics/usage/calls/latency-histogram.js';
import { exactCostOf, nanoUsdOf } from '../../src/modules/analytics/usage/prices/cost.js';
import { PriceList, type PricePeriod } from '../../src/modules/analytics/usage/prices/price-list.js';
import { naiveCalls, naivePercentile, type NaiveCall } from '../support/naive-usage.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';
import { usageStore } from '../support/usage-store.js';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 12);
const MINUTE = 60_000;
const DAY = 86_400_000;
const EPOCH = Date.parse('2025-10-24T22:00:00Z');
/** In the middle of the calls, and not on a quarter of an hour. */
const DEARER_SINCE = EPOCH + 5 * DAY + 7 * 3_600_000 + 4 * MINUTE;

const rates = (input: bigint, cachedInput: bigint, output: bigint, reasoning: bigint | null) => ({
  input,
  cachedInput,
  output,
  reasoning,
});
const always = (prices: ReturnType<typeof rates>, rest: Partial<PricePeriod> = {}): PricePeriod => ({
  from: -Infinity,
  until: null,
  longInput: null,
  ...prices,
  ...rest,
});
const model = (name: string, ...periods: PricePeriod[]) => ({ name, provider: 'x', aliases: [], periods });

const PRICES = new PriceList([
  model('plain', always(rates(2_500_000n, 1_250_000n, 10_000_000n, null))),
  model('thinking', always(rates(2_000_000n, 333_333n, 12_000_001n, 12_000_000n))),
  model('embed', always(rates(37_500n, 37_500n, 0n, null))),
  model(
    'moving',
    always(rates(1_000_000n, 1_000_000n, 1_000_000n, null), { until: DEARER_SINCE }),
    always(rates(9_000_000n, 9_000_000n, 9_000_000n, null), { from: DEARER_SINCE }),
  ),
  model(
    'long',
    always(rates(1_000_000n, 100_000n, 2_000_000n, null), {
      longInput: { above: 200_000, ...rates(2_000_000n, 200_000n, 3_000_000n, null) },
    }),
  ),
]);

/** A price holds from the first quarter of an hour that begins under it: calls of that one still cost the former price. */
function naiveCost(calls: readonly NaiveCall[]) {
  const costs = calls.map(
    (call) => exactCostOf({ ...call, timestamp: Math.floor(call.at / (15 * MINUTE)) * 15 * MINUTE }, PRICES).picoUsd,
  );
  return {
    nanoUsd: nanoUsdOf(costs.reduce<bigint>((sum, cost) => sum + (cost ?? 0n), 0n)),
    unpricedCalls: costs.filter((cost) => cost === null).length,
  };
}

const tokens = fc
  .record({
    input: fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 190_000, max: 210_000 })),
    cachedShare: fc.constantFrom(0, 0.25, 1),
    output: fc.integer({ min: 0, max: 3000 }),
    reasoning: fc.integer({ min: 0, max: 500 }),
    known: fc.constantFrom('all', 'all', 'input', 'output', 'total'),
  })
  .map(({ input, cachedShare, output, reasoning, known }) => ({
    // As a provider that counts reasoning apart would: then no part is less than nothing in any way of reading it.
    tokens: input + output + reasoning,
    inputTokens: known === 'all' || known === 'input' ? input : null,
    cachedInputTokens: known === 'all' ? Math.floor(input * cachedShare) : null,
    outputTokens: known === 'all' || known === 'output' ? output : null,
    reasoningTokens: known === 'all' ? reasoning : null,
  }));

const call: fc.Arbitrary<NaiveCall> = fc
  .record({
    userId: fc.constantFrom('ann', 'bob', 'cem', 'Ω', 'Z'),
    project: fc.constantFrom(null, 'shop', 'ann'),
    at: fc
      .tuple(fc.integer({ min: 0, max: 40 * 24 * 4 }), fc.constantFrom(0, 0, 1, 899_999))
      .map(([quarter, offset]) => EPOCH - 15 * DAY + quarter * 15 * MINUTE + offset),
    provider: fc.constantFrom(null, 'openai', 'azure'),
    model: fc.constantFrom('plain', 'thinking', 'embed', 'moving', 'long', 'unheard-of'),
    callType: fc.constantFrom('completion', 'completion', 'embedding', 'rerank'),
    responseUs: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 90_000_000 })),
    success: fc.boolean(),
    tokens,
  })
  .map(({ tokens: counts, ...rest }) => ({ ...rest, ...counts }));

const rowOf = (row: NaiveCall, eventId: string | null = null): AiCallRow => ({
  ...row,
  id: randomUUID(),
  occurredAt: row.at,
  eventId,
  error: null,
  receivedAt: row.at,
  clamped: false,
});

const TABLES = [
  'usage_ai_calls',
  'usage_ai_cells',
  'usage_ai_latencies',
  'usage_ai_owner_cells',
  'usage_ai_owner_blocks',
  'usage_ai_callers',
];
const QUERIES: CallQuery[] = [
  {},
  { model: 'plain' },
  { callType: 'embedding' },
  { model: 'long', callType: 'completion' },
  { user: 'ann' },
  { user: 'bob', model: 'moving' },
  { project: 'shop' },
  { project: 'ann', callType: 'completion' },
  { user: 'nobody' },
  { model: 'no-such-model' },
];

describe.each(await sqlTestTargets())('usage of AI on $dialect', (target) => {
  let database: SqlTestDatabase;
  let sources: DataSource[];
  beforeAll(async () => {
    database = await target.create();
    sources = [await database.connect([]), await database.connect([])];
  });
  afterAll(() => database.drop());

  const matching = (rows: readonly NaiveCall[], query: CallQuery) =>
    rows.filter(
      (row) =>
        (query.user === undefined || row.userId === query.user) &&
        (query.project === undefined || row.project === query.project) &&
        (query.model === undefined || row.model === query.model) &&
        (query.callType === undefined || row.callType === query.callType),
    );

  async function expectFigures(rows: readonly NaiveCall[], span: Span): Promise<void> {
    const { transactions, aiFigures } = usageStore(sources[0]!, PRICES);
    for (const zone of ['UTC', 'Europe/Berlin', 'Asia/Kathmandu']) {
      for (const interval of ['day', 'week', 'month'] as const) {
        const spans = [...walkCalendar(span, interval, zone)].map(({ start, end }) => ({
          from: start,
          toExclusive: end,
        }));
        for (const query of QUERIES) {
          const some = matching(rows, query);
          const [figures, timed] = await transactions.read(async (transaction) => [
            await aiFigures.ofSpans(transaction, spans, query),
            await aiFigures.timedOfSpans(transaction, spans, query),
          ]);
          const expected = spans.map((bounds) => naiveCalls(some, bounds, naiveCost));
          expect({ zone, interval, query, figures }).toEqual({ zone, interval, query, figures: expected });
          expect(timed).toEqual(
            spans.map(({ from, toExclusive }, i) => {
              const within = some.filter(({ at }) => at >= from && at < toExclusive);
              const percentiles = [0.5, 0.95, 0.99].map((share) => middleOf(bucketOf(naivePercentile(within, share))));
              return { ...expected[i]!, responsePercentilesUs: within.length === 0 ? null : percentiles };
            }),
          );
        }
      }
      await expectRanking(rows, [...walkCalendar(span, 'month', zone)].at(1)!, zone);
      await expectRanking(rows, { start: EPOCH + 3_600_000, end: EPOCH + 5 * 3_600_000 }, zone);
      await expectRanking(rows, { start: EPOCH - 14 * DAY + 900_000, end: EPOCH + 22 * DAY + 2_700_000 }, zone);
    }
  }

  async function expectRanking(rows: readonly NaiveCall[], bounds: { start: number; end: number }, zone: string) {
    const { transactions, aiFigures } = usageStore(sources[0]!, PRICES);
    const span = { from: bounds.start, toExclusive: bounds.end };
    const within = rows.filter(({ at }) => at >= span.from && at < span.toExclusive);
    const group = (pick: (row: NaiveCall) => string) =>
      [...new Set(within.map(pick))]
        .map(
          (name) =>
            [
              name,
              naiveCalls(
                within.filter((row) => pick(row) === name),
                span,
                naiveCost,
              ),
            ] as const,
        )
        .sort(([a, { calls }], [b, others]) => others.calls - calls || (a < b ? -1 : 1));
    const [users, models] = await transactions.read(async (transaction) => [
      await aiFigures.users(transaction, span, 3),
      await aiFigures.models(transaction, span),
    ]);
    const expectedUsers = group(({ userId }) => userId).map(([user, figures]) => ({ user, ...figures }));
    expect({ zone, users }).toEqual({ zone, users: expectedUsers.slice(0, 3) });
    expect({ zone, models }).toEqual({
      zone,
      models: group(({ model: name }) => name).map(([name, figures]) => ({ model: name, ...figures })),
    });
  }

  it('should give figures equal to a count of all calls, however they arrive', async () => {
    const batches = fc.array(fc.array(call, { minLength: 1, maxLength: 15 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc
        .asyncProperty(batches, fc.boolean(), async (history, atOnce) => {
          const writers = sources.map((source) => usageStore(source).aiCallWrites);
          // Every second batch comes by the other replica; with `atOnce` both write at the same time.
          const writes = history.map((batch, i) => () => writers[i % 2]!.write(batch.map((row) => rowOf(row))));
          if (atOnce) await Promise.all(writes.map((write) => write()));
          else for (const write of writes) await write();
          await expectFigures(history.flat(), { from: EPOCH - 16 * DAY, toExclusive: EPOCH + 26 * DAY });
        })
        .beforeEach(async () => {
          for (const table of TABLES) await sources[0]!.query(`DELETE FROM ${table}`);
        }),
      { numRuns: RUNS, endOnFailure: true },
    );
  }, 600_000);

  it('should merge the response times of a quarter of an hour before they take much room', async () => {
    for (const table of TABLES) await sources[0]!.query(`DELETE FROM ${table}`);
    const { aiCallWrites, aiFigures, transactions } = usageStore(sources[0]!);
    const [sample] = fc.sample(call, { numRuns: 1, seed: 7 });
    // As many different times as fit into few buckets, some hundred at a time.
    const calls = Array.from({ length: 2000 }, (_, i) => ({
      ...sample!,
      userId: 'ann',
      project: 'shop',
      at: EPOCH + i,
      responseUs: 1000 + ((i * 7919) % 2000) * 500,
    }));
    for (let i = 0; i < calls.length; i += 100) {
      await aiCallWrites.write(calls.slice(i, i + 100).map((row) => rowOf(row)));
    }
    for (const table of ['usage_ai_latencies', 'usage_ai_owner_cells']) {
      const rows: { buckets: string }[] = await sources[0]!.query(`SELECT buckets FROM ${table}`);
      expect(rows.length).toBeGreaterThan(0);
      for (const { buckets } of rows) {
        // Twenty writes of some hundred characters each.
        expect(buckets.length).toBeLessThan(2000);
        const first = buckets.indexOf('.');
        expect(first === -1 ? 0 : buckets.length - first).toBeLessThanOrEqual(800);
      }
    }
    const span = { from: EPOCH, toExclusive: EPOCH + 15 * MINUTE };
    for (const query of [{}, { user: 'ann' }, { project: 'shop' }]) {
      const [timed] = await transactions.read((transaction) => aiFigures.timedOfSpans(transaction, [span], query));
      expect(timed!.calls).toBe(2000);
      expect(timed!.responsePercentilesUs).toEqual(
        [0.5, 0.95, 0.99].map((share) => middleOf(bucketOf(naivePercentile(calls, share)))),
      );
    }
  });
});
