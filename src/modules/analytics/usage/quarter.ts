import type { Span } from '../../../common/time/calendar.js';

/** So fine are rollups: the days of every time zone begin on a whole quarter of an hour of UTC. */
export const QUARTER_MS = 900_000;
export const DAY_MS = 86_400_000;

/** Start of the quarter of an hour of UTC in which an instant lies. Epoch milliseconds. */
export function quarterOf(instant: number): number {
  return Math.floor(instant / QUARTER_MS) * QUARTER_MS;
}

/** Days of UTC since 1970. */
export function utcDayOf(instant: number): number {
  return Math.floor(instant / DAY_MS);
}

/** The days of UTC that a span touches, in order. */
export function utcDaysOf({ from, toExclusive }: Span): number[] {
  const days: number[] = [];
  for (let day = utcDayOf(from); day * DAY_MS < toExclusive; day++) days.push(day);
  return days;
}
