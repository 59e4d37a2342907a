import type { Span } from '../../../../common/time/calendar.js';

/** Every zone's offset today is a multiple of this; only old local mean times are finer. */
const QUARTER_HOUR_MS = 900_000;

/** A stretch of time whose events are counted by steps of `stepMs` since the epoch; 0: all in one. */
export interface CountingSlice extends Span {
  stepMs: number;
}

/** Events of one step, which begins at `time`. */
export interface TimeCount {
  time: number;
  count: number;
}

/**
 * How to count the events of buckets so that no step lies across one of their boundaries: with the greatest step
 * that divides them all. Where some boundaries are not on a quarter hour, they get a slice of their own, so that a
 * long gone local mean time does not make steps of seconds for the present.
 *
 * @param boundaries growing; the outermost may be any instants, since a step that begins before the first or ends
 *   after the last is only counted from there or up to there
 */
export function countingSlices(boundaries: readonly number[]): CountingSlice[] {
  const from = boundaries[0];
  const toExclusive = boundaries.at(-1);
  if (from === undefined || toExclusive === undefined || boundaries.length < 2) return [];
  const inner = boundaries.slice(1, -1);
  const lastOdd = inner.findLastIndex((boundary) => boundary % QUARTER_HOUR_MS !== 0);
  const cut = lastOdd < 0 ? undefined : inner[lastOdd + 1];
  if (cut === undefined) return [{ from, toExclusive, stepMs: commonStep(inner) }];
  return [
    { from, toExclusive: cut, stepMs: commonStep(inner.slice(0, lastOdd + 1)) },
    { from: cut, toExclusive, stepMs: commonStep(inner.slice(lastOdd + 2)) },
  ];
}

/** Index of the bucket `[boundaries[i], boundaries[i + 1])` in which a time lies; 0 for one before them all. */
export function bucketAt(boundaries: readonly number[], time: number): number {
  let low = 0;
  let high = boundaries.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (boundaries[middle]! <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

function commonStep(boundaries: readonly number[]): number {
  const step = boundaries.reduce(greatestCommonDivisor, 0);
  // The epoch alone is a boundary that every step divides.
  return step === 0 && boundaries.length > 0 ? QUARTER_HOUR_MS : step;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y > 0) [x, y] = [y, x % y];
  return x;
}
