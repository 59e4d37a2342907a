import { localDate, walkCalendar } from '../../../../common/time/calendar.js';
import { type Intervals, pieces, unionOf } from './intervals.js';

export const HOURS_A_DAY = 24;

export interface ReportDay {
  /** `YYYY-MM-DD` */
  date: string;
  /** Epoch milliseconds: the first instant of the date, and the first after it. */
  from: number;
  toExclusive: number;
}

/**
 * The days of a report and their hours. Every day has 24 cells, one for each number that its clock can show; a cell lasts
 * as long as the clock shows that hour: 0 where it is skipped, 2 hours where it comes twice.
 */
export interface ReportCalendar {
  timeZone: string;
  days: readonly ReportDay[];
  from: number;
  toExclusive: number;
  /** Stretches of one local hour each, one after the other from `from` on: their starts, and `toExclusive` at the end. */
  edges: Float64Array;
  /** For each stretch its cell: 24 × day + hour. */
  cells: Uint16Array;
  /** For each day its first stretch, and the number of all at the end. */
  dayStretches: Uint16Array;
  /** For each cell how long it lasts, milliseconds. */
  cellMs: Float64Array;
}

/** `YYYY-MM-DD`, inclusive; both must exist in the calendar and be in order. */
export function reportCalendar(startDate: string, endDate: string, timeZone: string): ReportCalendar {
  const days = datesOf(startDate, endDate).map((date) => ({ date, ...localDate(date, timeZone) }));
  const edges: number[] = [];
  const cells: number[] = [];
  const dayStretches: number[] = [];
  days.forEach((day, index) => {
    dayStretches.push(cells.length);
    for (const hour of walkCalendar(day, 'hour', timeZone)) {
      // The first may begin in the day before, where a day does not begin with a full hour.
      edges.push(Math.max(hour.start, day.from));
      cells.push(index * HOURS_A_DAY + hourOf(hour.label));
    }
  });
  const from = days[0]!.from;
  const toExclusive = days.at(-1)!.toExclusive;
  edges.push(toExclusive);
  dayStretches.push(cells.length);
  const cellMs = new Float64Array(days.length * HOURS_A_DAY);
  cells.forEach((cell, i) => (cellMs[cell]! += edges[i + 1]! - edges[i]!));
  return {
    timeZone,
    days,
    from,
    toExclusive,
    edges: Float64Array.from(edges),
    cells: Uint16Array.from(cells),
    dayStretches: Uint16Array.from(dayStretches),
    cellMs,
  };
}

/** Every date from the first to the last, `YYYY-MM-DD`. */
export function datesOf(startDate: string, endDate: string): string[] {
  const span = { from: localDate(startDate, 'UTC').from, toExclusive: localDate(endDate, 'UTC').toExclusive };
  return Array.from(walkCalendar(span, 'day', 'UTC'), ({ label }) => label);
}

/** Splits time at local hours: tells each part with its cell, in order; time outside of the report is left out. */
export function splitByCell(
  calendar: ReportCalendar,
  intervals: Intervals,
  tell: (cell: number, milliseconds: number) => void,
): void {
  const { edges, cells } = calendar;
  let i = 0;
  for (const [start, end] of pieces(intervals)) {
    if (start >= edges[i + 1]!) i = stretchAt(edges, start);
    for (; i < cells.length && edges[i]! < end; i++) {
      const from = Math.max(start, edges[i]!);
      const to = Math.min(end, edges[i + 1]!);
      if (to > from) tell(cells[i]!, to - from);
      if (end <= edges[i + 1]!) break;
    }
    if (i === cells.length) return;
  }
}

/** Milliseconds in each cell. */
export function timeByCell(calendar: ReportCalendar, intervals: Intervals): Float64Array {
  const time = new Float64Array(calendar.cellMs.length);
  splitByCell(calendar, intervals, (cell, milliseconds) => {
    time[cell]! += milliseconds;
  });
  return time;
}

/** The time of one day at which its clock shows an hour from `fromHour` to before `toHour`. */
export function hoursOfDay(calendar: ReportCalendar, dayIndex: number, fromHour: number, toHour: number): Intervals {
  const { cells, edges, dayStretches } = calendar;
  const firstCell = dayIndex * HOURS_A_DAY;
  const starts: number[] = [];
  const ends: number[] = [];
  for (let i = dayStretches[dayIndex]!; i < dayStretches[dayIndex + 1]!; i++) {
    const hour = cells[i]! - firstCell;
    if (hour < fromHour || hour >= toHour) continue;
    starts.push(edges[i]!);
    ends.push(edges[i + 1]!);
  }
  return unionOf(Float64Array.from(starts), Float64Array.from(ends));
}

function hourOf(label: string): number {
  return Number(label.slice(label.indexOf(' ') + 1, -3));
}

/** The last stretch that begins at or before an instant. */
function stretchAt(edges: Float64Array, instant: number): number {
  let low = 0;
  let high = edges.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (edges[middle]! <= instant) low = middle;
    else high = middle - 1;
  }
  return low;
}
