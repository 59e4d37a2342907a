import type { Fact, FactUnit } from '../../../infra/ai/fact.js';
import { clockText, dayText, hourText, weekdayText } from './calendar-words.js';
import type { BrowsingFigures } from './browsing-figures.js';
import { durationText } from '../../../infra/ai/words.js';

/** Sites that are told of by name; the others are many and small. */
export const NAMED_DOMAINS = 10;

export interface BrowsingFacts {
  facts: Fact[];
  names: string[];
  /** For the model; domains are the only text in it that is not ours. */
  data: object;
}

/** A part of a whole in percent; 0 of nothing. */
export function share(part: number, whole: number): number {
  return whole > 0 ? (100 * part) / whole : 0;
}

/** All figures of a period as facts: what neither these nor their roundings say, no text about the period may say. */
export function browsingFacts(figures: BrowsingFigures): BrowsingFacts {
  const domains = figures.domains.slice(0, NAMED_DOMAINS);
  const facts = [
    ...periodFacts(figures),
    ...timeFacts(figures),
    ...peakFacts(figures),
    ...comparisonFacts(figures),
    ...domains.flatMap(({ domain, minutes }) => [
      fact(minutes, 'minutes', `time on ${domain}`),
      fact(share(minutes, figures.time.total), 'percent', `share of ${domain}`),
    ]),
  ];
  const names = domains.map(({ domain }) => domain);
  // A long stretch on a site that many others surpass in all.
  if (figures.longest !== null) names.push(figures.longest.domain);
  return { facts, names: [...new Set(names)], data: dataOf(figures) };
}

function periodFacts({ dates, eventCount, activeDays, domains }: BrowsingFigures): Fact[] {
  return [
    ...dates.map((date): Fact => ({ date })),
    fact(dates.length, 'days', 'days of the period'),
    fact(activeDays, 'days', 'days with activity'),
    fact(eventCount, 'count', 'events recorded'),
    fact(domains.length, 'count', 'sites visited'),
  ];
}

function timeFacts({ time, score, dates, activeDays }: BrowsingFigures): Fact[] {
  const facts = [
    fact(time.total, 'minutes', 'total time'),
    fact(time.productive, 'minutes', 'productive time'),
    fact(time.social, 'minutes', 'social time'),
    fact(time.neutral, 'minutes', 'other time'),
    fact(share(time.productive, time.total), 'percent', 'productive share'),
    fact(share(time.social, time.total), 'percent', 'social share'),
    fact(share(time.neutral, time.total), 'percent', 'other share'),
    fact(score, 'score', 'productivity score'),
  ];
  if (dates.length > 1 && activeDays > 0) {
    facts.push(fact(time.total / activeDays, 'minutes', 'average time per day with activity'));
  }
  return facts;
}

function peakFacts({ peakHour, peakDate, longest }: BrowsingFigures): Fact[] {
  const facts: Fact[] = [];
  if (peakHour !== null) {
    facts.push(fact(peakHour.hour, 'hourOfDay', 'start of the busiest hour'));
    facts.push(fact(peakHour.count, 'count', 'events in the busiest hour'));
  }
  if (peakDate !== null) facts.push(fact(peakDate.count, 'count', 'events on the busiest day'));
  if (longest !== null) {
    // With its site: the gate believes a figure that is said to be of a site only of a fact that names it.
    facts.push(fact(longest.minutes, 'minutes', `longest stretch without a change, on ${longest.domain}`));
    facts.push(fact(longest.minuteOfDay, 'minuteOfDay', 'start of the longest stretch'));
  }
  return facts;
}

function comparisonFacts({ before, time, score }: BrowsingFigures): Fact[] {
  if (before === null) return [];
  const facts = [
    fact(before.totalMinutes, 'minutes', 'total time before'),
    fact(Math.abs(time.total - before.totalMinutes), 'minutes', 'difference of total time to before'),
    fact(before.score, 'score', 'productivity score before'),
    fact(Math.abs(score - before.score), 'score', 'difference of the productivity score to before'),
  ];
  if (before.totalMinutes > 0)
    facts.push(fact(time.total / before.totalMinutes, 'ratio', 'total time compared to before'));
  return facts;
}

function fact(value: number, unit: FactUnit, label: string): Fact {
  return { value, unit, label };
}

/** The same in words, so that a model knows what belongs to what. */
function dataOf({ dates, domains, time, longest, peakHour, peakDate, before, score }: BrowsingFigures): object {
  return {
    first_day: `${weekdayText(dates[0]!)}, ${dayText(dates[0]!)}`,
    last_day: `${weekdayText(dates.at(-1)!)}, ${dayText(dates.at(-1)!)}`,
    sites: domains
      .slice(0, NAMED_DOMAINS)
      .map(({ domain, minutes, category }) => ({ domain, time: durationText(minutes), category })),
    busiest_hour: peakHour === null ? 'none' : hourText(peakHour.hour),
    busiest_day:
      peakDate === null || dates.length === 1 ? 'none' : `${weekdayText(peakDate.date)}, ${dayText(peakDate.date)}`,
    longest_stretch:
      longest === null
        ? 'none'
        : `${durationText(longest.minutes)} on ${longest.domain} from ${clockText(longest.minuteOfDay)}`,
    compared_to_before:
      before === null ? 'nothing was recorded before' : direction(time.total, before.totalMinutes, 'time'),
    score_compared_to_before: before === null ? 'nothing was recorded before' : direction(score, before.score, 'score'),
  };
}

function direction(now: number, before: number, what: string): string {
  if (Math.abs(now - before) < 0.5) return `the ${what} is the same`;
  return now > before ? `the ${what} is higher now` : `the ${what} is lower now`;
}
