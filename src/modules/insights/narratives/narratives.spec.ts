import fc from 'fast-check';
import { CATEGORIES, categoryGroupOf } from '../../../common/categories/category.js';
import { judgeProse } from '../../../infra/ai/gate/numeric-gate.js';
import { browsingFacts } from './browsing-facts.js';
import type { BrowsingFigures } from './browsing-figures.js';
import { dayTemplate, NO_ACTIVITY } from './day-template.js';
import { daysTemplate } from './days-template.js';
import { weekTemplate } from './week-template.js';

const DAY: BrowsingFigures = {
  dates: ['2025-11-19'],
  hasEnded: true,
  eventCount: 184,
  time: { total: 192.4, productive: 138.2, social: 24.2, neutral: 30 },
  score: 61.25,
  domains: [
    { domain: 'github.com', minutes: 100.2, category: 'work' },
    { domain: 'docs.python.org', minutes: 38, category: 'learning' },
    { domain: 'news.example', minutes: 30, category: 'news' },
    { domain: 'youtube.com', minutes: 24.2, category: 'entertainment' },
  ],
  peakHour: { hour: 10, count: 42 },
  peakDate: { date: '2025-11-19', count: 184 },
  activeDays: 1,
  longest: { domain: 'github.com', minutes: 48.3, date: '2025-11-19', minuteOfDay: 555 },
  before: { totalMinutes: 167.4, score: 58 },
};
const WEEK_DATES = [16, 17, 18, 19, 20, 21, 22].map((day) => `2025-11-${day}`);
const WEEK: BrowsingFigures = {
  ...DAY,
  dates: WEEK_DATES,
  eventCount: 1280,
  time: { total: 1265, productive: 612, social: 410, neutral: 243 },
  domains: [
    { domain: 'github.com', minutes: 500, category: 'work' },
    { domain: 'youtube.com', minutes: 410, category: 'entertainment' },
    { domain: '9gag.com', minutes: 243, category: 'other' },
    { domain: 'stackoverflow.com', minutes: 112, category: 'learning' },
  ],
  peakDate: { date: '2025-11-20', count: 301 },
  activeDays: 5,
  before: { totalMinutes: 1135, score: 57.15 },
};

const texts = (figures: BrowsingFigures): string[] => {
  if (figures.dates.length === 1) return [dayTemplate(figures)];
  const { summary, highlights, recommendations } = weekTemplate(figures);
  return figures.dates.length === 7
    ? [daysTemplate(figures), summary, ...highlights, ...recommendations]
    : [daysTemplate(figures)];
};

