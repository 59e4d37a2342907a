import type { Presence } from '../figures/presence.js';
import type { WindowName, Stretches } from '../figures/activity-columns.js';
import { difference, pieces, totalOf, unionOf, type Intervals } from '../figures/intervals.js';
import { durationText, nameText } from '../narrative/phrases.js';
import { MINUTE_MS, type Discrepancy } from './discrepancy.js';

const UNCHANGED_MS = 120 * MINUTE_MS;

/** Whether a window could have stayed unchanged for long enough: worth a look at the other windows. */
export function mayBeUnchanged(time: Intervals): boolean {
  for (const [start, end] of pieces(time)) if (end - start > UNCHANGED_MS) return true;
  return false;
}

/**
 * One window for more than 2 hours on end while active, with no other in front on any computer.
 *
 * @param time of the window while active, in one day.
 * @param others see `otherWindows`.
 */
export function unchangedWindow(time: Intervals, others: Intervals, window: WindowName, app: string): Discrepancy[] {
  return [...pieces(difference(time, others))]
    .filter(([start, end]) => end - start > UNCHANGED_MS)
    .map(([start, end]) => ({
      type: 'suspicious_pattern' as const,
      severity: 'high' as const,
      start,
      end,
      durationMs: end - start,
      description: `The same window of ${nameText(app)} for ${durationText(end - start)} without a change`,
      ...(nameText(window.title) === '' ? {} : { context: nameText(window.title) }),
    }));
}

/** The time within a span in which a window other than the given one was in front, over all computers. */
export function otherWindows(
  windows: Stretches,
  windowOf: Uint32Array,
  window: number,
  from: number,
  toExclusive: number,
): Intervals {
  const { starts, ends } = windows.columns();
  let count = 0;
  for (let i = 0; i < windowOf.length; i++) {
    if (windowOf[i] === window || ends[i]! <= from || starts[i]! >= toExclusive) continue;
    starts[count] = starts[i]!;
    ends[count++] = ends[i]!;
  }
  return unionOf(starts.subarray(0, count), ends.subarray(0, count));
}

/**
 * Activity in the first and the last tracked hour of a day and in none between, of which at least one was tracked.
 *
 * @param presence of one day.
 * @param hours what is tracked in each hour of the day, milliseconds.
 */
export function activeAtEndsOnly(
  presence: Presence,
  hours: { active: Float64Array; tracked: Float64Array },
): Discrepancy[] {
  const tracked = hoursWithTime(hours.tracked);
  const active = hoursWithTime(hours.active);
  if (tracked.length < 3 || active.length !== 2) return [];
  if (active[0] !== tracked[0] || active[1] !== tracked.at(-1)) return [];
  const durationMs = totalOf(presence.active);
  return [
    {
      type: 'suspicious_pattern',
      severity: 'high',
      start: presence.active[0]!,
      end: presence.active.at(-1)!,
      durationMs,
      description: `Active only in the first and the last tracked hour, for ${durationText(durationMs)} together`,
    },
  ];
}

function hoursWithTime(hours: Float64Array): number[] {
  return [...hours.keys()].filter((hour) => hours[hour]! > 0);
}
