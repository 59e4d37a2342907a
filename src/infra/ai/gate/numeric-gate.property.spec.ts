import fc from 'fast-check';
import type { Fact, FactUnit } from '../fact.js';
import { propertyRuns } from '../../../../test/support/property-runs.js';
import { judgeProse } from './numeric-gate.js';

const ONES =
  ' one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = '  twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/** 0 to 999,999, written independently of the gate. */
function spell(n: number): string {
  if (n === 0) return 'zero';
  if (n < 20) return ONES[n] ?? '';
  if (n < 100) return (TENS[Math.floor(n / 10)] ?? '') + (n % 10 === 0 ? '' : `-${ONES[n % 10]}`);
  if (n < 1000) return `${ONES[Math.floor(n / 100)]} hundred${n % 100 === 0 ? '' : ` and ${spell(n % 100)}`}`;
  return `${spell(Math.floor(n / 1000))} thousand${n % 1000 === 0 ? '' : `${n % 1000 < 100 ? ' and' : ''} ${spell(n % 1000)}`}`;
}

const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
const fullWidth = (text: string): string =>
  text.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
const arabic = (text: string): string => text.replace(/\d/g, (digit) => String.fromCodePoint(0x0660 + Number(digit)));
const split = (text: string, by: string): string => [...text].join(by);

/** A duration in prose: which minutes it shows, and the smallest difference that its writing shows. */
interface Writing {
  text: string;
  shown: number;
  step: number;
}

/** The ways in which minutes are written, from seconds to whole hours. */
function durations(minutes: number): Writing[] {
  const whole = Math.round(minutes);
  const [h, m] = [Math.floor(whole / 60), whole % 60];
  const inMinutes = [
    `${whole} minutes`,
    `${grouped(whole)} min`,
    `${spell(whole)} minutes`,
    `${fullWidth(String(whole))} minutes`,
    `${arabic(String(whole))} minutes`,
    `${split(String(whole), '\u200b')} minutes`,
    `${split(String(whole), '**')} minutes`,
    ...(h > 0
      ? [`${h} h ${m} min`, `${h}h${m}m`, `${h} hours and ${m} minutes`, `${spell(h)} hours and ${spell(m)} minutes`]
      : []),
    ...(h > 0 ? [`${h}:${String(m).padStart(2, '0')} h`] : []),
  ].map((text) => ({ text, shown: whole, step: 1 }));
  const inHours = [0, 1, 2].map((decimals) => {
    const shown = (minutes / 60).toFixed(decimals);
    return { text: `${shown} hours`, shown: Number(shown) * 60, step: 60 * 10 ** -decimals };
  });
  const seconds = Math.round(minutes * 60);
  const all = [...inMinutes, ...inHours, { text: `${grouped(seconds)} s`, shown: seconds / 60, step: 1 / 60 }];
  return all.filter(({ shown }) => shown > 0);
}

/** Up to the rounding shown; whole hours must not hide more than a twentieth. `null`: on the very edge of both. */
function isShownBy({ shown, step }: Writing, minutes: number): boolean | null {
  const difference = Math.abs(shown - minutes);
  const limit = step === 60 ? Math.min(step / 2, minutes / 20) : step / 2;
  return Math.abs(difference - limit) < 1e-6 ? null : difference < limit;
}

const FRAMES = [
  (figure: string) => `You were active for ${figure}.`,
  (figure: string) => `In all, about ${figure} went to reading; well done`,
  (figure: string) => `${figure} of work came first, then a break.`,
  (figure: string) => `Your day had **${figure}** of focus (mostly in the morning).`,
];
const frame = fc.constantFrom(...FRAMES);
const believes = (text: string, facts: Fact[], names: string[] = []): boolean =>
  judgeProse(text, facts, names).faults.length === 0;

