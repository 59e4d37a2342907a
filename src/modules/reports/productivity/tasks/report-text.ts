import type { ProductivityReport } from '../productivity-report.js';
import { reportJson } from '../exports/json-export.js';
import { EventLoopTurns } from '../../../../common/event-loop-turns.js';

/** A day's object, as it begins and ends in the text. */
const DAY = /^\{"date":.*\}$/;

/**
 * The report's JSON, a piece a line: white space between tokens, which JSON allows. So it can be streamed as it is, and read
 * again a day at a time.
 */
export function* reportLines(report: ProductivityReport): Generator<string, void, undefined> {
  for (const piece of reportJson(report)) yield `${piece}\n`;
}

/** Reads a report from its lines; days are parsed one by one, so that a large report does not hold the event loop. */
export async function parseReport(lines: AsyncIterable<string>): Promise<ProductivityReport> {
  const turns = new EventLoopTurns();
  const days: unknown[] = [];
  let rest = '';
  for await (const line of lines) {
    if (!DAY.test(line)) rest += line;
    else rest += String(days.push(JSON.parse(line)) - 1);
    await turns.give();
  }
  const report = JSON.parse(rest) as ProductivityReport;
  for (const { users } of report.organizations) {
    // In the place of each day stands its number.
    for (const user of users)
      user.dailyReports = user.dailyReports.map((day) => days[day as unknown as number]) as typeof user.dailyReports;
  }
  return report;
}
