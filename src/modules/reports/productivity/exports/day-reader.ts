import type { DailyReportDto } from '../dto/daily-report.dto.js';
import type { ProductivityReport } from '../productivity-report.js';

/** Gives all days of a report in its order, person after person: as a whole, where the report has them without their hours. */
export class DayReader {
  private readonly days: AsyncIterator<DailyReportDto>;

  constructor(days: AsyncIterable<DailyReportDto>) {
    this.days = days[Symbol.asyncIterator]();
  }

  /** @throws Error when there are fewer days than the report says. */
  async next(): Promise<DailyReportDto> {
    const result = await this.days.next();
    if (result.done === true) throw new Error('A day of the report is missing');
    return result.value;
  }

  /** What is not read any more is not waited for. */
  async close(): Promise<void> {
    await this.days.return?.();
  }
}

/** For a report whose days are there as a whole. */
export async function* daysOf(report: ProductivityReport): AsyncGenerator<DailyReportDto, void, undefined> {
  for (const { users } of report.organizations) for (const { dailyReports } of users) yield* dailyReports;
}
