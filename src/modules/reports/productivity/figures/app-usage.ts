import type { EventLoopTurns } from '../../../../common/event-loop-turns.js';
import type { ActivityColumns } from './activity-columns.js';
import { compareText } from './compare-text.js';
import { CellSums, timeOfGroups, type GroupTime } from './grouped-time.js';
import type { Intervals } from './intervals.js';
import type { ReportCalendar } from './report-calendar.js';

/** Titles listed for an app in one hour. */
export const MOST_TITLES = 10;

export interface AppUsage {
  appName: string;
  activeMs: number;
  /** Longest first. */
  windowTitles: string[];
}

/** App time is the time in which a window of the app was in front while the person was active, over all computers. */
export async function appUsageByCell(
  columns: ActivityColumns,
  active: Intervals,
  calendar: ReportCalendar,
  turns: EventLoopTurns,
): Promise<ReadonlyMap<number, AppUsage[]>> {
  const windows = columns.windowIndexes();
  const names = columns.windowNames;
  const apps = Uint32Array.from(windows, (window) => names[window]!.app);
  const byApp = new CellSums(calendar);
  for await (const { group, time } of timeOfGroups(columns.windows, apps, columns.apps.length, active, turns)) {
    byApp.add(group, time);
  }
  const byWindow = new CellSums(calendar);
  for await (const { group, time } of timeOfGroups(columns.windows, windows, names.length, active, turns)) {
    byWindow.add(group, time);
  }

  const titles = await titlesByCellAndApp(byWindow.entries, columns, turns);
  const usage = new Map<number, AppUsage[]>();
  for (const { cell, group, milliseconds } of byApp.entries) {
    const windowTitles = titles.get(keyOf(cell, group, columns.apps.length)) ?? [];
    const entry = { appName: columns.apps[group]!, activeMs: milliseconds, windowTitles };
    const list = usage.get(cell);
    if (list === undefined) usage.set(cell, [entry]);
    else list.push(entry);
    await turns.give();
  }
  for (const list of usage.values()) list.sort((a, b) => b.activeMs - a.activeMs || compareText(a.appName, b.appName));
  return usage;
}

async function titlesByCellAndApp(
  entries: readonly GroupTime[],
  { apps, windowNames }: ActivityColumns,
  turns: EventLoopTurns,
): Promise<ReadonlyMap<number, string[]>> {
  const lists = new Map<number, GroupTime[]>();
  for (const entry of entries) {
    const key = keyOf(entry.cell, windowNames[entry.group]!.app, apps.length);
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [entry]);
    else list.push(entry);
  }
  await turns.give();
  const titles = new Map<number, string[]>();
  for (const [key, list] of lists) {
    list.sort(
      (a, b) =>
        b.milliseconds - a.milliseconds || compareText(windowNames[a.group]!.title, windowNames[b.group]!.title),
    );
    // Two windows may have one title, since long ones are cut.
    const shown = new Set(list.map(({ group }) => windowNames[group]!.title).filter((title) => title !== ''));
    titles.set(key, [...shown].slice(0, MOST_TITLES));
    await turns.give();
  }
  return titles;
}

function keyOf(cell: number, app: number, apps: number): number {
  return cell * apps + app;
}
