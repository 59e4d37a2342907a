import { durationText } from '../../../infra/ai/words.js';
import type { BrowsingFigures } from './browsing-figures.js';
import { dayText, weekdayText } from './calendar-words.js';
import { busiestHour, longestStretch, mainSites, paragraph, split, timeComparison, tooLittle } from './sentences.js';

export const NO_ACTIVITY = 'No activity recorded for this day.';

/** One day in a few sentences. */
export function dayTemplate(figures: BrowsingFigures): string {
  const date = figures.dates[0]!;
  const when = `on ${weekdayText(date)}, ${dayText(date)}`;
  if (figures.eventCount === 0) return NO_ACTIVITY;
  if (figures.time.total < 1) return tooLittle(figures, when);
  return paragraph(
    figures.hasEnded
      ? `You browsed for ${durationText(figures.time.total)} ${when}${mainSites(figures)}.`
      : `So far you have browsed for ${durationText(figures.time.total)} ${when}${mainSites(figures)}.`,
    timeComparison(figures, 'the day before'),
    split(figures),
    longestStretch(figures),
    busiestHour(figures),
  );
}
