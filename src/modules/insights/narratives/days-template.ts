import { durationText, plural, sentence } from '../../../infra/ai/words.js';
import type { BrowsingFigures } from './browsing-figures.js';
import { daysText } from './calendar-words.js';
import { dayTemplate } from './day-template.js';
import {
  busiestHour,
  longestStretch,
  mainSites,
  paragraph,
  scoreSentence,
  split,
  timeComparison,
  tooLittle,
} from './sentences.js';

export const NO_ACTIVITY_IN_DAYS = 'No activity recorded in these days.';

/** What stands out in some days. */
export function daysTemplate(figures: BrowsingFigures): string {
  const { dates, eventCount, time } = figures;
  if (eventCount === 0) return NO_ACTIVITY_IN_DAYS;
  if (dates.length === 1) return dayTemplate(figures);
  const when = daysText(dates[0]!, dates.at(-1)!);
  if (time.total < 1) return tooLittle(figures, when);
  const previous = `the ${plural(dates.length, 'day')} before`;
  return paragraph(
    `${sentence(when)} you browsed for ${durationText(time.total)}${mainSites(figures)}.`,
    timeComparison(figures, previous),
    split(figures),
    scoreSentence(figures, previous),
    longestStretch(figures),
    busiestHour(figures),
  );
}
