import type { CategoryTable } from '../../../common/categories/category-table.js';
import type { EventLoopTurns } from '../../../common/event-loop-turns.js';
import type { DailyMetricsPoint } from '../../activity/activity-points.js';
import { inOrder, type Discrepancy } from './discrepancies/discrepancy.js';
import { excessiveIdle } from './discrepancies/excessive-idle.js';
import { extendedAfk } from './discrepancies/extended-afk.js';
import { activeAtEndsOnly } from './discrepancies/suspicious-pattern.js';
import { windowDiscrepancies } from './discrepancies/window-discrepancies.js';
import type { DataQuality } from './report-vocabulary.js';
import type { ActivityColumns } from './figures/activity-columns.js';
import { appUsageByCell, type AppUsage } from './figures/app-usage.js';
import { dailyTotals, type PresenceTotals } from './figures/daily-totals.js';
import { between, totalOf, unionOf, type Intervals } from './figures/intervals.js';
import { presenceOf } from './figures/presence.js';
import { hoursOfDay, HOURS_A_DAY, timeByCell, type ReportCalendar, type ReportDay } from './figures/report-calendar.js';

/** All times in milliseconds, not rounded. */
export interface HourFigures extends PresenceTotals {
  /** How long the clock shows this hour. */
  totalMs: number;
  /** Longest first. */
  apps: AppUsage[];
}

export interface DayFigures extends PresenceTotals {
  date: string;
  dataQuality: DataQuality;
  hours: HourFigures[];
  /** In order. */
  discrepancies: Discrepancy[];
}

export interface FigureRules {
  /** Local hours. */
  coreHours: { from: number; to: number };
  /** Of the person who asks. */
  categories: CategoryTable;
}

/** What one person's points say of every day of a report, whatever the order in which they came. */
export async function userFigures(
  columns: ActivityColumns,
  dailyMetrics: readonly DailyMetricsPoint[],
  calendar: ReportCalendar,
  rules: FigureRules,
  turns: EventLoopTurns,
): Promise<DayFigures[]> {
  const presence = presenceOf(columns);
  await turns.give();
  const apps = await appUsageByCell(columns, presence.active, calendar, turns);
  const fromWindows = await windowDiscrepancies(columns, presence.active, calendar, rules.categories, turns);
  const byCell = {
    active: timeByCell(calendar, presence.active),
    idle: timeByCell(calendar, presence.idle),
    afk: timeByCell(calendar, presence.afk),
  };
  const withWindows = daysWithWindows(columns, calendar);
  const days: DayFigures[] = [];
  for (const [index, day] of calendar.days.entries()) {
    const hours = Array.from({ length: HOURS_A_DAY }, (_, hour): HourFigures => {
      const cell = index * HOURS_A_DAY + hour;
      return {
        activeMs: byCell.active[cell]!,
        idleMs: byCell.idle[cell]!,
        afkMs: byCell.afk[cell]!,
        totalMs: calendar.cellMs[cell]!,
        apps: apps.get(cell) ?? [],
      };
    });
    const ofDay = {
      active: between(presence.active, day.from, day.toExclusive),
      idle: between(presence.idle, day.from, day.toExclusive),
      afk: between(presence.afk, day.from, day.toExclusive),
    };
    const measured = {
      activeMs: totalOf(ofDay.active),
      idleMs: totalOf(ofDay.idle),
      afkMs: totalOf(ofDay.afk),
    };
    const metrics = dailyMetrics.filter(({ date }) => date === day.date);
    const sources = {
      hasPresence: columns.hasPresenceFrom(day.from, day.toExclusive),
      hasMetrics: metrics.length > 0,
      hasWindows: withWindows.has(index),
    };
    const dataQuality = qualityOf(measured, sources);
    const totals = dataQuality === 'daily_metrics' ? dailyTotals(metrics, day.toExclusive - day.from) : measured;
    const core = hoursOfDay(calendar, index, rules.coreHours.from, rules.coreHours.to);
    days.push({
      date: day.date,
      dataQuality,
      ...totals,
      hours,
      discrepancies: inOrder([
        ...fromWindows[index]!,
        ...extendedAfk(ofDay, core),
        ...excessiveIdle(totals, idleSpan(ofDay.idle, day)),
        ...activeAtEndsOnly(ofDay, hoursOf(hours)),
      ]),
    });
    await turns.give();
  }
  return days;
}

/** A day on which no point of presence begins has its totals from elsewhere, also when one of the day before lasts past midnight. */
function qualityOf(
  measured: PresenceTotals,
  { hasPresence, hasMetrics, hasWindows }: { hasPresence: boolean; hasMetrics: boolean; hasWindows: boolean },
): DataQuality {
  if (hasMetrics && !hasPresence) return 'daily_metrics';
  if (measured.activeMs + measured.idleMs + measured.afkMs > 0) return 'afk_status';
  return hasWindows ? 'windows_only' : 'no_data';
}

/** Daily totals do not say when: then it is the whole day. */
function idleSpan(idle: Intervals, day: ReportDay): { start: number; end: number } {
  if (idle.length === 0) return { start: day.from, end: day.toExclusive };
  return { start: idle[0]!, end: idle.at(-1)! };
}

function hoursOf(hours: readonly HourFigures[]): { active: Float64Array; tracked: Float64Array } {
  return {
    active: Float64Array.from(hours, ({ activeMs }) => activeMs),
    tracked: Float64Array.from(hours, ({ activeMs, idleMs, afkMs }) => activeMs + idleMs + afkMs),
  };
}

/** Days in which any window was in front, whether anyone was there or not. */
function daysWithWindows(columns: ActivityColumns, calendar: ReportCalendar): ReadonlySet<number> {
  const { starts, ends } = columns.windows.columns();
  const covered = unionOf(starts, ends);
  return new Set(
    [...calendar.days.keys()].filter((index) => {
      const { from, toExclusive } = calendar.days[index]!;
      return between(covered, from, toExclusive).length > 0;
    }),
  );
}
