import { stringify } from 'csv-stringify/sync';
import type { DailyReportDto, DiscrepancyDto, HourlyBreakdownDto } from '../dto/daily-report.dto.js';
import type { DayReader } from './day-reader.js';
import type { ProductivityReport } from '../productivity-report.js';

const COLUMNS = [
  'organizationName',
  'userName',
  'date',
  'hour',
  'startTime',
  'endTime',
  'totalMinutes',
  'activeMinutes',
  'idleMinutes',
  'afkMinutes',
  'apps',
  'discrepancies',
  'dataQuality',
  'dayActiveMinutes',
  'dayIdleMinutes',
  'dayAfkMinutes',
] as const;

/** A row for every hour of every day and person, one day at a time. Spreadsheets take no cell of it for a formula. */
export async function* reportCsv(report: ProductivityReport, days: DayReader): AsyncGenerator<string, void, undefined> {
  yield csv([[...COLUMNS]]);
  for (const { organizationName, users } of report.organizations) {
    for (const { userName, dailyReports } of users) {
      for (let i = 0; i < dailyReports.length; i++) {
        const day = await days.next();
        yield csv(day.hourlyBreakdown.map((hour) => [text(organizationName), text(userName), ...cells(day, hour)]));
      }
    }
  }
}

function cells(day: DailyReportDto, hour: HourlyBreakdownDto): (string | number)[] {
  const began = day.notableDiscrepancies.filter(({ startTime }) => Number(startTime.slice(0, 2)) === hour.hour);
  return [
    day.date,
    hour.hour,
    hour.startTime,
    hour.endTime,
    hour.totalMinutes,
    hour.activeMinutes,
    hour.idleMinutes,
    hour.afkMinutes,
    text(hour.appUsage.map(({ appName, durationMinutes }) => `${appName} ${durationMinutes}`).join('; ')),
    text(began.map(discrepancyText).join('; ')),
    day.dataQuality,
    day.totalActiveMinutes,
    day.totalIdleMinutes,
    day.totalAfkMinutes,
  ];
}

function discrepancyText({ type, severity, startTime, endTime, description }: DiscrepancyDto): string {
  return `${type} (${severity}, ${startTime}-${endTime}): ${description}`;
}

/** A leading space or line break would hide a formula's first character from the escaping below. */
function text(value: string): string {
  return value.replace(/\p{Cc}+/gu, ' ').trim();
}

function csv(rows: (string | number)[][]): string {
  return stringify(rows, { escape_formulas: true });
}
