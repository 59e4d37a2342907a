// @ts-check
import { Random } from './random.mjs';
import { HISTORY_END, HISTORY_START } from './shop-history.mjs';

/** @typedef {import('./random.mjs').Random} RandomNumbers */
/** @typedef {{from?: string, to?: string, tz?: string}} ReportRange as a client asks; both ends inclusive */

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = (HISTORY_END - HISTORY_START) / DAY_MS;

/** @type {ReportRange} */
export const WHOLE_RANGE = { from: iso(HISTORY_START), to: iso(HISTORY_END - 1) };

/** Every way in which a dashboard cuts time. @type {((random: RandomNumbers) => ReportRange)[]} */
const SHAPES = [
  () => WHOLE_RANGE,
  () => ({}),
  (random) => between(random, HOUR_MS),
  (random) => between(random, 1),
  (random) => ({ ...between(random, MINUTE_MS), tz: 'Asia/Kolkata' }),
  (random) => ({ ...dates(random), tz: 'Asia/Kathmandu' }),
  (random) => ({ ...dates(random), tz: 'America/New_York' }),
  (random) => ({ ...dates(random), tz: 'Europe/Berlin' }),
  (random) => ({ from: between(random, MINUTE_MS).from, tz: 'Australia/Lord_Howe' }),
];

/**
 * Ranges of any length: hour edges, odd minutes and milliseconds, whole local days of several zones, all of it.
 * @param {number} count
 * @returns {ReportRange[]}
 */
export function anyRanges(count) {
  const random = new Random(1);
  return Array.from({ length: count }, (_, index) => SHAPES[index % SHAPES.length]?.(random) ?? {});
}

/**
 * Those of `anyRanges` that have two ends.
 * @param {number} count
 * @returns {ReportRange[]}
 */
export function closedRanges(count) {
  return anyRanges(2 * count)
    .filter(({ from, to }) => from !== undefined && to !== undefined)
    .slice(0, count);
}

/**
 * Seven days from an odd moment on.
 * @param {number} count
 * @returns {ReportRange[]}
 */
export function weeks(count) {
  const random = new Random(3);
  return Array.from({ length: count }, () => {
    const from = HISTORY_START + random.below(HISTORY_END - HISTORY_START - 7 * DAY_MS);
    return { from: iso(from), to: iso(from + 7 * DAY_MS - 1) };
  });
}

/**
 * Nearly the 90 days, cut off at odd moments of the first and the last day: no answer can be remembered, and no edge
 * falls together with that of an hour.
 * @param {number} count
 * @returns {ReportRange[]}
 */
export function wideRanges(count) {
  const random = new Random(2);
  return Array.from({ length: count }, () => ({
    from: iso(HISTORY_START + random.below(DAY_MS)),
    to: iso(HISTORY_END - 1 - random.below(DAY_MS)),
  }));
}

/** @param {RandomNumbers} random @param {number} unit milliseconds to which both ends are rounded */
function between(random, unit) {
  const units = Math.floor((HISTORY_END - HISTORY_START) / unit);
  const [first = 0, last = 0] = [random.below(units), random.below(units)].sort((a, b) => a - b);
  return { from: iso(HISTORY_START + first * unit), to: iso(HISTORY_START + (last + 1) * unit - 1) };
}

/** @param {RandomNumbers} random */
function dates(random) {
  const [first = 0, last = 0] = [random.below(DAYS), random.below(DAYS)].sort((a, b) => a - b);
  return { from: date(first), to: date(last) };
}

/** @param {number} day from 0 */
function date(day) {
  return iso(HISTORY_START + day * DAY_MS).slice(0, 10);
}

/** @param {number} instant */
function iso(instant) {
  return new Date(instant).toISOString();
}
