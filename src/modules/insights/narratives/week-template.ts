import { durationText, listText, plural } from '../../../infra/ai/words.js';
import { share } from './browsing-facts.js';
import type { BrowsingFigures, DomainFigure } from './browsing-figures.js';
import { categoryGroupOf } from '../../../common/categories/category.js';
import { daysText, hourText } from './calendar-words.js';
import {
  busiestDay,
  busiestHour,
  domainText,
  longestStretch,
  paragraph,
  scoreSentence,
  split,
  timeComparison,
  tooLittle,
} from './sentences.js';

export interface WeekTexts {
  summary: string;
  highlights: string[];
  recommendations: string[];
}

const NO_ACTIVITY_IN_WEEK = 'No activity recorded in this week.';
const TOO_LITTLE_FOR_ADVICE = 'There is too little here yet to advise anything; a few more days will change that.';
const PREVIOUS = 'the week before';
const LONG_STRETCH_MINUTES = 45;
const SHORT_STRETCH_MINUTES = 20;
/** Less is too little to judge by. */
const MUCH_TIME_MINUTES = 120;
/** Percent, and minutes below which no share is much. */
const MUCH_SOCIAL = { share: 30, minutes: 60 };

/** A week as a report: what it was, what stands out, what to make of it. */
export function weekTemplate(figures: BrowsingFigures): WeekTexts {
  if (figures.eventCount === 0) return { summary: NO_ACTIVITY_IN_WEEK, highlights: [], recommendations: [] };
  const week = `the week ${daysText(figures.dates[0]!, figures.dates.at(-1)!)}`;
  if (figures.time.total < 1) return { summary: tooLittle(figures, `in ${week}`), highlights: [], recommendations: [] };
  return {
    summary: summary(figures, week),
    highlights: highlights(figures),
    recommendations: recommendations(figures),
  };
}

function summary(figures: BrowsingFigures, week: string): string {
  const { time, activeDays, dates } = figures;
  const days =
    activeDays === dates.length ? `on all ${dates.length} days` : `on ${activeDays} of ${plural(dates.length, 'day')}`;
  return paragraph(
    `In ${week} you browsed for ${durationText(time.total)}, ${days}.`,
    timeComparison(figures, PREVIOUS),
    split(figures),
    scoreSentence(figures, PREVIOUS),
  );
}

function highlights(figures: BrowsingFigures): string[] {
  const { domains, time } = figures;
  const sites = domains.filter(({ minutes }) => minutes >= 1);
  const [first, ...others] = sites;
  const found: (string | null)[] = [
    first === undefined ? null : topSite(first, others, share(first.minutes, time.total)),
    longestStretch(figures),
    busiestDay(figures),
    busiestHour(figures),
    domains.length < 3 ? null : `You spent time on ${plural(domains.length, 'site')}.`,
  ];
  return found.filter((text): text is string => text !== null);
}

function topSite(first: DomainFigure, others: DomainFigure[], firstShare: number): string {
  if (others.length === 0) return `All of your time, ${durationText(first.minutes)}, went to ${first.domain}.`;
  const took = `${first.domain} took ${durationText(first.minutes)}, ${Math.round(firstShare)} % of your time`;
  return `${took}, followed by ${listText(others.slice(0, 2).map(domainText))}.`;
}

/** Advice that follows from the figures; at least one piece. */
function recommendations(figures: BrowsingFigures): string[] {
  const { time, peakHour, before, score, domains } = figures;
  if (time.total < MUCH_TIME_MINUTES) return [TOO_LITTLE_FOR_ADVICE];
  const social = domains.filter(({ category, minutes }) => categoryGroupOf(category) === 'social' && minutes >= 1);
  const found: string[] = [];
  const isMuch = time.social >= MUCH_SOCIAL.minutes && share(time.social, time.total) >= MUCH_SOCIAL.share;
  if (social.length > 0 && isMuch) {
    found.push(
      `Decide beforehand when to open ${listText(social.slice(0, 2).map(({ domain }) => domain))}; social sites and entertainment took ${durationText(time.social)} of your week.`,
    );
  }
  const stretch = stretchAdvice(figures);
  if (stretch !== null) found.push(stretch);
  if (peakHour !== null && time.productive > 0) {
    found.push(
      `Plan what needs most attention for the time ${hourText(peakHour.hour)}, when you are most active anyway.`,
    );
  }
  if (before !== null && score < before.score - 5) {
    found.push('Your score fell; look at what took the time that work or learning had the week before.');
  }
  return found.length > 0 ? found.slice(0, 3) : ['Keep going; nothing in this week asks for a change.'];
}

/** A long evening of videos is no feat of concentration. */
function stretchAdvice({ longest, domains }: BrowsingFigures): string | null {
  if (longest === null) return null;
  if (longest.minutes < SHORT_STRETCH_MINUTES)
    return 'You changed sites often. Try to finish one task before opening the next page.';
  const category = domains.find(({ domain }) => domain === longest.domain)?.category ?? 'other';
  return longest.minutes >= LONG_STRETCH_MINUTES && categoryGroupOf(category) === 'productive'
    ? `You can stay with one thing for ${durationText(longest.minutes)}; protect such stretches, and stand up after them.`
    : null;
}
