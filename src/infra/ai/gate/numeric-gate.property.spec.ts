import fc from 'fast-check';
import type { Fact, FactUnit } from '../fact.js';
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

/** All the ways in which a whole number of minutes is written. */
function durations(minutes: number): string[] {
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  const hours = minutes / 60;
  return [
    `${minutes} minutes`,
    `${grouped(minutes)} min`,
    `${spell(minutes)} minutes`,
    `${fullWidth(String(minutes))} minutes`,
    `${arabic(String(minutes))} minutes`,
    `${split(String(minutes), '\u200b')} minutes`,
    `${split(String(minutes), '**')} minutes`,
    `${grouped(minutes * 60)} seconds`,
    ...(h > 0
      ? [`${h} h ${m} min`, `${h}h${m}m`, `${h} hours and ${m} minutes`, `${spell(h)} hours and ${spell(m)} minutes`]
      : []),
    ...(h > 0 ? [`${h}:${String(m).padStart(2, '0')} h`] : []),
    ...(Number(hours.toFixed(2)) === hours ? [`${hours} hours`] : []),
  ];
}

const FRAMES = [
  (figure: string) => `You were active for ${figure}.`,
  (figure: string) => `In all, about ${figure} went to reading; well done`,
  (figure: string) => `${figure} of work came first, then a break.`,
  (figure: string) => `Your day had **${figure}** of focus (mostly in the morning).`,
];
const frame = fc.constantFrom(...FRAMES);
const believes = (text: string, facts: Fact[]): boolean => judgeProse(text, facts).faults.length === 0;

describe('the numeric gate, for any figure', () => {
  it('T17 should believe a duration in every writing, and no other one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5999 }),
        fc.integer({ min: 1, max: 5999 }),
        frame,
        (fact, said, sentence) => {
          const facts: Fact[] = [{ value: fact, unit: 'minutes' }];
          for (const figure of durations(fact))
            expect([figure, believes(sentence(figure), facts)]).toEqual([figure, true]);
          // A tenth of an hour is the coarsest that is written: figures within half of it may look the same.
          if (Math.abs(said - fact) <= 3) return;
          for (const figure of durations(said))
            expect([figure, believes(sentence(figure), facts)]).toEqual([figure, false]);
        },
      ),
      { numRuns: 200 },
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
      { numRuns: 500 },
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
      { numRuns: 300 },
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
      { numRuns: 400 },
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
      { numRuns: 2000 },
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
