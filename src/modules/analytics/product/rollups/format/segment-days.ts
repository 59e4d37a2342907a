import type { SegmentColumns } from '../../../../events/product/segments/segment-columns.js';
import { dayOf, dayStart, NO_TIME_DAY } from '../../day.js';

/** The events of a segment that lie within one UTC day, by time. */
export interface SegmentDay {
  day: number;
  length: number;
  /** Milliseconds since the day began, never decreasing; all 0 in the day of the events without a time. */
  times: Uint32Array;
  /** Of these events, each once. */
  names: string[];
  /** Position in `names`. */
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

// In passes over the events, never over the events of each day: clients choose the times, and may choose as many days as
// there are events. For the same reason a day has only names of its own.
function split(columns: SegmentColumns): SegmentDay[] {
  const { length } = columns;
  const { days, placeOf, ends } = countDays(columns);
  const keys = sortKeys(columns, days, placeOf, ends);
  const times = new Uint32Array(length);
  const nameOf = new Uint32Array(length);
  const actorOf = new Int32Array(length);
  const usedIn = new Int32Array(columns.names.length).fill(-1);
  const positions = new Uint32Array(columns.names.length);
  return days.map((day, place) => {
    const begin = place === 0 ? 0 : ends[place - 1]!;
    const end = ends[place]!;
    const names: string[] = [];
    for (let at = begin; at < end; at++) {
      const key = keys[at]!;
      const time = Math.floor(key / PLACES);
      const i = key - time * PLACES;
      const name = columns.nameOf[i]!;
      if (usedIn[name] !== place) {
        usedIn[name] = place;
        positions[name] = names.push(columns.names[name]!) - 1;
      }
      times[at] = time;
      nameOf[at] = positions[name]!;
      actorOf[at] = columns.actorOf[i]!;
    }
    return {
      ...{ day, length: end - begin, times: times.subarray(begin, end), names },
      ...{ nameOf: nameOf.subarray(begin, end), actorOf: actorOf.subarray(begin, end) },
    };
  });
}

interface DayPlaces {
  days: number[];
  /** For each event the place of its day in `days`. */
  placeOf: Uint32Array;
  /** Where the events of each day end when they lie one day behind the other. */
  ends: Uint32Array;
}

function countDays({ length, times }: SegmentColumns): DayPlaces {
  const days: number[] = [];
  const counts: number[] = [];
  const places = new Map<number, number>();
  const placeOf = new Uint32Array(length);
  // Most neighbours are of one day.
  let day = NaN;
  let place = -1;
  for (let i = 0; i < length; i++) {
    const next = dayOf(times[i]!);
    if (next !== day) {
      day = next;
      place = places.get(day) ?? -1;
      if (place < 0) {
        place = days.push(day) - 1;
        counts.push(0);
        places.set(day, place);
      }
    }
    placeOf[i] = place;
    counts[place]! += 1;
  }
  let end = 0;
  return { days, placeOf, ends: Uint32Array.from(counts, (count) => (end += count)) };
}

/** Each event's time of its day and place in the segment as one number, one day behind the other, sorted in each. */
function sortKeys(
  { length, times }: SegmentColumns,
  days: readonly number[],
  placeOf: Uint32Array,
  ends: Uint32Array,
): Float64Array {
  const keys = new Float64Array(length);
  const next = Uint32Array.from(ends, (_, place) => (place === 0 ? 0 : ends[place - 1]!));
  const isUnsorted = new Uint8Array(days.length);
  for (let i = 0; i < length; i++) {
    const place = placeOf[i]!;
    const day = days[place]!;
    const time = day === NO_TIME_DAY ? 0 : times[i]! - dayStart(day);
    const at = next[place]!++;
    keys[at] = time * PLACES + i;
    const isFirst = at === (place === 0 ? 0 : ends[place - 1]!);
    if (!isFirst && keys[at] < keys[at - 1]!) isUnsorted[place] = 1;
  }
  isUnsorted.forEach((unsorted, place) => {
    if (unsorted) keys.subarray(place === 0 ? 0 : ends[place - 1]!, ends[place]).sort();
  });
  return keys;
}
