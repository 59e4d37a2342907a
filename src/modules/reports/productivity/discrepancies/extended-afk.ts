import type { Presence } from '../figures/presence.js';
import { between, pieces, totalOf, type Intervals } from '../figures/intervals.js';
import { durationText } from '../narrative/phrases.js';
import type { Severity } from '../report-vocabulary.js';
import { MINUTE_MS, type Discrepancy } from './discrepancy.js';

const WITHIN_CORE_MS = 30 * MINUTE_MS;
const OUTSIDE_MS = 60 * MINUTE_MS;

/**
 * Absences between the first and the last activity of a day: those with more than 30 minutes in core hours, and those of
 * more than 60 minutes at all. An absence counts as a whole, also where it reaches over the edge of core hours.
 *
 * @param presence of one day.
 * @param core its core hours.
 */
export function extendedAfk(presence: Presence, core: Intervals): Discrepancy[] {
  const { active, afk } = presence;
  if (active.length === 0) return [];
  return [...pieces(between(afk, active[0]!, active.at(-1)!))].flatMap(([start, end]) => {
    const durationMs = end - start;
    const coreMs = totalOf(between(core, start, end));
    if (coreMs <= WITHIN_CORE_MS && durationMs <= OUTSIDE_MS) return [];
    return {
      type: 'extended_afk' as const,
      severity: severityOf(durationMs),
      start,
      end,
      durationMs,
      description: `Away from the computer for ${durationText(durationMs)}`,
      context: whereOf(coreMs, durationMs),
    };
  });
}

function severityOf(milliseconds: number): Severity {
  if (milliseconds > 120 * MINUTE_MS) return 'critical';
  return milliseconds > 60 * MINUTE_MS ? 'high' : 'medium';
}

function whereOf(coreMs: number, durationMs: number): string {
  if (coreMs === durationMs) return 'Within core hours';
  return coreMs === 0 ? 'Outside core hours' : `${durationText(coreMs)} of it within core hours`;
}
