import { Temporal } from 'temporal-polyfill';

export type CalendarInterval = 'hour' | 'day' | 'week' | 'month';

/** Time from `from` (inclusive) to `toExclusive`, in epoch milliseconds. */
export interface Span {
  from: number;
  toExclusive: number;
}

/** One interval of a local calendar; `start` inclusive, `end` exclusive, epoch milliseconds. */
export interface Bucket {
  /** Day and week `2025-01-01` (a week by its first day), hour `2025-01-01 13:00`, month `2025-01`; local time. */
  label: string;
  start: number;
  end: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** No bucket of a kind lasts longer than this (a local day has been as long as 48 hours, when a zone crossed the date line). */
const LONGEST: Record<CalendarInterval, number> = {
  hour: HOUR_MS,
  day: 2 * DAY_MS,
  week: 8 * DAY_MS,
  month: 32 * DAY_MS,
};

/**
 * The whole buckets of the local calendar that cover a span, in order and without gaps: the first may begin before
 * `from`, the last may end after `toExclusive`. An empty span has none.
 *
 * - A day begins at the first instant of its date, so it may last 23 or 25 hours, begin at 01:00, or (where clocks
 *   are set back across midnight) hold the repeated end of the day before. Dates that a zone skipped have no bucket.
 * - Hours begin where the local clock shows a new hour, and also where it is set back: an hour that is shown twice
 *   is two buckets with the same label, one after the other.
 * - Weeks begin on `weekStart` (ISO: 1 Monday to 7 Sunday).
 */
export function* walkCalendar(
  span: Span,
  interval: CalendarInterval,
  timeZone: string,
  weekStart = 1,
): Generator<Bucket, void, undefined> {
  if (span.from >= span.toExclusive) return;
  yield* interval === 'hour' ? walkHours(span, timeZone) : walkDates(span, interval, timeZone, weekStart);
}

/** A lower bound of how many buckets `walkCalendar` gives, without walking. */
export function fewestBuckets(span: Span, interval: CalendarInterval): number {
  return Math.max(0, Math.ceil((span.toExclusive - span.from) / LONGEST[interval]));
}

/**
 * `days` local calendar days that end with the day of `now`: from the first instant of the first to the first
 * instant of tomorrow.
 */
export function lastLocalDays(days: number, now: number, timeZone: string): Span {
  const today = zoned(now, timeZone).toPlainDate();
  return {
    from: startOfDate(today.subtract({ days: days - 1 }), timeZone),
    toExclusive: startOfDate(today.add({ days: 1 }), timeZone),
  };
}

/** The instant `days` local calendar days later, at the same local time (later, where the clock skips that time). */
export function addLocalDays(instant: number, days: number, timeZone: string): number {
  return zoned(instant, timeZone).add({ days }).epochMilliseconds;
}

/** How far the local clock is ahead of UTC at an instant, and until when that stays so (`Infinity`: for ever). */
export function localOffset(instant: number, timeZone: string): { offsetMs: number; until: number } {
  const local = zoned(instant, timeZone);
  const change = local.getTimeZoneTransition('next');
  return { offsetMs: local.offsetNanoseconds / 1e6, until: change === null ? Infinity : change.epochMilliseconds };
}

/** As many dates as lie from `from` to `to` (`YYYY-MM-DD`, both inclusive), directly before them. */
export function datesBefore(from: string, to: string): { from: string; to: string } {
  const first = Temporal.PlainDate.from(from);
  const days = first.until(Temporal.PlainDate.from(to)).days + 1;
  return { from: first.subtract({ days }).toString(), to: first.subtract({ days: 1 }).toString() };
}

/** The local date (`YYYY-MM-DD`) of an instant. */
export function dateOf(instant: number, timeZone: string): string {
  return zoned(instant, timeZone).toPlainDate().toString();
}

/** So many dates in a row, of which `last` is the last; both `YYYY-MM-DD`, inclusive. */
export function datesEnding(last: string, days: number): { from: string; to: string } {
  return {
    from: Temporal.PlainDate.from(last)
      .subtract({ days: days - 1 })
      .toString(),
    to: last,
  };
}

/** First instant and first instant after a local date (`YYYY-MM-DD`, which must exist in the calendar). */
export function localDate(date: string, timeZone: string): Span {
  const day = Temporal.PlainDate.from(date);
  return { from: startOfDate(day, timeZone), toExclusive: startOfDate(day.add({ days: 1 }), timeZone) };
}

function* walkDates(
  span: Span,
  interval: 'day' | 'week' | 'month',
  timeZone: string,
  weekStart: number,
): Generator<Bucket, void, undefined> {
  const step = { day: { days: 1 }, week: { weeks: 1 }, month: { months: 1 } }[interval];
  let date = firstDate(zoned(span.from, timeZone).toPlainDate(), interval, weekStart);
  let start = startOfDate(date, timeZone);
  while (start < span.toExclusive) {
    const next = date.add(step);
    const end = startOfDate(next, timeZone);
    // The first may lie wholly before the span where clocks were set back across midnight; a skipped date is empty.
    if (end > span.from && end > start) yield { label: labelOf(date, interval), start, end };
    date = next;
    start = end;
  }
}

function firstDate(
  date: Temporal.PlainDate,
  interval: 'day' | 'week' | 'month',
  weekStart: number,
): Temporal.PlainDate {
  if (interval === 'day') return date;
  if (interval === 'month') return date.with({ day: 1 });
  return date.subtract({ days: (date.dayOfWeek - weekStart + 7) % 7 });
}

function labelOf(date: Temporal.PlainDate, interval: 'day' | 'week' | 'month'): string {
  const text = date.toString();
  return interval === 'month' ? text.slice(0, -3) : text;
}

function* walkHours(span: Span, timeZone: string): Generator<Bucket, void, undefined> {
  const boundaries = walkHourStarts(span, timeZone);
  let current = boundaries.next();
  while (!current.done && current.value.start < span.toExclusive) {
    const next = boundaries.next();
    if (next.done) return;
    const { start, label } = current.value;
    if (next.value.start > span.from) yield { label, start, end: next.value.start };
    current = next;
  }
}

/** Starts of local hours, endless, from one that lies at or before `span.from`. */
function* walkHourStarts(span: Span, timeZone: string): Generator<{ start: number; label: string }, void, undefined> {
  // Two hours back, so that a transition just before the span is seen and the first hour gets its true start.
  let at = zoned(span.from - 2 * HOUR_MS, timeZone);
  let start = at.epochMilliseconds;
  let offset = at.offsetNanoseconds / 1e6;
  start -= modulo(start + offset, HOUR_MS);
  for (;;) {
    const change = at.getTimeZoneTransition('next');
    const changeAt = change === null ? Infinity : change.epochMilliseconds;
    for (; start < changeAt; start += HOUR_MS) yield { start, label: hourLabel(start + offset) };
    if (change === null) return;
    const newOffset = change.offsetNanoseconds / 1e6;
    const sameHour = Math.floor((changeAt + newOffset) / HOUR_MS) === Math.floor((changeAt - 1 + offset) / HOUR_MS);
    // Set forward within an hour: the hour goes on, only shorter.
    if (newOffset < offset || !sameHour) yield { start: changeAt, label: hourLabel(changeAt + newOffset) };
    at = change;
    offset = newOffset;
    start = changeAt + HOUR_MS - modulo(changeAt + offset, HOUR_MS);
  }
}

/** `local`: milliseconds of the local clock, written as if it were UTC. */
function hourLabel(local: number): string {
  const text = new Date(local).toISOString();
  const end = text.indexOf('T');
  return `${text.slice(0, end)} ${text.slice(end + 1, end + 3)}:00`;
}

function startOfDate(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime(timeZone).epochMilliseconds;
}

function zoned(instant: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
