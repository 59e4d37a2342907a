import type { PresenceTotals } from '../figures/daily-totals.js';
import { toPercent } from '../figures/rounding.js';
import { durationText } from '../narrative/phrases.js';
import { MINUTE_MS, type Discrepancy } from './discrepancy.js';

/** More than 60 minutes of a day, or more than a fifth of its tracked time. `span`: where in the day. */
export function excessiveIdle(totals: PresenceTotals, span: { start: number; end: number }): Discrepancy[] {
  const { idleMs } = totals;
  const trackedMs = totals.activeMs + idleMs + totals.afkMs;
  if (idleMs <= 60 * MINUTE_MS && idleMs * 5 <= trackedMs) return [];
  return [
    {
      type: 'excessive_idle',
      severity: idleMs >= 120 * MINUTE_MS ? 'high' : 'medium',
      ...span,
      durationMs: idleMs,
      description: `Idle for ${durationText(idleMs)}`,
      context: `${toPercent(idleMs, trackedMs) ?? 0} % of the tracked time`,
    },
  ];
}
