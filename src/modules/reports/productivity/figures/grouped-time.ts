import type { EventLoopTurns } from '../../../../common/event-loop-turns.js';
import type { Stretches } from './activity-columns.js';
import { intersection, unionOf, type Intervals } from './intervals.js';
import { splitByCell, type ReportCalendar } from './report-calendar.js';

/** A stretch that belongs to no group. */
export const NO_GROUP = 0xffff_ffff;

/**
 * For each group the time covered by its stretches and within `limit`, one group after the other; empty ones are left out.
 *
 * @param groupOf for each stretch its group: 0 to `groups` - 1, or NO_GROUP.
 */
export async function* timeOfGroups(
  stretches: Stretches,
  groupOf: Uint32Array,
  groups: number,
  limit: Intervals,
  turns: EventLoopTurns,
): AsyncGenerator<{ group: number; time: Intervals }, void, undefined> {
  const { starts, ends, first } = sortedIntoGroups(stretches, groupOf, groups);
  await turns.give();
  for (let group = 0; group < groups; group++) {
    const from = first[group]!;
    const to = first[group + 1]!;
    if (from === to) continue;
    const time = intersection(unionOf(starts.subarray(from, to), ends.subarray(from, to)), limit);
    if (time.length > 0) yield { group, time };
    await turns.give();
  }
}

function sortedIntoGroups(
  stretches: Stretches,
  groupOf: Uint32Array,
  groups: number,
): { starts: Float64Array; ends: Float64Array; first: Uint32Array } {
  const first = new Uint32Array(groups + 1);
  for (const group of groupOf) if (group !== NO_GROUP) first[group + 1]!++;
  for (let group = 0; group < groups; group++) first[group + 1]! += first[group]!;
  const next = first.slice();
  const from = stretches.columns();
  const starts = new Float64Array(first[groups]!);
  const ends = new Float64Array(first[groups]!);
  groupOf.forEach((group, i) => {
    if (group === NO_GROUP) return;
    const at = next[group]!++;
    starts[at] = from.starts[i]!;
    ends[at] = from.ends[i]!;
  });
  return { starts, ends, first };
}

/** Milliseconds of each group in each cell of the calendar that it touches. */
export interface GroupTime {
  cell: number;
  group: number;
  milliseconds: number;
}

/** Adds up one group after the other into cells. */
export class CellSums {
  private readonly sums: Float64Array;
  readonly entries: GroupTime[] = [];

  constructor(private readonly calendar: ReportCalendar) {
    this.sums = new Float64Array(calendar.cellMs.length);
  }

  add(group: number, time: Intervals): void {
    const touched: number[] = [];
    splitByCell(this.calendar, time, (cell, milliseconds) => {
      if (this.sums[cell] === 0) touched.push(cell);
      this.sums[cell]! += milliseconds;
    });
    for (const cell of touched) {
      this.entries.push({ cell, group, milliseconds: this.sums[cell]! });
      this.sums[cell] = 0;
    }
  }
}
