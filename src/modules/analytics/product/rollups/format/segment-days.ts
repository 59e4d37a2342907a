import type { SegmentColumns } from '../../../../events/product/segments/segment-columns.js';
import { dayOf, dayStart, NO_TIME_DAY } from '../../day.js';

/** The events of a segment that lie within one UTC day, by time. */
export interface SegmentDay {
  day: number;
  length: number;
  /** Milliseconds since the day began, never decreasing; all 0 in the day of the events without a time. */
  times: Uint32Array;
  /** Position in the segment's `names`. */
  nameOf: Uint32Array;
  /** Position of the actor in the segment; -1: nobody. */
  actorOf: Int32Array;
}

// A millisecond of a day takes 27 bits of the 53 that a double holds exactly: the others hold the place in the segment.
const PLACES = 2 ** 26;

const known = new WeakMap<SegmentColumns, SegmentDay[]>();

/** Cuts a segment into days, in no order; of the same millisecond events keep their order. Done once per segment. */
export function splitIntoDays(columns: SegmentColumns): SegmentDay[] {
  let days = known.get(columns);
  if (days === undefined) known.set(columns, (days = split(columns)));
  return days;
}

function split(columns: SegmentColumns): SegmentDay[] {
  const { length, times } = columns;
  const dayOfEvent = new Int32Array(length);
  const counts = new Map<number, number>();
  // Most neighbours are of one day.
  let day = NaN;
  let count = 0;
  for (let i = 0; i < length; i++) {
    const next = dayOf(times[i]!);
    if (next !== day) {
      if (count > 0) counts.set(day, count);
      day = next;
      count = counts.get(day) ?? 0;
    }
    dayOfEvent[i] = next;
    count++;
  }
  if (count > 0) counts.set(day, count);
  return [...counts].map(([each, events]) => pick(columns, dayOfEvent, each, events));
}

function pick(columns: SegmentColumns, dayOfEvent: Int32Array, day: number, count: number): SegmentDay {
  const start = day === NO_TIME_DAY ? NaN : dayStart(day);
  const keys = new Float64Array(count);
  let isSorted = true;
  for (let i = 0, at = 0; at < count; i++) {
    if (dayOfEvent[i] !== day) continue;
    const key = (columns.times[i]! - start || 0) * PLACES + i;
    if (at > 0 && key < keys[at - 1]!) isSorted = false;
    keys[at++] = key;
  }
  if (!isSorted) keys.sort();
  const result = {
    day,
    length: count,
    times: new Uint32Array(count),
    nameOf: new Uint32Array(count),
    actorOf: new Int32Array(count),
  };
  for (let at = 0; at < count; at++) {
    const key = keys[at]!;
    const time = Math.floor(key / PLACES);
    const i = key - time * PLACES;
    result.times[at] = time;
    result.nameOf[at] = columns.nameOf[i]!;
    result.actorOf[at] = columns.actorOf[i]!;
  }
  return result;
}
