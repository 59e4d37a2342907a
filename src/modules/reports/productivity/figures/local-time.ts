import { localOffset } from '../../../../common/time/calendar.js';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

/** Local `HH:MM` of the minute that an instant lies in. */
export function minuteOf(instant: number, timeZone: string): string {
  return textOf(Math.floor(localMinutes(instant, timeZone)));
}

/** Local `HH:MM` at which the last minute before an instant is over: `00:00` at the end of a day. */
export function minuteAfter(instant: number, timeZone: string): string {
  // Asked of the time before, so that a clock change at that very instant does not move it.
  return textOf(Math.floor(localMinutes(instant - 1, timeZone)) + 1);
}

function localMinutes(instant: number, timeZone: string): number {
  return (instant + localOffset(instant, timeZone).offsetMs) / MINUTE_MS;
}

function textOf(minutes: number): string {
  const ofDay = ((minutes % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
  return `${twoDigits(Math.floor(ofDay / 60))}:${twoDigits(ofDay % 60)}`;
}

export function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
