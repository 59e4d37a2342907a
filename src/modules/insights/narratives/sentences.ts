import { decimalText, durationText, listText, plural } from '../../../infra/ai/words.js';
import { share } from './browsing-facts.js';
import type { BrowsingFigures, DomainFigure } from './browsing-figures.js';
import { clockText, dayText, hourText, weekdayText } from './calendar-words.js';

// Sentences that templates are made of. Each says one thing with its figures, or is absent where there is nothing to say;
// which one is said depends on the figures alone, so the same figures give the same text.

/** Below it a difference of time is not worth a word. */
const SMALL_DIFFERENCE_MINUTES = 5;
const SMALL_DIFFERENCE_SCORE = 1;
/** A shorter stretch is not what people mean by one. */
const SHORT_STRETCH_MINUTES = 5;
/** A smaller share of the time is left out, and a larger one is all of it. */
const SMALL_SHARE = 1;
const WHOLE_SHARE = 99.5;
const NEARLY_ALL_SHARE = 95;
/** Weekdays say which day it was only within a week. */
const WEEK = 7;

/** "github.com (1 h 40 min)" */
export function domainText({ domain, minutes }: DomainFigure): string {
  return `${domain} (${durationText(minutes)})`;
}

/** Where the time went: ", almost all of it on …", ", most of it on …", ", above all on …". */
export function mainSites({ domains, time }: BrowsingFigures): string {
  const [first, ...others] = domains.filter(({ minutes }) => minutes >= 1);
  if (first === undefined) return '';
  if (others.length === 0) return `, all of it on ${first.domain}`;
  const firstShare = share(first.minutes, time.total);
  const second = others[0]!;
  if (firstShare >= NEARLY_ALL_SHARE) return `, nearly all of it on ${domainText(first)}`;
  if (firstShare >= 50) return `, most of it on ${domainText(first)}, then on ${domainText(second)}`;
  const main = [first, ...others].slice(0, 3).map(domainText);
  return others.length > 2 ? `, above all on ${listText(main)}` : `, on ${listText(main)}`;
}

/** How the time divides between productive and social sites. */
export function split({ time }: BrowsingFigures): string | null {
  if (time.total < 1) return null;
  const productive = share(time.productive, time.total);
  const social = share(time.social, time.total);
  const [work, play] = [durationText(time.productive), durationText(time.social)];
  const [workShare, playShare] = [`(${Math.round(productive)} %)`, `(${Math.round(social)} %)`];
  if (productive >= WHOLE_SHARE) return 'All of your time went to work and learning.';
  if (social >= WHOLE_SHARE) return 'All of your time went to social sites and entertainment.';
  const isSmall = (minutes: number, part: number): boolean => part < SMALL_SHARE || minutes < 1;
  const [littleWork, littlePlay] = [isSmall(time.productive, productive), isSmall(time.social, social)];
  if (littleWork && littlePlay)
    return 'Next to nothing went to work and learning, or to social sites and entertainment.';
  if (littlePlay)
    return `${work} went to work and learning ${workShare}, next to nothing to social sites and entertainment.`;
  if (littleWork)
    return `${play} went to social sites and entertainment ${playShare}, next to nothing to work and learning.`;
  if (productive >= social)
    return `${work} went to work and learning ${workShare}, ${play} to social sites and entertainment ${playShare}.`;
  return `${play} went to social sites and entertainment ${playShare}, ${work} to work and learning ${workShare}.`;
}

export function longestStretch({ longest, dates, time }: BrowsingFigures): string | null {
  if (longest === null || longest.minutes < SHORT_STRETCH_MINUTES) return null;
  const from = `from ${clockText(longest.minuteOfDay)}${dates.length > 1 ? ` on ${dateText(longest.date, dates)}` : ''}`;
  if (share(longest.minutes, time.total) >= WHOLE_SHARE) return `You browsed in a single stretch, ${from}.`;
  return `Your longest stretch without a change was ${durationText(longest.minutes)} on ${longest.domain}, ${from}.`;
}

function dateText(date: string, dates: readonly string[]): string {
  return dates.length > WEEK ? `${weekdayText(date)}, ${dayText(date)}` : weekdayText(date);
}

export function busiestHour({ peakHour, eventCount, dates }: BrowsingFigures): string | null {
  if (peakHour === null || eventCount < 5) return null;
  const events = plural(peakHour.count, 'event');
  return dates.length > 1
    ? `You were busiest ${hourText(peakHour.hour)}, with ${events} in all.`
    : `It was busiest ${hourText(peakHour.hour)}, with ${events}.`;
}

export function busiestDay({ peakDate, activeDays }: BrowsingFigures): string | null {
  if (peakDate === null || activeDays < 2) return null;
  return `${weekdayText(peakDate.date)}, ${dayText(peakDate.date)}, was the busiest day, with ${plural(peakDate.count, 'event')}.`;
}

/** "That is 25 min more than the day before."; `null` where nothing was recorded before. */
export function timeComparison({ time, before, hasEnded }: BrowsingFigures, previous: string): string | null {
  if (before === null) return null;
  const difference = time.total - before.totalMinutes;
  const much = durationText(Math.abs(difference));
  if (Math.abs(difference) < SMALL_DIFFERENCE_MINUTES)
    return `${hasEnded ? 'That' : 'So far that'} is about as much as ${previous}.`;
  if (difference > 0) return `That is ${hasEnded ? '' : 'already '}${much} more than ${previous}.`;
  return `${hasEnded ? 'That' : 'So far that'} is ${much} less than ${previous}.`;
}

/** "Your productivity score was 61.2, 4.1 points above the week before." */
export function scoreSentence({ score, before }: BrowsingFigures, previous: string): string {
  const said = `Your productivity score was ${decimalText(score)}`;
  if (before === null) return `${said} out of 100.`;
  const difference = score - before.score;
  if (Math.abs(difference) < SMALL_DIFFERENCE_SCORE) return `${said} out of 100, much as ${previous}.`;
  const points = decimalText(Math.abs(difference));
  return `${said}, ${points} ${points === '1' ? 'point' : 'points'} ${difference > 0 ? 'above' : 'below'} ${previous}.`;
}

/** Events came, but none with another behind it that would tell how long it lasted. */
export function tooLittle({ eventCount }: BrowsingFigures, when: string): string {
  return `${plural(eventCount, 'event was', 'events were')} recorded ${when}, too few to tell how long you stayed on any site.`;
}

export function paragraph(...sentences: (string | null)[]): string {
  return sentences.filter((text) => text !== null && text !== '').join(' ');
}
