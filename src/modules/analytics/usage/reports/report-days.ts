import { InvalidInputError } from '../../../../common/errors/domain.error.js';
import {
  datesBefore,
  lastLocalDays,
  localDate,
  walkCalendar,
  type Bucket,
  type Span,
} from '../../../../common/time/calendar.js';
import { parseRange } from '../../../../common/time/range.js';
import { DAY_MS, quarterOf } from '../quarter.js';

export const MAX_DAYS = 366;
const DEFAULT_DAYS = 30;
/** A day of a calendar has been as long as two, where a zone crossed the date line. */
const LONGEST_DAY_MS = 2 * DAY_MS;

/** Days of a local calendar, one after the other without gaps. */
export interface ReportDays {
  timeZone: string;
  /** At least one. Bounds lie on whole quarters of an hour, as rollups do. */
  days: Bucket[];
  span: Span;
  /** First and last date, both inclusive. */
  start: string;
  end: string;
}

/**
 * The local days that `start` and `end` name, both inclusive; a time stands for the day in which it lies. Without them the
 * last 30 days; without `end` up to today, or for one day when `start` is later; without `start` 30 days.
 * @throws InvalidInputError for what is no date, reversed, or more than 366 days
 */
export function reportDays(input: { start?: string; end?: string }, timeZone: string, now: number): ReportDays {
  const names = { from: 'start', to: 'end' };
  const { from, toExclusive } = parseRange({ from: input.start, to: input.end }, timeZone, names);
  if (from === null && toExclusive === null) return daysOf(lastLocalDays(DEFAULT_DAYS, now, timeZone), timeZone);
  if (from === null) return daysOf(lastLocalDays(DEFAULT_DAYS, toExclusive! - 1, timeZone), timeZone);
  const last = toExclusive ?? Math.max(now, from) + 1;
  if (last - from > (MAX_DAYS + 2) * LONGEST_DAY_MS) throw tooLong();
  return daysOf({ from, toExclusive: last }, timeZone);
}

/** One local day: a date, or a time that lies in it; today when absent. */
export function reportDay(date: string | undefined, timeZone: string, now: number): ReportDays {
  const { from } = parseRange({ from: date }, timeZone, { from: 'date', to: 'date' });
  return dayAt(from ?? now, timeZone);
}

function dayAt(instant: number, timeZone: string): ReportDays {
  return daysOf({ from: instant, toExclusive: instant + 1 }, timeZone);
}

/** As many days as these, directly before them. */
export function daysBefore({ start, end, timeZone }: ReportDays): ReportDays {
  const dates = datesBefore(start, end);
  const span = {
    from: localDate(dates.from, timeZone).from,
    toExclusive: localDate(dates.to, timeZone).toExclusive,
  };
  // A date that a zone skipped has no time of its own; the last day before stands for it.
  return daysOf(span.from < span.toExclusive ? span : { from: span.from - 1, toExclusive: span.from }, timeZone);
}

/** Weeks or months of the local calendar that end with the present one. */
export function lastPeriods(
  interval: 'week' | 'month',
  count: number,
  timeZone: string,
  weekStart: number,
  now: number,
): Bucket[] {
  const days = (interval === 'week' ? 7 : 31) * (count + 1);
  const span = lastLocalDays(days, now, timeZone);
  const periods = [...walkCalendar({ from: span.from, toExclusive: now + 1 }, interval, timeZone, weekStart)];
  return periods.slice(-count).map(aligned);
}

/** The local date of an instant. */
export function dateOf(instant: number, timeZone: string): string {
  return dayAt(instant, timeZone).start;
}

/** `days` local days that end with today. */
export function lastDays(days: number, timeZone: string, now: number): Span {
  return alignedSpan(lastLocalDays(days, now, timeZone));
}

function daysOf(span: Span, timeZone: string): ReportDays {
  const days: Bucket[] = [];
  for (const day of walkCalendar(span, 'day', timeZone)) {
    if (days.length === MAX_DAYS) throw tooLong();
    days.push(aligned(day));
  }
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) {
    const message = `There was no such day in ${timeZone}`;
    throw new InvalidInputError(message, [{ path: 'start', message }]);
  }
  return {
    timeZone,
    days,
    span: { from: first.start, toExclusive: last.end },
    start: first.label,
    end: last.label,
  };
}

/** Zones once had offsets of odd minutes; such a day begins with the quarter of an hour in which it began. */
function aligned({ label, start, end }: Bucket): Bucket {
  return { label, start: quarterOf(start), end: quarterOf(end) };
}

function alignedSpan({ from, toExclusive }: Span): Span {
  return { from: quarterOf(from), toExclusive: quarterOf(toExclusive) };
}

function tooLong(): InvalidInputError {
  const message = `Ask for at most ${MAX_DAYS} days`;
  return new InvalidInputError(message, [{ path: 'end', message }]);
}

export function spanOf({ start, end }: Bucket): Span {
  return { from: start, toExclusive: end };
}
