import type { TimeRange } from '../../../../../common/time/range.js';
import { NO_TIME_DAY } from '../../day.js';

export interface BlockRef {
  /** Hex. */
  id: string;
  /** Events. */
  n: number;
}

/** The figures of one UTC day as they are read from the store. */
export interface HeadRow {
  day: number;
  version: number;
  generation: string;
  events: number;
  /** Epoch milliseconds of the first and last event with a time; `null` without any. */
  first: number | null;
  last: number | null;
  /** Events of each quarter of an hour, UTC; empty in the day of the events without a time. */
  quarters: Uint32Array;
  names: string[];
  /** Events of each name. */
  counts: Uint32Array;
  /** All actors, as `encodeActorSet` writes them. Absent unless asked for. */
  actors?: Uint8Array;
  /** Where the sets of actors by name are; hex. */
  sets: string;
  blocks: BlockRef[];
  /** Epochs whose segments are merged into this day but perhaps not into all; hex. */
  applied: string[];
}

/** The figures of one UTC day as they are kept in memory. Never changes. */
export interface DayHead extends Omit<HeadRow, 'names' | 'actors'> {
  /** Numbers of the names, see `ProjectHeads.names`. */
  nameIds: Uint32Array;
}

export interface SelectedDays {
  /** Days of which all events lie in the range. */
  whole: DayHead[];
  /** Days of which some may. */
  parts: DayHead[];
}

/** Days with events in the range; the one of events without a time belongs to the range without ends alone. */
export function selectDays(heads: readonly DayHead[], { from, toExclusive }: TimeRange): SelectedDays {
  const selected: SelectedDays = { whole: [], parts: [] };
  const begin = from ?? -Infinity;
  const end = toExclusive ?? Infinity;
  for (const head of heads) {
    if (head.events === 0) continue;
    if (head.day === NO_TIME_DAY) {
      if (from === null && toExclusive === null) selected.whole.push(head);
    } else if (head.last! >= begin && head.first! < end) {
      (head.first! >= begin && head.last! < end ? selected.whole : selected.parts).push(head);
    }
  }
  return selected;
}
