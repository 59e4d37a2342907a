import { DISCREPANCY_TYPES, SEVERITIES, type DiscrepancyType, type Severity } from '../report-vocabulary.js';
import { compareText } from '../figures/compare-text.js';

export const MINUTE_MS = 60_000;

export interface Discrepancy {
  type: DiscrepancyType;
  severity: Severity;
  /** Epoch milliseconds. */
  start: number;
  end: number;
  /** The time that counts, which may be less than from start to end. */
  durationMs: number;
  /** What distracted: the app or site, as the table names it. */
  subject?: string;
  description: string;
  context?: string;
}

export function worse(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b) ? a : b;
}

/** One level down; `low` stays. */
export function lowered(severity: Severity): Severity {
  return SEVERITIES[Math.max(0, SEVERITIES.indexOf(severity) - 1)]!;
}

/** By start, then end, then type (in the order of DISCREPANCY_TYPES), then the worse first, then description. */
export function inOrder(discrepancies: readonly Discrepancy[]): Discrepancy[] {
  return [...discrepancies].sort(
    (a, b) =>
      a.start - b.start ||
      a.end - b.end ||
      DISCREPANCY_TYPES.indexOf(a.type) - DISCREPANCY_TYPES.indexOf(b.type) ||
      SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
      compareText(a.description, b.description),
  );
}