describe('templates of insights', () => {
  it('should tell of a day', () => {
    expect(dayTemplate(DAY)).toBe(
      'You browsed for 3 h 12 min on Wednesday, 19 November, most of it on github.com (1 h 40 min), then on docs.python.org (38 min). ' +
        'That is 25 min more than the day before. ' +
        '2 h 18 min went to work and learning (72 %), 24 min to social sites and entertainment (13 %). ' +
        'Your longest stretch without a change was 48 min on github.com, from 09:15. ' +
        'It was busiest between 10:00 and 11:00, with 42 events.',
    );
  });

  it('should tell of some days', () => {
    expect(daysTemplate(WEEK)).toBe(
      'From 16 to 22 November you browsed for 21 h 5 min, above all on github.com (8 h 20 min), youtube.com (6 h 50 min) and 9gag.com (4 h 3 min). ' +
        'That is 2 h 10 min more than the 7 days before. ' +
        '10 h 12 min went to work and learning (48 %), 6 h 50 min to social sites and entertainment (32 %). ' +
        'Your productivity score was 61.25, 4.1 points above the 7 days before. ' +
        'Your longest stretch without a change was 48 min on github.com on Wednesday, from 09:15. ' +
        'It was busiest between 10:00 and 11:00, with 42 events.',
    );
  });

  it('should tell of a week', () => {
    expect(weekTemplate(WEEK)).toEqual({
      summary:
        'In the week from 16 to 22 November you browsed for 21 h 5 min, on 5 of 7 days. ' +
        'That is 2 h 10 min more than the week before. ' +
        '10 h 12 min went to work and learning (48 %), 6 h 50 min to social sites and entertainment (32 %). ' +
        'Your productivity score was 61.25, 4.1 points above the week before.',
      highlights: [
        'github.com took 8 h 20 min, 40 % of your time, followed by youtube.com (6 h 50 min) and 9gag.com (4 h 3 min).',
        'Your longest stretch without a change was 48 min on github.com on Wednesday, from 09:15.',
        'Thursday, 20 November, was the busiest day, with 301 events.',
        'It was busiest between 10:00 and 11:00, with 42 events.',
        'You spent time on 4 sites.',
      ],
      recommendations: [
        'Decide beforehand when to open youtube.com; social sites and entertainment took 6 h 50 min of your week.',
        'You can stay with one thing for 48 min; protect such stretches, and stand up after them.',
        'Put what needs most attention between 10:00 and 11:00, when you are most active anyway.',
      ],
    });
  });

  it('should be natural about little, one and nothing', () => {
    expect(dayTemplate({ ...DAY, eventCount: 0 })).toBe(NO_ACTIVITY);
    const none = { total: 0, productive: 0, social: 0, neutral: 0 };
    expect(dayTemplate({ ...DAY, eventCount: 1, time: none, domains: [], longest: null, before: null })).toBe(
      '1 event was recorded on Wednesday, 19 November, too few to tell how long you stayed on any site.',
    );
    expect(
      dayTemplate({
        ...DAY,
        time: { total: 30, productive: 30, social: 0, neutral: 0 },
        domains: [{ domain: 'github.com', minutes: 30, category: 'work' }],
        longest: null,
        peakHour: null,
        before: null,
      }),
    ).toBe(
      'You browsed for 30 min on Wednesday, 19 November, all of it on github.com. ' +
        '30 min went to work and learning (100 %), next to nothing to social sites and entertainment.',
    );
    expect(weekTemplate({ ...WEEK, eventCount: 0 })).toEqual({
      summary: 'No activity recorded in this week.',
      highlights: [],
      recommendations: [],
    });
  });

  it('T17 should pass the gate themselves, for any figures: the facts cover every word', () => {
    const minutes = fc.integer({ min: 0, max: 60_000 }).map((n) => n / 100);
    const domain = fc.record({
      domain: fc.constantFrom('github.com', '9gag.com', 'youtube.com', 'a.example', 'docs.python.org', 'x.com'),
      minutes,
      category: fc.constantFrom(...CATEGORIES),
    });
    const figures = fc
      .record({
        days: fc.constantFrom(1, 2, 7),
        domains: fc.uniqueArray(domain, { selector: (row) => row.domain, maxLength: 6 }),
        eventCount: fc.integer({ min: 1, max: 5000 }),
        score: fc.integer({ min: 0, max: 10_000 }).map((n) => n / 100),
        hour: fc.integer({ min: 0, max: 23 }),
        start: fc.integer({ min: 0, max: 1439 }),
        stretch: minutes,
        before: fc.option(fc.record({ totalMinutes: minutes, score: fc.integer({ min: 0, max: 100 }) })),
      })
      .map(({ days, domains, eventCount, hour, start, stretch, ...rest }): BrowsingFigures => {
        const rows = domains.sort((a, b) => b.minutes - a.minutes);
        const sum = (group: string): number =>
          rows.filter((row) => categoryGroupOf(row.category) === group).reduce((total, row) => total + row.minutes, 0);
        const [productive, social, neutral] = [sum('productive'), sum('social'), sum('neutral')];
        const dates = WEEK_DATES.slice(0, days);
        return {
          ...rest,
          hasEnded: eventCount % 2 === 0,
          dates,
          domains: rows,
          eventCount,
          time: { total: productive + social + neutral, productive, social, neutral },
          peakHour: { hour, count: Math.ceil(eventCount / 3) },
          peakDate: { date: dates.at(-1)!, count: Math.ceil(eventCount / 2) },
          activeDays: Math.min(days, 2),
          longest:
            rows[0] === undefined
              ? null
              : { domain: rows[0].domain, minutes: stretch, date: dates[0]!, minuteOfDay: start },
        };
      });
    fc.assert(
      fc.property(figures, (given) => {
        const { facts, names } = browsingFacts(given);
        for (const text of texts(given)) {
          expect([text, judgeProse(text, facts, names).faults]).toEqual([text, []]);
        }
        expect(texts(given)).toEqual(texts(structuredClone(given)));
        expect(texts(given).join(' ')).not.toMatch(
          /NaN|undefined|null|Infinity| {2}|(?<![\d.,])1 (?:sites|events|points|days)\b/,
        );
      }),
      { numRuns: 500 },
    );
  });
});
