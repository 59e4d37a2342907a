import { compareText } from './figures/compare-text.js';
import type { DiscrepancyType, Severity } from './report-vocabulary.js';
import type { DayFigures } from './user-figures.js';

const DISTRACTIONS: ReadonlySet<DiscrepancyType> = new Set([
  'social_media',
  'media_consumption',
  'low_productivity_apps',
]);

/** A person's whole period; milliseconds. */
export interface UserTotals {
  userName: string;
  days: number;
  /** Days with active, idle or afk time. */
  daysWithData: number;
  activeMs: number;
  idleMs: number;
  afkMs: number;
  discrepancies: number;
  bySeverity: Readonly<Record<Severity, number>>;
  /** Time of the discrepancies that are distractions. */
  distractedMs: number;
  /** While active, over the whole period; the longest first. */
  apps: readonly { appName: string; activeMs: number }[];
}

export function userTotals(userName: string, days: readonly DayFigures[]): UserTotals {
  const bySeverity = { low: 0, medium: 0, high: 0, critical: 0 };
  const apps = new Map<string, number>();
  const totals = { activeMs: 0, idleMs: 0, afkMs: 0, discrepancies: 0, distractedMs: 0, daysWithData: 0 };
  for (const day of days) {
    totals.activeMs += day.activeMs;
    totals.idleMs += day.idleMs;
    totals.afkMs += day.afkMs;
    if (day.activeMs + day.idleMs + day.afkMs > 0) totals.daysWithData++;
    for (const { severity, type, durationMs } of day.discrepancies) {
      totals.discrepancies++;
      bySeverity[severity]++;
      if (DISTRACTIONS.has(type)) totals.distractedMs += durationMs;
    }
    for (const { appName, activeMs } of day.hours.flatMap((hour) => hour.apps)) {
      apps.set(appName, (apps.get(appName) ?? 0) + activeMs);
    }
  }
  return {
    userName,
    days: days.length,
    ...totals,
    bySeverity,
    apps: [...apps]
      .map(([appName, activeMs]) => ({ appName, activeMs }))
      .sort((a, b) => b.activeMs - a.activeMs || compareText(a.appName, b.appName)),
  };
}
