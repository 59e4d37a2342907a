import type { Fact } from '../fact.js';
import { judgeProse } from './numeric-gate.js';

const ACTIVE: Fact[] = [{ value: 375, unit: 'minutes', label: 'active time' }];
const FACTS: Fact[] = [
  ...ACTIVE,
  { value: 22.5, unit: 'minutes', label: 'youtube.com' },
  { value: 43.75, unit: 'score', label: 'productivity score' },
  { value: 72.4, unit: 'percent', label: 'productive share' },
  { value: 0.5, unit: 'ratio', label: 'share of mornings' },
  { value: 1234, unit: 'count', label: 'events' },
  { value: 3, unit: 'count', label: 'critical discrepancies' },
  { value: 7, unit: 'days', label: 'days of the period' },
  { value: 14, unit: 'hourOfDay', label: 'peak hour' },
  { value: 9 * 60 + 5, unit: 'minuteOfDay', label: 'first activity' },
  { value: 0, unit: 'count', label: 'breaks' },
  { value: 2, unit: 'ratio', label: 'compared with the week before' },
  { date: '2025-11-19' },
  { date: '2025-11-20' },
];
const NAMES = [
  'github.com',
  '9gag.com',
  'youtube.com',
  'docs.python.org',
  '1password.com',
  'obs64.exe',
  'gist.github.com',
  'web3',
];

const judge = (prose: string, facts: readonly Fact[] = FACTS) => judgeProse(prose, facts, NAMES);
const isBelieved = (prose: string, facts?: readonly Fact[]): boolean => judge(prose, facts).faults.length === 0;

