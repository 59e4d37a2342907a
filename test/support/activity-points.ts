import { CategoryTable } from '../../src/common/categories/category-table.js';
import { EventLoopTurns } from '../../src/common/event-loop-turns.js';
import type {
  AfkPoint,
  AfkStatus,
  DailyMetricsPoint,
  WindowPoint,
} from '../../src/modules/activity/activity-points.js';
import { ActivityColumns } from '../../src/modules/reports/productivity/figures/activity-columns.js';
import { reportCalendar } from '../../src/modules/reports/productivity/figures/report-calendar.js';
import { userFigures, type DayFigures } from '../../src/modules/reports/productivity/user-figures.js';

export interface PersonPoints {
  afk: readonly AfkPoint[];
  windows: readonly WindowPoint[];
  dailyMetrics: readonly DailyMetricsPoint[];
}

export interface Period {
  startDate: string;
  endDate: string;
  timeZone: string;
}

/** A point that says nothing but when, how long and what; times as ISO text. */
export function afk(start: string, seconds: number, status: AfkStatus = 'active', host = 'desk'): AfkPoint {
  return { user: 'ben', host, start: Date.parse(start), durationMs: seconds * 1000, status };
}

export function window(start: string, seconds: number, app: string, title = '', host = 'desk'): WindowPoint {
  return { user: 'ben', host, start: Date.parse(start), durationMs: seconds * 1000, app, title };
}

export function metrics(
  date: string,
  seconds: { active?: number; idle?: number; afk?: number },
  host = 'desk',
): DailyMetricsPoint {
  return {
    user: 'ben',
    host,
    date,
    activeMs: (seconds.active ?? 0) * 1000,
    idleMs: (seconds.idle ?? 0) * 1000,
    afkMs: (seconds.afk ?? 0) * 1000,
    utilization: null,
    appSwitches: null,
  };
}

/** A window in front while active, for as many minutes. */
export function used(start: string, minutes: number, app: string, title = ''): PersonPoints {
  return { afk: [afk(start, minutes * 60)], windows: [window(start, minutes * 60, app, title)], dailyMetrics: [] };
}

export function together(...parts: readonly Partial<PersonPoints>[]): PersonPoints {
  return {
    afk: parts.flatMap((part) => part.afk ?? []),
    windows: parts.flatMap((part) => part.windows ?? []),
    dailyMetrics: parts.flatMap((part) => part.dailyMetrics ?? []),
  };
}

export async function figuresOf(
  points: Partial<PersonPoints>,
  { startDate, endDate, timeZone }: Period,
  coreHours = { from: 9, to: 17 },
  categories = new CategoryTable(),
): Promise<DayFigures[]> {
  const calendar = reportCalendar(startDate, endDate, timeZone);
  const columns = new ActivityColumns(calendar.from, calendar.toExclusive);
  points.afk?.forEach((point) => columns.addAfk(point));
  points.windows?.forEach((point) => columns.addWindow(point));
  return userFigures(columns, points.dailyMetrics ?? [], calendar, { coreHours, categories }, new EventLoopTurns());
}
