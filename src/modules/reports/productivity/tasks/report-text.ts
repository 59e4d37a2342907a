import type { ProductivityReport } from '../productivity-report.js';
import type { DailyReportDto } from '../dto/daily-report.dto.js';
import type { ReportedUserDto } from '../dto/productivity-report.dto.js';
import { daysJson, reportJson } from '../exports/json-export.js';
import { EventLoopTurns } from '../../../../common/event-loop-turns.js';

/** A day's object, as it begins and ends in the text. */
const DAY = /^\{"date":.*\}$/s;

/**
 * The report's JSON, a piece a line: white space between tokens, which JSON allows. So it can be streamed as it is, and read
 * again a day at a time.
 */
export function* reportLines<Packed extends object = never>(
  report: ProductivityReport,
  packedDaysOf?: (user: ReportedUserDto) => Packed | undefined,
): Generator<string | Packed, void, undefined> {
  for (const piece of reportJson(report, packedDaysOf)) yield typeof piece === 'string' ? `${piece}\n` : piece;
}

/** The part of these lines that tells of one person's days. */
export function* dayLines(days: readonly DailyReportDto[]): Generator<string, void, undefined> {
  for (const piece of daysJson(days)) yield `${piece}\n`;
}

/** Reads the days of a report from its lines, one after the other. */
export async function* parseDays(lines: AsyncIterable<string>): AsyncGenerator<DailyReportDto, void, undefined> {
  for await (const line of lines) if (DAY.test(line)) yield JSON.parse(line) as DailyReportDto;
}

/**
 * Reads a report from its lines; days are parsed one by one, so that a large report does not hold the event loop.
 * @param ofDay what is kept of each
 */
export async function parseReport(
  lines: AsyncIterable<string>,
  ofDay: (day: DailyReportDto) => DailyReportDto = (day) => day,
): Promise<ProductivityReport> {
  const turns = new EventLoopTurns();
  const days: DailyReportDto[] = [];
  let rest = '';
  for await (const line of lines) {
    if (!DAY.test(line)) rest += line;
    else rest += String(days.push(ofDay(JSON.parse(line) as DailyReportDto)) - 1);
    await turns.give();
  }
  const report = JSON.parse(rest) as ProductivityReport;
  for (const { users } of report.organizations) {
    // In the place of each day stands its number.
    for (const user of users) user.dailyReports = user.dailyReports.map((day) => days[day as unknown as number]!);
  }
  return report;
}
