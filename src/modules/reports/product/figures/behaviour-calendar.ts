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

/** Days of the active users and cohorts of retention that one answer may have. */
export const MAX_ITEMS = 400;

/** Local days in which so many intervals surely lie, dates that a zone skips among them. */
export const LONGEST_DAYS = { day: 1, week: 7, month: 31 } as const;
export const SKIPPED_DAYS = 3;

export type CohortInterval = Exclude<CalendarInterval, 'hour'>;

export interface LocalCalendar {
  timeZone: string;
  /** ISO: 1 Monday to 7 Sunday. */
  weekStart: number;
}

/** A span whose begin was asked for, or is merely that of the first event: then the latest items are enough. */
export interface AskedSpan extends Span {
  isOpenBefore: boolean;
}

export interface CohortCalendar {
  /** The intervals that the span touches, whole. */
  cohorts: Bucket[];
  /** Their begins and those of the intervals after them, and the end of the last. */
  boundaries: number[];
}

/** The cohorts of a span and the intervals that follow. @throws InvalidInputError when there would be too many */
export function cohortCalendar(
  span: AskedSpan,
  interval: CohortInterval,
  periods: number,
  { timeZone, weekStart }: LocalCalendar,
): CohortCalendar {
  const cohorts = someBuckets(span, interval, { timeZone, weekStart }, 'cohorts');
  const boundaries = cohorts.map(({ start }) => start);
  const end = cohorts.at(-1)?.end;
  if (end === undefined) return { cohorts, boundaries };
  boundaries.push(end);
  const reach = addLocalDays(end, periods * LONGEST_DAYS[interval] + SKIPPED_DAYS, timeZone);
  for (const bucket of walkCalendar({ from: end, toExclusive: reach }, interval, timeZone, weekStart)) {
    if (boundaries.length > cohorts.length + periods) break;
    boundaries.push(bucket.end);
  }
  return { cohorts, boundaries };
}

export interface DayCalendar {
  /** Begins of the days before the span, of its days, and the end of the last. */
  boundaries: number[];
  /** How many days before the span there are. */
  before: number;
  /** The dates of the span, those that have not begun at `now` left out. */
  dates: string[];
}

/** The local days of a span, whole, and those before it. @throws InvalidInputError when there would be too many */
export function dayCalendar(span: AskedSpan, before: number, now: number, timeZone: string): DayCalendar {
  const days = someBuckets(span, 'day', { timeZone, weekStart: 1 }, 'days').filter(({ start }) => start <= now);
  const first = days[0];
  if (first === undefined) return { boundaries: [], before: 0, dates: [] };
  const lead = { from: addLocalDays(first.start, -before - SKIPPED_DAYS, timeZone), toExclusive: first.start };
  const earlier = [...walkCalendar(lead, 'day', timeZone)].slice(-before);
  const boundaries = [...earlier, ...days].map(({ start }) => start);
  boundaries.push(days.at(-1)!.end);
  return { boundaries, before: earlier.length, dates: days.map(({ label }) => label) };
}

function someBuckets(
  span: AskedSpan,
  interval: CohortInterval,
  { timeZone, weekStart }: LocalCalendar,
  what: 'days' | 'cohorts',
): Bucket[] {
  const last = span.toExclusive - 1;
  if (last < EARLIEST_BOUND || last > LATEST_BOUND) throw tooMany(what);
  if (span.isOpenBefore) {
    const reach = addLocalDays(last, -(MAX_ITEMS * LONGEST_DAYS[interval] + SKIPPED_DAYS), timeZone);
    const latest = { from: Math.max(span.from, reach), toExclusive: span.toExclusive };
    return [...walkCalendar(latest, interval, timeZone, weekStart)].slice(-MAX_ITEMS);
  }
  if (span.from < EARLIEST_BOUND || fewestBuckets(span, interval) > MAX_ITEMS) throw tooMany(what);
  const buckets: Bucket[] = [];
  for (const bucket of walkCalendar(span, interval, timeZone, weekStart)) {
    if (buckets.push(bucket) > MAX_ITEMS) throw tooMany(what);
  }
  return buckets;
}

function tooMany(what: 'days' | 'cohorts'): InvalidInputError {
  const remedy = what === 'cohorts' ? ', or a longer interval' : '';
  return new InvalidInputError(
    `The report would have more than ${MAX_ITEMS} ${what}; ask for a shorter time with \`from\` and \`to\`${remedy}`,
  );
}
