import fc from 'fast-check';
import { propertyRuns } from '../../../../test/support/property-runs.js';
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

const minutes = fc.integer({ min: 0, max: 60_000 }).map((n) => n / 100);
const domain = fc.record({
  domain: fc.constantFrom('github.com', '9gag.com', 'youtube.com', 'a.example', 'docs.python.org', 'x.com'),
  minutes,
  category: fc.constantFrom(...CATEGORIES),
});
const ANY_FIGURES = fc
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

/** What models say of WEEK, in their usual words. */
const TRUE_SENTENCES = [
  'You spent 21 h 5 min browsing this week, with github.com accounting for 8 h 20 min of it.',
  'In the week from 16 to 22 November, you were active on 5 of 7 days.',
  'Over the past 7 days you browsed for a total of 21 hours and 5 minutes.',
  'Your browsing this week added up to 21 h 5 min, which is 2 h 10 min more than in the week before.',
  'GitHub was your top site, at 8 h 20 min.',
  'github.com took the lead with 8 h 20 min (39.53 % of your time).',
  'Productive sites made up 48.38 % of your time, or 10 h 12 min.',
  'Social and entertainment sites took 6 h 50 min, about 32 % of the total.',
  'Your productivity score of 61.25 is up from 57.15 the week before.',
  'Your productivity score rose by 4.1 points to 61.25.',
  'Your productivity score was 61.25 out of 100, compared with 57.15 before.',
  'The score went from 57.15 to 61.25.',
  'The busiest hour was between 10:00 and 11:00, when 42 events were recorded.',
  'You were busiest around 10 am, and Thursday was your most active day with 301 events.',
  'Thursday, 20 November, stood out as the busiest day, with 301 events recorded.',
  'On November 20, you recorded 301 events, more than on any other day.',
  'Your longest uninterrupted stretch lasted 48 minutes on github.com on Wednesday morning, starting at 09:15.',
  'Your longest stretch of focus came on github.com: 48 min, from 09:15.',
  'At 48 min, your longest stretch on github.com shows that you can focus.',
  'You averaged 4 h 13 min per active day.',
  'On average you browsed 4 h 13 min on each day with activity.',
  'github.com and youtube.com together dominated your week.',
  'Consider starting your day with the hardest task, before opening youtube.com.',
  'Try to set aside a block of focused time in the morning, when you are most active.',
  'Keep the morning hours free for deep work, since that is when you do your best.',
  'Consider limiting youtube.com in the evening.',
  'One thing worth keeping is your steady focus on github.com; one thing to watch is youtube.com.',
  'First thing in the morning you read the news.',
  'You were more productive than the week before, so keep it up!',
  'Your time on social sites was 6 h 50 min, which leaves room for improvement.',
  'There were 1280 events in all, across 4 sites.',
  'A total of 1,280 events were recorded.',
  'Compared to the previous week, you browsed 2 h 10 min more, and your score rose 4.1 points.',
  'Your total browsing time is 1.11 times what it was the week before.',
  'This week saw 1280 events over 5 active days.',
  'About 48 percent of your browsing was productive, while 32 percent was social.',
  'stackoverflow.com rounded out the list with 1 h 52 min.',
  'The remaining 4 h 3 min went to 9gag.com.',
  'Most of your time (8 h 20 min) was spent on github.com.',
  'You spent the most time on github.com, a total of 8 h 20 min, which is 40 % of your browsing.',
  'With 8 h 20 min, github.com was your main site, and youtube.com was close behind at 6 h 50 min.',
  'It was a busy week: 21 h 5 min of browsing, 1280 events, and a productivity score of 61.25.',
  'Your 61.25 score is a solid result.',
  'A score of 61.25 puts you 4.1 points above the week before.',
  'You were active five out of seven days.',
  'Of the 7 days, 5 had activity.',
  'The week of November 16 to November 22 was busier than the one before.',
  'You spent just over 21 hours browsing.',
  'Your week (16-22 November) had a clear focus on github.com.',
  'Between Sunday, 16 November, and Saturday, 22 November, you browsed for 21 h 5 min.',
  'Spend a little less time on youtube.com and a bit more on stackoverflow.com.',
  'You switched often between work and entertainment; try to finish one task before starting another.',
  'Your most active day was Thursday, and your most active hour began at 10:00.',
  "That's an increase of 2 h 10 min over the week before.",
  'Up 2 h 10 min from the week before.',
  'You did well in the first half of the week.',
  'youtube.com and 9gag.com took 6 h 50 min and 4 h 3 min respectively.',
  'Time on github.com reached 8 h 20 min, and time on youtube.com reached 6 h 50 min.',
  'Your share of productive time was 48.38 %, well ahead of the social share of 32.41 %.',
  'Take regular short breaks to stay fresh.',
  'Protect the hour between 10:00 and 11:00 for your most demanding work.',
  'Use the 10:00 hour for demanding tasks.',
  'The mid-morning peak, between 10:00 and 11:00, suits demanding work.',
];