const SITES = ['github.com', '9gag.com', 'docs.python.org', 'news.example', 'gist.github.com'];
/** Sentences that say whose a figure is. */
const OF_SITE = [
  (figure: string, site: string) => `You spent ${figure} on ${site}.`,
  (figure: string, site: string) => `${site} took ${figure}.`,
  (figure: string, site: string) => `Much of it went to ${site} (${figure}), as usual.`,
  (figure: string, site: string) => `On ${site} you spent about ${figure}.`,
  (figure: string, site: string) => `${figure} went to ${site}, and the rest to other sites.`,
  (figure: string, site: string) => `${site} accounted for ${figure}.`,
  (figure: string, site: string) => `${figure} of your time went to ${site}.`,
  (figure: string, site: string) => `There were ${figure} spent on ${site} in the morning.`,
];
/** Sentences with figures of three sites and of all; each figure is where it belongs. */
const OF_SITES = [
  (all: string, [a, b]: string[][]) =>
    `You browsed for ${all}, most of it on ${a![0]} (${a![1]}), then on ${b![0]} (${b![1]}).`,
  (all: string, [a, b, c]: string[][]) =>
    `${a![0]} led with ${a![1]}, followed by ${b![0]} at ${b![1]} and ${c![0]} with ${c![1]}; in all it was ${all}.`,
  (all: string, [a, b]: string[][]) => `Of the ${all} you browsed, ${a![1]} went to ${a![0]} and ${b![1]} to ${b![0]}.`,
  (all: string, [a, b, c]: string[][]) =>
    `You spent ${a![1]} on ${a![0]}, ${b![1]} on ${b![0]} and ${c![1]} on ${c![0]}, which makes ${all}.`,
  (all: string, [a]: string[][]) => `In all you browsed for ${all} with ${a![0]} at the top.`,
  (all: string, [a]: string[][]) => `You browsed for ${all} with ${a![0]} taking most of it, ${a![1]}.`,
  (all: string, [a, b]: string[][]) => `${a![0]}: ${a![1]}, ${b![0]}: ${b![1]}, all sites: ${all}.`,
  (all: string, [a, b]: string[][]) => `You browsed for ${all} on ${a![0]}, ${b![0]} and other sites.`,
  (all: string, [a, b]: string[][]) => `${a![0]} was ahead of ${b![0]}, and you were active for ${all}.`,
];

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

function dates(time: Date): { text: string; isOf: (other: Date) => boolean }[] {
  const [year, month, day] = [time.getUTCFullYear(), MONTHS[time.getUTCMonth()], time.getUTCDate()];
  const ending = day % 100 > 10 && day % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th');
  const inYear = [`${day} ${month}`, `${month} ${day}`, `${month} ${day}${ending}`, `the ${day}${ending} of ${month}`];
  const exact = [
    time.toISOString().slice(0, 10),
    `${day} ${month} ${year}`,
    `${month} ${day}, ${year}`,
    `${month} ${day}${ending}, ${year}`,
  ];
  const sameDay = (other: Date): boolean => other.getUTCMonth() === time.getUTCMonth() && other.getUTCDate() === day;
  return [
    ...inYear.map((text) => ({ text, isOf: sameDay })),
    ...exact.map((text) => ({ text, isOf: (other: Date) => other.getTime() === time.getTime() })),
    { text: WEEKDAYS[time.getUTCDay()]!, isOf: (other: Date) => other.getUTCDay() === time.getUTCDay() },
    {
      text: `${month} ${year}`,
      isOf: (other: Date) => other.toISOString().slice(0, 7) === time.toISOString().slice(0, 7),
    },
  ];
}

function clocks(minuteOfDay: number): string[] {
  const [h, m] = [Math.floor(minuteOfDay / 60), String(minuteOfDay % 60).padStart(2, '0')];
  const half = h < 12 ? 'am' : 'pm';
  const hour = h % 12 === 0 ? 12 : h % 12;
  return [
    `${h}:${m}`,
    `${String(h).padStart(2, '0')}:${m}`,
    `${hour}:${m} ${half}`,
    `${hour}:${m}${half}`,
    `${hour}:${m} ${half === 'am' ? 'a.m.' : 'p.m.'}`,
    ...(m === '00' ? [`${hour} ${half}`, `${hour}${half}`] : []),
  ];
}

