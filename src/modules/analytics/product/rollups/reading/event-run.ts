import type { TimeRange } from '../../../../../common/time/range.js';
import type { SegmentColumns } from '../../../../events/product/segments/segment-columns.js';
import { dayStart, NO_TIME_DAY } from '../../day.js';

/** Events of one UTC day in the order of their times, from wherever: a stored block, or a part of a segment. */
export interface EventRun {
  length: number;
  /** Milliseconds since the day began, never decreasing; all 0 in the day of the events without a time. */
  times: Uint32Array;
  names: readonly string[];
  /** Position in `names`. */
  nameOf: Uint16Array | Uint32Array;
  /** Numbers of actors: the project's, or those of the segment that the run is a part of. -1: nobody. */
  actorOf: Int32Array;
  segment?: SegmentColumns;
}

/** Places in a run, `end` excluded. */
export interface RunSpan {
  begin: number;
  end: number;
}

/** Which events of a run of the day lie in the range. Those without a time lie in the range without ends alone. */
export function spanOf(run: EventRun, day: number, { from, toExclusive }: TimeRange): RunSpan {
  if (day === NO_TIME_DAY) return { begin: 0, end: from === null && toExclusive === null ? run.length : 0 };
  const start = dayStart(day);
  const begin = from === null ? 0 : lowerBound(run, from - start);
  const end = toExclusive === null ? run.length : lowerBound(run, toExclusive - start);
  return { begin, end: Math.max(begin, end) };
}

/** The first place whose time is not before `time`, milliseconds since the day began. */
export function lowerBound({ times, length }: Pick<EventRun, 'times' | 'length'>, time: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
