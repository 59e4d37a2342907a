import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { EventLoopTurns } from '../../../common/event-loop-turns.js';
import type { ReportedUserDto } from './dto/productivity-report.dto.js';
import { isTold, MOST_DAYS_TOLD } from './narrative/narration-jobs.js';
import { dayLines } from './tasks/report-text.js';
import { assertDaysAreValid } from './report-schema.js';

const compress = promisify(gzip);

/**
 * Turns the days of a large report into compressed text, one person after the other: of fifty people and a month the objects
 * would take some hundred megabytes, the text five. The report keeps its days without their hours, which are nearly all of it;
 * nothing reads these once the days are too many for a model to word.
 */
export class PackedDays {
  private readonly texts = new Map<ReportedUserDto, Buffer>();
  private waiting: ReportedUserDto[] = [];
  private toldDays = 0;

  /** The lines of a person's days as a member of gzip; `undefined`: they are in the report as a whole. */
  textOf(user: ReportedUserDto): Buffer | undefined {
    return this.texts.get(user);
  }

  /** @throws Error when a day breaks the report's schema. */
  async add(user: ReportedUserDto): Promise<void> {
    this.waiting.push(user);
    this.toldDays += user.dailyReports.filter(isTold).length;
    // As long as a model may word the days, their texts are not final.
    if (this.toldDays <= MOST_DAYS_TOLD) return;
    for (const one of this.waiting) await this.pack(one);
    this.waiting = [];
  }

  private async pack(user: ReportedUserDto): Promise<void> {
    await assertDaysAreValid(user);
    const turns = new EventLoopTurns();
    let text = '';
    for (const line of dayLines(user.dailyReports)) {
      text += line;
      await turns.give();
    }
    this.texts.set(user, await compress(text));
    user.dailyReports = user.dailyReports.map((day) => ({ ...day, hourlyBreakdown: [] }));
  }
}
