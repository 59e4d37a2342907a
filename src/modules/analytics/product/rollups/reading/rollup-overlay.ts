import type {
  EpochInfo,
  LiveEpoch,
  PendingSegment,
} from '../../../../events/product/segments/product-segments.service.js';
import type { SegmentColumns } from '../../../../events/product/segments/segment-columns.js';
import type { DayHead } from '../format/day-head.js';
import type { EventRun } from './event-run.js';
import { splitIntoDays } from '../format/segment-days.js';

/** Epochs that may hold events which the days do not have yet. */
export interface OverlayPlan {
  segments: PendingSegment[];
  /** Only the raw events of these epochs say what they hold. */
  toRead: { epoch: string; receivedFrom: Date }[];
}

/**
 * Which epochs are beside the days, given what was read in this order: the memory of this process, the epochs, the
 * segments. A segment is all of its epoch. An epoch of this process that its memory did not know was opened later.
 */
export function planOverlay(
  live: readonly LiveEpoch[],
  epochs: readonly EpochInfo[],
  pending: readonly PendingSegment[],
): OverlayPlan {
  const plan: OverlayPlan = { segments: [...pending], toRead: [] };
  const seen = new Set(pending.map(({ epoch }) => epoch));
  for (const { epoch, receivedFrom, columns } of live) {
    if (seen.has(epoch)) continue;
    seen.add(epoch);
    if (columns === null) plan.toRead.push({ epoch, receivedFrom });
    else plan.segments.push({ epoch, columns });
  }
  for (const { id, receivedFrom, state, own } of epochs) {
    if (!own && state === 'open' && !seen.has(id)) plan.toRead.push({ epoch: id, receivedFrom });
  }
  return plan;
}

/** Events that lie beside the days of a project: accepted, and not merged into the days that a report looks at. */
export class RollupOverlay {
  private readonly parts = new Map<number, EventRun[]>();

  constructor(
    readonly segments: readonly PendingSegment[],
    heads: readonly DayHead[],
  ) {
    if (segments.length === 0) return;
    const merged = mergedDays(heads, new Set(segments.map(({ epoch }) => epoch)));
    for (const { epoch, columns } of segments) {
      for (const part of splitIntoDays(columns)) {
        if (merged.get(epoch)?.has(part.day) !== true) this.add(part.day, { ...part, segment: columns });
      }
    }
  }

  get days(): Iterable<number> {
    return this.parts.keys();
  }

  runsOf(day: number): readonly EventRun[] {
    return this.parts.get(day) ?? [];
  }

  columns(): SegmentColumns[] {
    return this.segments.map(({ columns }) => columns);
  }

  private add(day: number, run: EventRun): void {
    const runs = this.parts.get(day);
    if (runs === undefined) this.parts.set(day, [run]);
    else runs.push(run);
  }
}

/** By epoch: the days that have its events already. */
function mergedDays(heads: readonly DayHead[], epochs: ReadonlySet<string>): Map<string, Set<number>> {
  const merged = new Map<string, Set<number>>();
  for (const { day, applied } of heads) {
    for (const epoch of applied) {
      if (!epochs.has(epoch)) continue;
      const days = merged.get(epoch);
      if (days === undefined) merged.set(epoch, new Set([day]));
      else days.add(day);
    }
  }
  return merged;
}
