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
  /** By app or site, the longest first. */
  distractions: readonly NamedTime[];
  /** While active, over the whole period; the longest first. */
  apps: readonly NamedTime[];
}

export interface NamedTime {
  name: string;
  milliseconds: number;
}

/** So many are kept of each list. */
const LONGEST_LISTS = 10;

export function userTotals(userName: string, days: readonly DayFigures[]): UserTotals {
  const bySeverity = { low: 0, medium: 0, high: 0, critical: 0 };
  const apps = new Map<string, number>();
  const distractions = new Map<string, number>();
  const totals = { activeMs: 0, idleMs: 0, afkMs: 0, discrepancies: 0, distractedMs: 0, daysWithData: 0 };
  for (const day of days) {
    totals.activeMs += day.activeMs;
    totals.idleMs += day.idleMs;
    totals.afkMs += day.afkMs;
    if (day.activeMs + day.idleMs + day.afkMs > 0) totals.daysWithData++;
    for (const { severity, type, durationMs, subject } of day.discrepancies) {
      totals.discrepancies++;
      bySeverity[severity]++;
      if (!DISTRACTIONS.has(type)) continue;
      totals.distractedMs += durationMs;
      if (subject !== undefined) distractions.set(subject, (distractions.get(subject) ?? 0) + durationMs);
    }
    addApps(apps, day);
  }
  return {
    userName,
    days: days.length,
    ...totals,
    bySeverity,
    distractions: longest(distractions),
    apps: longest(apps),
  };
}

/** The apps of one day, the longest first. */
export function appsOfDay(day: DayFigures): NamedTime[] {
  const apps = new Map<string, number>();
  addApps(apps, day);
  return longest(apps);
}

function addApps(apps: Map<string, number>, day: DayFigures): void {
  for (const hour of day.hours) {
    for (const { appName, activeMs } of hour.apps) apps.set(appName, (apps.get(appName) ?? 0) + activeMs);
  }
}

/** The longest of named times, first. */
function longest(times: ReadonlyMap<string, number>): NamedTime[] {
  return [...times]
    .map(([name, milliseconds]) => ({ name, milliseconds }))
    .sort((a, b) => b.milliseconds - a.milliseconds || compareText(a.name, b.name))
    .slice(0, LONGEST_LISTS);
}