/** What would have to be computed, belongs elsewhere, or is wrong. */
const FALSE_SENTENCES = [
  'Nearly half of your time, 48.38 %, went to productive sites.',
  'You visited 4 sites in total, with github.com, youtube.com and 9gag.com in the top three.',
  'youtube.com came second with 6 h 50 min, followed by 9gag.com (4 h 3 min).',
  'The top two sites were github.com and youtube.com.',
  'Two sites, github.com and youtube.com, accounted for most of your time.',
  'More than 20 hours went by.',
  'Well over 20 hours of browsing is a lot; 21 h 5 min to be exact.',
  'Half of the week was quiet.',
  'You spent 6 h 50 min on github.com.',
  'github.com took 8 h 20 min, 48 % of your time.',
  'Your score rose by 5 points.',
  'You browsed for 3 h on each of the 7 days.',
  'You averaged 21 h 5 min a day.',
  'Friday was your busiest day after all, on 28 November.',
  'The busiest hour was between 11:00 and 12:00.',
  'Your longest stretch was 48 min, from 09:30.',
  'You visited 1280 sites.',
  'There were 42 events in all of 301 sites.',
  'A productivity score of 48.38.',
  'Aim for 8 hours a day.',
  'Take a break of 5 minutes every hour.',
];

/** Every duration of a text, with what it would be if it were `by` minutes longer. */
function changedDurations(text: string, by: number): { changed: string; minutes: number }[] {
  return [...text.matchAll(/(?:(\d[\d,]*) h )?(\d+) min/g)].map(({ 0: written, 1: hours = '0', 2: rest, index }) => {
    const minutes = Number(hours.replace(',', '')) * 60 + Number(rest) + by;
    const figure = `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
    return { changed: text.slice(0, index) + figure + text.slice(index + written.length), minutes };
  });
}

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
        'Your longest stretch without a change was 48 min on github.com, from 09:15 on Wednesday. ' +
        'You were busiest between 10:00 and 11:00, with 42 events in all.',
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
        'Your longest stretch without a change was 48 min on github.com, from 09:15 on Wednesday.',
        'Thursday, 20 November, was the busiest day, with 301 events.',
        'You were busiest between 10:00 and 11:00, with 42 events in all.',
        'You spent time on 4 sites.',
      ],
      recommendations: [
        'Decide beforehand when to open youtube.com; social sites and entertainment took 6 h 50 min of your week.',
        'You can stay with one thing for 48 min; protect such stretches, and stand up after them.',
        'Plan what needs most attention for the time between 10:00 and 11:00, when you are most active anyway.',
      ],
    });
  });

  it('should not compare a day that goes on with a whole one as if it were over', () => {
    const told = (total: number): string => daysTemplate({ ...WEEK, hasEnded: false, time: { ...WEEK.time, total } });
    expect(told(1265)).toContain(' That is already 2 h 10 min more than the 7 days before. ');
    expect(told(1135)).toContain(' So far that is about as much as the 7 days before. ');
    expect(told(1075)).toContain(' So far that is 1 h less than the 7 days before. ');
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
      'You browsed for 30 min on Wednesday, 19 November, all of it on github.com. All of your time went to work and learning.',
    );
    const one = {
      time: { total: 95, productive: 0, social: 95, neutral: 0 },
      domains: [{ domain: 'youtube.com', minutes: 95, category: 'entertainment' as const }],
      longest: { domain: 'youtube.com', minutes: 95, date: '2025-11-19', minuteOfDay: 1200 },
      activeDays: 1,
    };
    expect(weekTemplate({ ...WEEK, activeDays: 7 }).summary).toContain(' you browsed for 21 h 5 min, on all 7 days. ');
    const { highlights, recommendations } = weekTemplate({ ...WEEK, ...one, eventCount: 4 });
    expect(highlights).toEqual([
      'All of your time, 1 h 35 min, went to youtube.com.',
      'You browsed in a single stretch, from 20:00 on Wednesday.',
    ]);
    expect(recommendations).toEqual([
      'There is too little here yet to advise anything; a few more days will change that.',
    ]);
    expect(weekTemplate({ ...WEEK, eventCount: 0 })).toEqual({
      summary: 'No activity recorded in this week.',
      highlights: [],
      recommendations: [],
    });
  });

  it('T17 should let a model say its figures in its usual words', () => {
    const { facts, names } = browsingFacts(WEEK);
    for (const text of TRUE_SENTENCES) expect([text, judgeProse(text, facts, names).faults]).toEqual([text, []]);
  });

  it.each(FALSE_SENTENCES)('T17 should not let a model say "%s"', (text) => {
    const { facts, names } = browsingFacts(WEEK);
    expect(judgeProse(text, facts, names).faults).not.toEqual([]);
  });

  it('should let a stretch be told of on a site that ten others surpass in all', () => {
    const domains = Array.from({ length: 12 }, (_, i) => ({
      domain: `site${i}.example`,
      minutes: 100 - i,
      category: 'other' as const,
    }));
    const longest = { domain: 'site11.example', minutes: 88.6, date: '2025-11-19', minuteOfDay: 555 };
    const { facts, names, data } = browsingFacts({ ...DAY, domains, longest });
    expect(data).toMatchObject({ longest_stretch: '1 h 29 min on site11.example from 09:15' });
    const judge = (text: string): object[] => judgeProse(text, facts, names).faults;
    expect(judge('The longest stretch was 1 h 29 min on site11.example, from 09:15.')).toEqual([]);
    expect(judge('The longest stretch was 1 h 30 min on site11.example, from 09:15.')).not.toEqual([]);
    expect(judge('The longest stretch was 1 h 29 min on site10.example, from 09:15.')).not.toEqual([]);
  });

  it('T17 should pass the gate themselves, for any figures: the facts cover every word', () => {
    fc.assert(
      fc.property(ANY_FIGURES, (given) => {
        const { facts, names } = browsingFacts(given);
        for (const text of texts(given)) {
          expect([text, judgeProse(text, facts, names).faults]).toEqual([text, []]);
        }
        expect(texts(given)).toEqual(texts(structuredClone(given)));
        expect(texts(given).join(' ')).not.toMatch(
          /NaN|undefined|null|Infinity| {2}|(?<![\d.,])1 (?:sites|events|points|days)\b/,
        );
      }),
      propertyRuns(150),
    );
  });

  it('T17 should not pass the gate with any one duration changed to what is none of the figures', () => {
    fc.assert(
      fc.property(ANY_FIGURES, fc.integer({ min: 1, max: 90 }), (given, by) => {
        const { facts, names } = browsingFacts(given);
        const known = facts.flatMap((fact) => ('value' in fact && fact.unit === 'minutes' ? [fact.value] : []));
        for (const text of texts(given)) {
          for (const { changed, minutes } of changedDurations(text, by)) {
            if (known.some((value) => Math.abs(value - minutes) <= 0.5 + 1e-9)) continue;
            expect([changed, judgeProse(changed, facts, names).faults.length > 0]).toEqual([changed, true]);
          }
        }
      }),
      propertyRuns(100),
    );
  });
});
