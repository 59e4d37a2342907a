import type { Discrepancy } from '../discrepancies/discrepancy.js';
import type { DailyReportDto, DiscrepancyDto, HourlyBreakdownDto, TopAppDto } from '../dto/daily-report.dto.js';
import { minuteAfter, minuteOf, twoDigits } from '../figures/local-time.js';
import { toHours, toMinutes } from '../figures/rounding.js';
import { HOURS_A_DAY } from '../figures/report-calendar.js';
import { dayText } from '../narrative/templates.js';
import type { DayFigures, HourFigures } from '../user-figures.js';
import { appsOfDay, type NamedTime } from '../user-totals.js';

/** A day as reports show it: rounded, with the template for its text. */
export function dailyReport(day: DayFigures, timeZone: string): DailyReportDto {
  return {
    date: day.date,
    dataQuality: day.dataQuality,
    hourlyBreakdown: day.hours.map(hourlyBreakdown),
    totalActiveMinutes: toMinutes(day.activeMs),
    totalActiveHours: toHours(day.activeMs),
    totalAfkMinutes: toMinutes(day.afkMs),
    totalAfkHours: toHours(day.afkMs),
    totalIdleMinutes: toMinutes(day.idleMs),
    topApps: topApps(appsOfDay(day)),
    notableDiscrepancies: day.discrepancies.map((discrepancy) => discrepancyReport(discrepancy, timeZone)),
    summary: dayText(day),
  };
}

export function topApps(apps: readonly NamedTime[]): TopAppDto[] {
  return apps.map(({ name, milliseconds }) => ({ appName: name, durationMinutes: toMinutes(milliseconds) }));
}

function hourlyBreakdown({ activeMs, afkMs, idleMs, totalMs, apps }: HourFigures, hour: number): HourlyBreakdownDto {
  return {
    hour,
    startTime: `${twoDigits(hour)}:00`,
    endTime: `${twoDigits((hour + 1) % HOURS_A_DAY)}:00`,
    activeMinutes: toMinutes(activeMs),
    afkMinutes: toMinutes(afkMs),
    idleMinutes: toMinutes(idleMs),
    appUsage: apps.map((app) => ({
      appName: app.appName,
      durationMinutes: toMinutes(app.activeMs),
      windowTitles: app.windowTitles,
    })),
    totalMinutes: toMinutes(totalMs),
  };
}

function discrepancyReport(discrepancy: Discrepancy, timeZone: string): DiscrepancyDto {
  return {
    type: discrepancy.type,
    severity: discrepancy.severity,
    startTime: minuteOf(discrepancy.start, timeZone),
    endTime: minuteAfter(discrepancy.end, timeZone),
    durationMinutes: toMinutes(discrepancy.durationMs),
    description: discrepancy.description,
    ...(discrepancy.context === undefined ? {} : { context: discrepancy.context }),
  };
}
