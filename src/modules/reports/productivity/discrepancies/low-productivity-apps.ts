import { compareText } from '../figures/compare-text.js';
import { totalOf, type Intervals } from '../figures/intervals.js';
import { durationText, nameText } from '../narrative/phrases.js';
import { MINUTE_MS, type Discrepancy } from './discrepancy.js';

const MOST_NAMES = 3;

/**
 * More than 60 minutes of a day in apps for entertainment or shopping that are no discrepancy of their own.
 *
 * @param time in any of them, over all computers.
 * @param subjects the time of each, to name the longest.
 */
export function lowProductivityApps(
  time: Intervals,
  subjects: readonly { subject: string; time: Intervals }[],
): Discrepancy[] {
  const durationMs = totalOf(time);
  if (durationMs <= 60 * MINUTE_MS) return [];
  const names = subjects
    .map(({ subject, time: own }) => ({ subject, milliseconds: totalOf(own) }))
    .filter(({ milliseconds }) => milliseconds > 0)
    .sort((a, b) => b.milliseconds - a.milliseconds || compareText(a.subject, b.subject))
    .slice(0, MOST_NAMES)
    .map(({ subject, milliseconds }) => `${nameText(subject)} ${durationText(milliseconds)}`);
  return [
    {
      type: 'low_productivity_apps',
      severity: durationMs > 120 * MINUTE_MS ? 'high' : 'medium',
      start: time[0]!,
      end: time.at(-1)!,
      durationMs,
      subject: 'Entertainment and shopping',
      description: `Entertainment and shopping for ${durationText(durationMs)}`,
      context: names.join(', '),
    },
  ];
}
