import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { lastLocalDays, walkCalendar, type Span } from '../../src/common/time/calendar.js';
import type { ActivityRow } from '../../src/modules/analytics/usage/activity/activity-row.js';
import { naiveActivity, type NaiveActivity } from '../support/naive-usage.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';
import { usageStore } from '../support/usage-store.js';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 12);
const MINUTE = 60_000;
/** Within it clocks are set back (Berlin) and the days of Lord Howe change by half an hour. */
const EPOCH = Date.parse('2025-10-24T22:00:00Z');

const rowOf = ({ userId, at, action, sessionId }: NaiveActivity, eventId: string | null = null): ActivityRow => ({
  id: randomUUID(),
  userId,
  occurredAt: at,
  eventId,
  action,
  sessionId,
  ipAddress: null,
  userAgent: null,
  metadata: null,
  receivedAt: at,
  clamped: false,
});

const TABLES = ['usage_activities', 'usage_sessions', 'usage_activity_cells', 'usage_returns', 'usage_names'];

/** Times close to each other, to quarters of an hour and to the limits of sessions. */
const time = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 3 * 24 * 6 }).map((n) => n * 10 * MINUTE) },
      { weight: 2, arbitrary: fc.integer({ min: 0, max: 20 * 24 * 60 }).map((n) => n * MINUTE) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 24 * 3 }).map((n) => n * 20 * MINUTE) },
    ),
    fc.constantFrom(0, 0, 0, 1, -1, 899_999),
  )
  .map(([base, offset]) => EPOCH + Math.max(0, base + offset));

const activity: fc.Arbitrary<NaiveActivity> = fc.record({
  userId: fc.constantFrom('ann', 'ann', 'bob', 'cem'),
  at: time,
  action: fc.constantFrom('login', 'registration', 'logout', 'view'),
  sessionId: fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom('s1', 's2', 'Ω') },
  ),
});

/** Somebody who is active for days without a pause, in parts that arrive in any order. */
const marathon: fc.Arbitrary<NaiveActivity[][]> = fc
  .tuple(
    fc.shuffledSubarray(
      Array.from({ length: 240 }, (_, i) => i),
      { minLength: 150 },
    ),
    fc.constantFrom(20, 29, 30),
    fc.constantFrom(1, 7, 40, 200),
    fc.boolean(),
  )
  .map(([slots, minutes, size, namesSessions]) => {
    const rows = slots.map((slot) => ({
      userId: 'bot',
      at: EPOCH + slot * minutes * MINUTE,
      action: 'view',
      sessionId: namesSessions && slot % 11 === 0 ? `s${slot % 3}` : null,
    }));
    // Most at once, as an import; the rest late.
    const late = rows.splice(0, 20);
    return [rows, ...chunks(late, size)];
  });

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

describe.each(await sqlTestTargets())('usage activity on $dialect', (target) => {
  let database: SqlTestDatabase;
  let sources: DataSource[];
  beforeAll(async () => {
    database = await target.create();
    sources = [await database.connect([]), await database.connect([])];
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    for (const table of TABLES) await sources[0]!.query(`DELETE FROM ${table}`);
  });

  async function expectFigures(rows: readonly NaiveActivity[], span: Span): Promise<void> {
    const { transactions, activityFigures } = usageStore(sources[0]!);
    for (const zone of ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/New_York']) {
      for (const interval of ['day', 'week', 'month'] as const) {
        const buckets = [...walkCalendar(span, interval, zone)].map(({ start, end }) => ({
          from: start,
          toExclusive: end,
        }));
        const expected = buckets.map((bucket) => naiveActivity(rows, bucket));
        const found = await transactions.read((transaction) =>
          interval === 'day'
            ? activityFigures.ofDays(transaction, buckets)
            : activityFigures.ofSpans(transaction, buckets),
        );
        expect({ zone, interval, figures: found }).toEqual({ zone, interval, figures: expected });
      }
      const spans = [1, 7, 30].map((days) => lastLocalDays(days, EPOCH + 5 * 86_400_000, zone));
      expect(await transactions.read((transaction) => activityFigures.activeUsers(transaction, spans))).toEqual(
        spans.map((bounds) => naiveActivity(rows, bounds).activeUsers),
      );
    }
    const total = await transactions.read((transaction) => activityFigures.totalUsers(transaction));
    expect(total).toBe(new Set(rows.map(({ userId }) => userId)).size);
  }

  it('should give figures equal to a count of all rows, however they arrive', async () => {
    const some = fc.array(fc.array(activity, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 6 });
    const batches = fc.oneof({ weight: 3, arbitrary: some }, { weight: 1, arbitrary: marathon });
    await fc.assert(
      fc
        .asyncProperty(batches, fc.boolean(), async (history, atOnce) => {
          const writers = sources.map((source) => usageStore(source).activityWrites);
          // Every second batch comes by the other replica; with `atOnce` both write at the same time.
          const writes = history.map((batch, i) => () => writers[i % 2]!.write(batch.map((row) => rowOf(row))));
          if (atOnce) await Promise.all(writes.map((write) => write()));
          else for (const write of writes) await write();
          await expectFigures(history.flat(), { from: EPOCH - 86_400_000, toExclusive: EPOCH + 21 * 86_400_000 });
        })
        .beforeEach(async () => {
          for (const table of TABLES.slice(0, 4)) await sources[0]!.query(`DELETE FROM ${table}`);
        }),
      { numRuns: RUNS, endOnFailure: true },
    );
  }, 600_000);
});