describe('the numeric gate', () => {
  describe('T17 active 375 min', () => {
    it.each(['6.25 hours', '6 h 15 min', '375 minutes'])('should believe %s', (figure) => {
      expect(judge(`You were active for ${figure}.`, ACTIVE).faults).toEqual([]);
    });

    it.each(['about 6.5 hours', 'almost 7 hours', '80 %', 'six and a half hours'])('should refuse %s', (figure) => {
      expect(judge(`You were active for ${figure}.`, ACTIVE).faults).not.toEqual([]);
    });
  });

  it.each([
    // Durations
    '6.25 hours',
    '6.25h',
    '6.25 hrs',
    '6h15m',
    '6h 15m',
    '6h15',
    '6 h 15',
    '6 hours 15 minutes',
    '6 hours and 15 minutes',
    '6 hours, 15 minutes',
    '6 hr 15 min',
    '6:15 h',
    '6:15 hours',
    'six hours and fifteen minutes',
    'six hours and a quarter',
    'six and a quarter hours',
    'six point two five hours',
    '6¼ hours',
    '6 1/4 hours',
    '375 minutes',
    '375 min',
    '375min',
    '375 active minutes',
    '375 fully active minutes',
    'three hundred and seventy-five minutes',
    'three hundred seventy five minutes',
    '22,500 seconds',
    '22500 s',
    '6.3 hours',
    '6 hours',
    'about 6 hours',
    'over 6 hours',
    'more than 6 hours',
    '**6 h 15 min**',
    '6 h 15 min',
    '６.２５ hours',
    '٣٧٥ minutes',
    '3\u200b75 minutes',
    '3**7**5 minutes',
    '22.5 minutes',
    '23 minutes',
    'twenty-two and a half minutes',
    '22½ minutes',
    // Percentages, shares, scores
    '72.4 %',
    '72 %',
    '72%',
    '72.4 percent',
    '72 per cent',
    'seventy-two percent',
    'half of the mornings',
    'one half of the mornings',
    '50 % of the mornings',
    'a score of 43.75',
    'a score of 44',
    'a score of 43.8',
    '44 points',
    '43.75/100',
    '44 out of 100',
    'a productivity score of 43.75',
    // Counts
    '1,234 events',
    '1234 events',
    'one thousand two hundred and thirty-four events',
    '1.2 thousand events',
    '1.2k events',
    '3 critical discrepancies',
    'three critical discrepancies',
    'zero breaks',
    '0 breaks',
    'twice the week before',
    '2x the week before',
    'double the week before',
    // Calendar
    '7 days',
    'seven days',
    'one week',
    'the 7-day period',
    '2025-11-19',
    '19 November 2025',
    'November 19, 2025',
    'November 19th',
    'the 19th of November',
    'Nov 19',
    'Wednesday, 19 November',
    'Wednesday and Thursday',
    'the nineteenth of November',
    'November 2025',
    '14:00',
    '2 pm',
    '2 p.m.',
    '2pm',
    'two o’clock pm'.replace('o’clock pm', 'pm'),
    'between 14:00 and 15:00',
    'from 2 pm to 3 pm',
    '2 to 3 pm',
    '2–3 pm',
    '9:05',
    '09:05',
    '9:05 am',
    // Names and ordinary prose
    'github.com',
    'time on 9gag.com, 1password.com and obs64.exe',
    'gist.github.com and github.com',
    'github.com’s pages',
    'no one site stood out; one of your sites did',
    'at once, once more, and once you had settled',
    'a second look, the second half of the day, the first half of the week',
    'first you read, then you wrote',
    'third-party code',
    'double-check',
    'one thing to keep: the one that works',
    'most of your time, several sites, few breaks, both sites, a single stretch',
    'the busiest hour of the day',
    'often, someone, weight, height, attention',
    'e.g. documentation, i.e. reading',
    'Keep the mornings free for it.',
    'I may march on',
    'naïve café, coöperate',
    'time (mostly active) — all in all: good!',
  ])('should believe "%s"', (figure) => {
    expect(judge(`It was ${figure}.`).faults).toEqual([]);
  });

  it.each([
    // Wrong values, whatever excuses them
    '6.5 hours',
    'about 6.5 hours',
    'roughly 6.5 h',
    '~6.5 hours',
    '≈ 6.5 hours',
    'almost 7 hours',
    'nearly seven hours',
    'some 400 minutes',
    'six and a half hours',
    '6½ hours',
    '6 1/2 hours',
    'six hours and a half',
    'half past six hours',
    '6 h 16 min',
    '6h14m',
    '6:16 h',
    '5 h 75 min',
    'under 6 hours',
    'less than 6 hours',
    'over 7 hours',
    'an hour',
    'an hour and a half',
    'half an hour',
    'half-an-hour',
    'a half hour',
    'a quarter of an hour',
    'three quarters of an hour',
    'a couple of hours',
    'a dozen hours',
    'half a dozen hours',
    'dozens of hours',
    'hundreds of minutes',
    'twelve hours',
    'TWELVE HOURS',
    'twelve-hour days',
    '12-hour days',
    'a 12 hour day',
    '12h',
    '12 hrs',
    '12 active hours',
    '12 of your hours',
    '12 long, active hours',
    'hours active: 12',
    'active hours came to 12',
    'an hour count of 12',
    '5 to 10 minutes',
    '5–10 minutes',
    'between 5 and 10 minutes',
    '5 or 10 minutes',
    '2 of 6 hours',
    'two hours out of 6',
    '1/2 hours',
    '3/4 of an hour',
    'six plus six hours',
    '6 + 6 hours',
    '2 times 6 hours',
    // Right values in the wrong unit
    '375 hours',
    '375 events',
    '375',
    '375 %',
    '6.25 minutes',
    '6.25 %',
    '7 hours',
    '7 %',
    '7 events',
    '72.4 minutes',
    '72 events',
    '72.4 hours',
    '1,234 minutes',
    '1,234 days',
    '43.75 minutes',
    '43.75 %',
    '14 minutes',
    '14 hours',
    '14 events',
    '3 km',
    '3 months',
    '7 weeks',
    '$3',
    '3 €',
    '3 dollars',
    '19 events',
    '2025 events',
    '3 weekends',
    // Of something else, or per something
    '3 events',
    '1,234 critical discrepancies',
    '375 minutes a day',
    '6.25 hours per day',
    '6 h 15 min every day',
    'an average of 375 minutes',
    '375 minutes on average',
    '1,234 events per hour',
    // Percentages and shares
    '80 %',
    '80%',
    'eighty percent',
    '80 per cent',
    '73 %',
    '72.5 %',
    'a third of the time',
    'two thirds of the time',
    'two-thirds',
    'a quarter of the day',
    'three quarters',
    '¾ of the time',
    '7/10',
    '7 out of 10',
    'seven in ten',
    '9 of 10 events',
    'a score of 80',
    '80 points',
    '80/100',
    'a score of 45',
    // Multiples and counts
    'tripled',
    'three times the week before',
    '3x the week before',
    'threefold',
    'tenfold',
    'halved',
    'thrice',
    'quadrupled',
    '1,200 events',
    'over 1,200 events',
    '1,235 events',
    '12,34 events',
    '1.234 events',
    '1 234 567 events',
    '1e3 events',
    '0x4D2 events',
    '5k events',
    'two thousand events',
    'one event',
    'one hour',
    'one percent',
    'only once',
    'once a day',
    'visited it once.',
    'the one hour',
    'two of them',
    'these two',
    'a pair of hours',
    'a fortnight',
    'the third site',
    'second place',
    'your 2nd site',
    'ranked 1',
    '#1',
    'number one',
    'top 3 of all',
    // Calendar
    '2025-11-21',
    '2025-11-19T10:00',
    '21 November',
    'November 21, 2025',
    'December',
    'November 2024',
    '2024',
    '19/11/2025',
    '19.11.2025',
    'Friday',
    'the 21st',
    '15:00',
    '14:30',
    '2:00',
    '2 am',
    '3 pm',
    'at 14',
    '14:00:30',
    'noon',
    'midnight',
    'half past two',
    'quarter to nine',
    'between 14:00 and 17:00',
    'from 2 pm to 6 pm',
    '9 to 5',
    '24/7',
    '25:00',
    '13 pm',
    // Disguises
    'twlvee hours',
    'twelvve hours',
    'tweleve hours',
    'tw elve hours',
    'twe-lve hours',
    't w e l v e hours',
    't-w-e-l-v-e hours',
    'twelve\u200b hours',
    'tw\u00adelve hours',
    'tw**el**ve hours',
    't\u0336w\u0336elve hours',
    'ｔｗｅｌｖｅ hours',
    'twełve hours',
    'twelvish hours',
    'twelvehours',
    'sixteenish',
    'fourty hours',
    'XII hours',
    'xii hours',
    'Ⅻ hours',
    'ⅻ hours',
    'Louis XIV',
    '⑫ hours',
    '１２ hours',
    '𝟏𝟐 hours',
    '١٢ hours',
    '१२ hours',
    '1\u200b2 hours',
    '1\u20602 hours',
    '1\ufeff2 hours',
    '1\u200a2 hours',
    'tw\ufeffelve hours',
    '1**2** hours',
    '1_2 hours',
    '`12` hours',
    '1️⃣2️⃣ hours',
    '🕛',
    '💯',
    '10² minutes',
    'H₂O',
    '十二 hours',
    'двенадцать часов',
    'twеlve hours', // a Cyrillic letter
    'doce horas',
    'zwölf Stunden',
    'douze heures',
    'dodici ore',
    'doze horas',
    'twaalf uur',
    'tolv timmar',
    'dwanaście godzin',
    'on iki saat',
    'dua belas jam',
    'junihitori 12ji',
    'b2b',
    'mp3 files',
    'twelve',
    '12',
    'nineteen ninety',
    'tens of events',
    'sixth',
    // Markup and addresses
    'https://evil.example/x',
    'http://evil.example',
    'www.evil.example',
    'evil.example',
    'see evil.example now',
    'github.com.evil.example',
    'evilgithub.com',
    'github.com/login',
    'github.com:8080',
    'user@github.com',
    'mailto:someone',
    'javascript:alert',
    'evil dot com',
    'evil。com',
    '![x](https://evil.example/x.png)',
    '[click here](evil)',
    '[click here]',
    '<b>bold</b>',
    '<img src=x onerror=y>',
    '&lt;b&gt;',
    '&#49;2 hours',
    'a | b',
    '{"summary":"x"}',
    'x = y',
    '\\u0031',
    'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'a ----- b',
  ])('should refuse "%s"', (figure) => {
    expect(isBelieved(`It was ${figure}.`)).toBe(false);
  });

  it('should say what is wrong in words of the answer', () => {
    expect(judge('You were active for about 6.5 hours on github.com.').faults).toEqual([
      { kind: 'number', excerpt: 'for about 6.5 hours on …', reason: 'a figure that equals none of the facts' },
    ]);
    expect(judge('Er war zwölf Stunden aktiv.').faults[0]).toMatchObject({ kind: 'language' });
    expect(judge('').faults[0]).toMatchObject({ kind: 'length' });
    expect(judge('word '.repeat(500)).faults[0]).toMatchObject({ kind: 'length' });
  });

  it('should answer plain text: no marks of Markdown, no invisible characters, one line', () => {
    const { text, faults } = judge(
      '## Summary\n- **You** were `active`\u202e for _375 minutes_.\r\n\r\n> Well\u200b done!',
    );
    expect(text).toBe('Summary You were active for 375 minutes. Well done!');
    expect(faults).toEqual([]);
  });

  it('should believe a name only as a whole, and none that is a figure itself', () => {
    const judgeNamed = (prose: string, names: string[]) => judgeProse(prose, ACTIVE, names).faults.length === 0;
    expect(judgeNamed('Most of it was 9gag.com.', ['9gag.com'])).toBe(true);
    expect(judgeNamed('Most of it was Blender3D.', ['Blender3D'])).toBe(true);
    expect(judgeNamed('Most of it was ürlaub.example.', ['ürlaub.example'])).toBe(true);
    expect(judgeNamed('Most of it was 12 hours.', ['12 hours'])).toBe(false);
    expect(judgeNamed('Most of it was twelve hours.', ['twelve hours', 'twelve', 'hours'])).toBe(false);
    expect(judgeNamed('Most of it was 12h.', ['12h'])).toBe(false);
    expect(judgeNamed('Most of it was 12.hours.', ['12.hours'])).toBe(false);
    expect(judgeNamed('It took 12 hours.', ['hours', '12'])).toBe(false);
    expect(judgeNamed('It took 80 %.', ['80 %', '%'])).toBe(false);
    expect(judgeNamed('See https://evil.example.', ['https://evil.example'])).toBe(false);
    expect(judgeNamed('See <b>.', ['<b>'])).toBe(false);
  });

  it('should let ranks be told where there are ranks', () => {
    const ranked: Fact[] = [{ value: 2, unit: 'rank' }];
    for (const prose of ['Second place.', 'Ben came second.', 'Ranked 2nd.', 'Rank 2 of all.', 'Number two.'])
      expect([prose, isBelieved(prose, ranked)]).toEqual([prose, true]);
    for (const prose of [
      'First place.',
      'Ben came first.',
      'Ranked 1st.',
      'Rank 1.',
      'Number one.',
      'Third.',
      '2 events.',
    ])
      expect([prose, isBelieved(prose, ranked)]).toEqual([prose, false]);
  });

  it('should believe averages only of facts that are averages', () => {
    const average: Fact[] = [
      { value: 6.25, unit: 'hours', label: 'average active hours a day' },
      { value: 43.75, unit: 'hours', label: 'active' },
    ];
    expect(isBelieved('6.25 hours a day, 43.75 hours in all', average)).toBe(true);
    expect(isBelieved('an average of 6 h 15 min', average)).toBe(true);
    expect(isBelieved('43.75 hours a day', average)).toBe(false);
  });

  it('should not hide most of a figure by rounding', () => {
    const short: Fact[] = [
      { value: 31, unit: 'minutes' },
      { value: 0.3, unit: 'percent' },
    ];
    expect(isBelieved('1 hour', short)).toBe(false);
    expect(isBelieved('0.5 hours', short)).toBe(true);
    expect(isBelieved('0 hours', short)).toBe(false);
    expect(isBelieved('0 %', short)).toBe(false);
  });
});