describe('the numeric gate, for any figure', () => {
  it('T17 should believe a duration in every writing up to the rounding shown, and no other one', () => {
    const tenths = fc.integer({ min: 10, max: 59_999 }).map((n) => n / 10);
    const near = fc.integer({ min: -60, max: 60 }).map((n) => n / 10);
    fc.assert(
      fc.property(tenths, fc.oneof(tenths, near), frame, fc.boolean(), (fact, other, sentence, isNear) => {
        const facts: Fact[] = [{ value: fact, unit: 'minutes' }];
        const said = isNear ? Math.max(1, fact + (other % 7)) : Math.abs(other) + 1;
        for (const writing of [...durations(fact), ...durations(said)]) {
          const expected = isShownBy(writing, fact);
          if (expected === null) continue;
          expect([fact, writing.text, believes(sentence(writing.text), facts)]).toEqual([fact, writing.text, expected]);
        }
      }),
      propertyRuns(200),
    );
  });

  it('should believe of a site what is of that site, and no figure of another one', () => {
    const minutes = fc.array(fc.integer({ min: 10, max: 59_999 }), { minLength: 5, maxLength: 5 });
    const sentence = fc.constantFrom(...OF_SITE);
    const isPercent = fc.boolean();
    fc.assert(
      fc.property(minutes, sentence, isPercent, fc.nat(4), fc.nat(4), (tenths, told, percent, mine, theirs) => {
        const values = tenths.map((n) => (percent ? (n % 1000) / 10 + 1 : n / 10));
        const unit = percent ? ('percent' as const) : ('minutes' as const);
        const facts = SITES.map((site, i): Fact => ({ value: values[i]!, unit, label: `time on ${site}` }));
        facts.push({ value: 7777, unit, label: 'total' });
        const writings = (value: number): Writing[] =>
          percent
            ? [`${value.toFixed(1)} %`, `${value.toFixed(1)}%`, `${value.toFixed(1)} percent`].map((text) => ({
                text,
                shown: value,
                step: 0.1,
              }))
            : durations(value);
        for (const writing of [...writings(values[mine]!), ...writings(values[theirs]!)]) {
          const text = told(writing.text, SITES[mine]!);
          const expected = isShownBy(writing, values[mine]!);
          if (expected !== null) expect([values, text, believes(text, facts, SITES)]).toEqual([values, text, expected]);
        }
      }),
      propertyRuns(200),
    );
  });

  it('should believe sentences with figures of several sites', () => {
    const minutes = fc.array(fc.integer({ min: 1, max: 5999 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        minutes,
        fc.constantFrom(...OF_SITES),
        fc.nat(3),
        fc.shuffledSubarray(SITES, { minLength: 3, maxLength: 3 }),
        (values, told, writing, sites) => {
          const total = values.reduce((sum, value) => sum + value);
          const facts: Fact[] = [
            { value: total, unit: 'minutes', label: 'total' },
            ...sites.map((site, i): Fact => ({ value: values[i]!, unit: 'minutes', label: `time on ${site}` })),
          ];
          const write = (value: number): string =>
            durations(value)
              .filter(({ step }) => step === 1)
              .at(writing - 4)!.text;
          const text = told(
            write(total),
            sites.map((site, i) => [site, write(values[i]!)]),
          );
          expect([text, judgeProse(text, facts, SITES).faults]).toEqual([text, []]);
        },
      ),
      propertyRuns(300),
    );
  });

  it('should believe a date in every writing, and no other one', () => {
    const day = fc.integer({ min: 0, max: 800 }).map((n) => new Date(Date.UTC(2024, 11, 1) + n * 86_400_000));
    fc.assert(
      fc.property(day, day, (fact, said) => {
        const facts: Fact[] = [{ date: fact.toISOString().slice(0, 10) }];
        for (const { text, isOf } of [...dates(fact), ...dates(said)]) {
          const prose = `Your busiest day was ${text}, by far.`;
          expect([facts, prose, believes(prose, facts)]).toEqual([facts, prose, isOf(fact)]);
        }
      }),
      propertyRuns(200),
    );
  });

  it('should believe a time of day in every writing, and no other one', () => {
    const minute = fc.integer({ min: 0, max: 1439 });
    const hour = fc.integer({ min: 0, max: 23 });
    fc.assert(
      fc.property(minute, minute, hour, hour, (fact, said, busiest, saidHour) => {
        const facts: Fact[] = [
          { value: fact, unit: 'minuteOfDay' },
          { value: busiest, unit: 'hourOfDay' },
        ];
        for (const time of [fact, said, busiest * 60, saidHour * 60]) {
          for (const text of clocks(time)) {
            const prose = `It began at ${text}, as on most days.`;
            const expected = time === fact || time === busiest * 60;
            expect([facts, prose, believes(prose, facts)]).toEqual([facts, prose, expected]);
          }
        }
        for (const start of [busiest, saidHour]) {
          for (const end of [start + 1, start + 2]) {
            const [from, to] = [clocks(start * 60)[1], clocks((end % 24) * 60)[1]];
            const expected =
              (start === busiest && end === start + 1) ||
              [start, end % 24].every((h) => h === busiest || h * 60 === fact);
            for (const prose of [`It was busiest between ${from} and ${to}.`, `Most came from ${from} to ${to}.`])
              expect([facts, prose, believes(prose, facts)]).toEqual([facts, prose, expected]);
          }
        }
      }),
      propertyRuns(200),
    );
  });

  it('should believe what is rounded to the digits shown, and nothing beyond half of the last digit', () => {
    const cents = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(cents, fc.integer({ min: 0, max: 2 }), fc.integer({ min: -20, max: 20 }), (raw, decimals, off) => {
        const value = raw / 100;
        const facts: Fact[] = [{ value, unit: 'percent' }];
        const step = 10 ** -decimals;
        const shown = Math.round(value / step + off / 10) * step;
        fc.pre(shown > 0);
        const isClose = Math.abs(shown - value) <= step / 2 + 1e-9;
        fc.pre(Math.abs(Math.abs(shown - value) - step / 2) > 1e-6);
        expect(believes(`It was ${shown.toFixed(decimals)} % of it.`, facts)).toBe(isClose);
      }),
      propertyRuns(500),
    );
  });

  it('should believe a count in digits and words, and no other one', () => {
    const count = fc.integer({ min: 0, max: 999_999 });
    const writings = (n: number): string[] => [
      String(n),
      grouped(n),
      spell(n),
      fullWidth(String(n)),
      spell(n).toUpperCase(),
    ];
    fc.assert(
      fc.property(count, count, (fact, said) => {
        const facts: Fact[] = [{ value: fact, unit: 'count', label: 'events' }];
        for (const text of writings(fact))
          expect([text, believes(`There were ${text} events.`, facts)]).toEqual([text, true]);
        if (said === fact) return;
        for (const text of writings(said))
          expect([text, believes(`There were ${text} events.`, facts)]).toEqual([text, false]);
      }),
      propertyRuns(300),
    );
  });

  it('should not take a figure for one of another unit', () => {
    const written: Partial<Record<FactUnit, (n: number) => string>> = {
      minutes: (n) => `${n} minutes`,
      hours: (n) => `${n}.0 hours`,
      percent: (n) => `${n} %`,
      count: (n) => `${n} events`,
      score: (n) => `a score of ${n}`,
      days: (n) => `${n} days`,
      rank: (n) => `rank ${n}`,
      hourOfDay: (n) => `${n}:00`,
    };
    const units = fc.constantFrom(...(Object.keys(written) as FactUnit[]));
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 23 }), units, units, (n, unit, said) => {
        const text = `It was ${written[said]?.(n)} then.`;
        expect([text, believes(text, [{ value: n, unit }])]).toEqual([text, unit === said]);
      }),
      propertyRuns(400),
    );
  });

  it('should see every digit: no text with digits passes without facts', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'hours',
        'about',
        'the',
        'of',
        'and',
        '-',
        '/',
        ':',
        ',',
        'pm',
        '%',
        'github',
        '(',
        'x',
        'h',
        'day',
      ),
      fc.string({ maxLength: 4 }),
    );
    const digits = fc.integer({ min: 0, max: 99_999 }).map(String);
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 6 }),
        digits,
        fc.array(piece, { maxLength: 6 }),
        (before, number, after) => {
          const text = [...before, number, ...after].join(' ');
          expect([text, believes(text, [])]).toEqual([text, false]);
        },
      ),
      propertyRuns(2000),
    );
  });

  it('should never throw, and be quick, whatever the text', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 3000, unit: 'binary' }),
      fc.string({ maxLength: 300, unit: 'grapheme' }),
    );
    const started = performance.now();
    fc.assert(
      fc.property(text, (prose) => void judgeProse(prose, [{ value: 3, unit: 'count' }], ['9gag.com', prose])),
      { numRuns: 500 },
    );
    for (const unit of ['a', '1', '1,', 'a.', '-', '1/', 'one ', '((', '\u200b', 'hundred ', 'a1'])
      judgeProse(unit.repeat(2000 / unit.length), [], [unit.repeat(100)]);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
