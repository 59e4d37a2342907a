import { setImmediate as nextTurn } from 'node:timers/promises';
import { InvalidInputError } from '../../../../common/errors/domain.error.js';
import {
  addLocalDays,
  fewestBuckets,
  walkCalendar,
  type Bucket,
  type CalendarInterval,
  type Span,
} from '../../../../common/time/calendar.js';
import { EARLIEST_BOUND, LATEST_BOUND } from '../../../../common/time/range.js';
import { LONGEST_DAYS, SKIPPED_DAYS, type AskedSpan } from './behaviour-calendar.js';

/** Of one series, and of a series and its breakdown together. */
const MAX_BUCKETS = 100_000;
const MAX_HOURLY_DAYS = 366;
/** A bucket takes 5 to 10 µs; after so many, other requests have their turn. */
const BUCKETS_PER_TURN = 2000;

export interface SeriesCalendar {
  interval: CalendarInterval;
  timeZone: string;
  /** ISO: 1 Monday to 7 Sunday. */
  weekStart: number;
}

export interface SeriesItem {
  time: string;
  count: number;
}

/**
 * The local buckets of a series. Where its begin was not asked for, a lone event of long ago must not spoil it: of too
 * many buckets there are the latest whole ones. `series`: how many of these there will be.
 *
 * @throws InvalidInputError when there would be too many
 */
export async function seriesBuckets(span: AskedSpan, calendar: SeriesCalendar, series = 1): Promise<Bucket[]> {
  const max = Math.floor(MAX_BUCKETS / series);
  const last = span.toExclusive - 1;
  if (!span.isOpenBefore || last < EARLIEST_BOUND || last > LATEST_BOUND) return allBuckets(span, calendar);
  const { interval, timeZone } = calendar;
  const days = interval === 'hour' ? MAX_HOURLY_DAYS : max * LONGEST_DAYS[interval] + SKIPPED_DAYS;
  const reach = Math.max(addLocalDays(span.toExclusive, -days, timeZone), EARLIEST_BOUND);
  if (span.from >= reach) return (await walk(span, calendar)).slice(-max);
  const buckets = await walk({ from: reach, toExclusive: span.toExclusive }, calendar);
  return buckets.slice(buckets[0]!.start < reach ? 1 : 0).slice(-max);
}

/** What of a span its buckets cover: all, unless they are only the latest. */
export function coveredSpan(span: Span, buckets: readonly Bucket[]): Span {
  return { from: Math.max(span.from, buckets[0]?.start ?? span.from), toExclusive: span.toExclusive };
}

async function allBuckets(span: Span, calendar: SeriesCalendar): Promise<Bucket[]> {
  const { interval, timeZone } = calendar;
  if (span.from < EARLIEST_BOUND || span.toExclusive - 1 > LATEST_BOUND) throw tooMany(`${MAX_BUCKETS} points`);
  if (interval === 'hour' && span.toExclusive > addLocalDays(span.from, MAX_HOURLY_DAYS, timeZone)) {
    throw tooMany(`${MAX_HOURLY_DAYS} days by hour`);
  }
  if (fewestBuckets(span, interval) > MAX_BUCKETS) throw tooMany(`${MAX_BUCKETS} points`);
  const buckets = await walk(span, calendar, MAX_BUCKETS);
  if (buckets.length > MAX_BUCKETS) throw tooMany(`${MAX_BUCKETS} points`);
  return buckets;
}

/** Stops when there are more than `max`. */
async function walk(span: Span, { interval, timeZone, weekStart }: SeriesCalendar, max = Infinity): Promise<Bucket[]> {
  const buckets: Bucket[] = [];
  for (const bucket of walkCalendar(span, interval, timeZone, weekStart)) {
    if (buckets.push(bucket) > max) break;
    if (buckets.length % BUCKETS_PER_TURN === 0) await nextTurn();
  }
  return buckets;
}

/** The instants between which the events of each bucket lie, within the span. */
export function boundariesOf(buckets: readonly Bucket[], span: Span): number[] {
  return [span.from, ...buckets.slice(1).map((bucket) => bucket.start), span.toExclusive];
}

/** The counts of the buckets, in their order, with what the buckets are called. */
export function seriesItems(buckets: readonly Bucket[], counts: readonly number[]): SeriesItem[] {
  return buckets.map(({ label }, i) => ({ time: label, count: counts[i] ?? 0 }));
}

/** @throws InvalidInputError when so many series of these buckets would be too large an answer */
export function checkSeries(buckets: readonly Bucket[], series: number): void {
  if (buckets.length * series > MAX_BUCKETS) throw tooMany(`${MAX_BUCKETS} points with its breakdown`);
}

function tooMany(what: string): InvalidInputError {
  return new InvalidInputError(
    `The series would have more than ${what}; ask for a shorter time with \`from\` and \`to\`, or a longer interval`,
  );
}
