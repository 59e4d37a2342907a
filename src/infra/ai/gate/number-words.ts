/** Cardinals below a hundred that are one word. */
export const SMALL_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['zero', 0],
  ['one', 1],
  ['two', 2],
  ['three', 3],
  ['four', 4],
  ['five', 5],
  ['six', 6],
  ['seven', 7],
  ['eight', 8],
  ['nine', 9],
  ['ten', 10],
  ['eleven', 11],
  ['twelve', 12],
  ['thirteen', 13],
  ['fourteen', 14],
  ['fifteen', 15],
  ['sixteen', 16],
  ['seventeen', 17],
  ['eighteen', 18],
  ['nineteen', 19],
]);

export const TENS: ReadonlyMap<string, number> = new Map([
  ['twenty', 20],
  ['thirty', 30],
  ['forty', 40],
  ['fifty', 50],
  ['sixty', 60],
  ['seventy', 70],
  ['eighty', 80],
  ['ninety', 90],
]);

export const SCALES: ReadonlyMap<string, number> = new Map([
  ['dozen', 12],
  ['hundred', 100],
  ['thousand', 1000],
  ['million', 1_000_000],
  ['billion', 1_000_000_000],
]);

const BASE_ORDINALS: [string, number][] = [
  ['first', 1],
  ['second', 2],
  ['third', 3],
  ['fourth', 4],
  ['fifth', 5],
  ['sixth', 6],
  ['seventh', 7],
  ['eighth', 8],
  ['ninth', 9],
  ['tenth', 10],
  ['eleventh', 11],
  ['twelfth', 12],
  ['thirteenth', 13],
  ['fourteenth', 14],
  ['fifteenth', 15],
  ['sixteenth', 16],
  ['seventeenth', 17],
  ['eighteenth', 18],
  ['nineteenth', 19],
  ['twentieth', 20],
  ['thirtieth', 30],
  ['fortieth', 40],
  ['fiftieth', 50],
  ['sixtieth', 60],
  ['seventieth', 70],
  ['eightieth', 80],
  ['ninetieth', 90],
  ['hundredth', 100],
  ['thousandth', 1000],
];
export const ORDINALS: ReadonlyMap<string, number> = new Map(BASE_ORDINALS);

/** Denominators: "a third", "two fifths", "three quarters". */
export const DENOMINATORS: ReadonlyMap<string, number> = new Map([
  ['half', 2],
  ['halves', 2],
  ['quarter', 4],
  ['quarters', 4],
  ...BASE_ORDINALS.filter(([, value]) => value > 2).flatMap(([word, value]): [string, number][] => [
    [word, value],
    [`${word}s`, value],
  ]),
]);

/** Words that multiply: "twice", "doubled", "tenfold". */
export const MULTIPLIERS: ReadonlyMap<string, number> = new Map([
  ['twice', 2],
  ['thrice', 3],
  ['double', 2],
  ['doubles', 2],
  ['doubled', 2],
  ['doubling', 2],
  ['triple', 3],
  ['triples', 3],
  ['tripled', 3],
  ['tripling', 3],
  ['treble', 3],
  ['trebled', 3],
  ['quadruple', 4],
  ['quadrupled', 4],
  ['quintuple', 5],
  ['quintupled', 5],
  ['halve', 0.5],
  ['halves', 0.5],
  ['halved', 0.5],
  ['halving', 0.5],
]);

/** Amounts that no exact figure can stand behind, or that stand for one in disguise: always refused. */
export const VAGUE_AMOUNTS: ReadonlySet<string> = new Set(
  (
    'tens dozens hundreds thousands millions billions trillion trillions zillion twos threes fours fives sixes sevens ' +
    'eights nines twenties thirties forties fifties sixties seventies eighties nineties teens fortnight fortnights decade ' +
    'decades century centuries nil nought naught zilch nada duo trio quartet quintet sextet octet gross ' +
    'percentile percentiles quartile quartiles decile deciles umpteen umpteenth'
  ).split(' '),
);

/** How people write numbers wrong and readers still see them. */
export const MISSPELT_NUMBERS: ReadonlySet<string> = new Set(
  'fourty ninty eigth eigt hundered hunderd thousend tousand twelv twelth elleven sevn thre fiv'.split(' '),
);

export const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
] as const;

/** 1 to 12 by full name or the usual short ones. */
export const MONTH_NUMBERS: ReadonlyMap<string, number> = new Map(
  MONTHS.flatMap((name, i): [string, number][] => [
    [name, i + 1],
    [name.slice(0, 3), i + 1],
    ...(name === 'september' ? [['sept', 9] as [string, number]] : []),
  ]),
);

/** ISO weekday by name. Short forms that are English words ("sun", "sat", "wed", "mon") are left out. */
export const WEEKDAY_NUMBERS: ReadonlyMap<string, number> = new Map(
  [
    ['monday', 'mondays'],
    ['tuesday', 'tuesdays', 'tue', 'tues'],
    ['wednesday', 'wednesdays'],
    ['thursday', 'thursdays', 'thu', 'thur', 'thurs'],
    ['friday', 'fridays', 'fri'],
    ['saturday', 'saturdays'],
    ['sunday', 'sundays'],
  ].flatMap((names, i) => names.map((name): [string, number] => [name, i + 1])),
);

export function isNumberWord(word: string): boolean {
  return (
    SMALL_NUMBERS.has(word) ||
    TENS.has(word) ||
    SCALES.has(word) ||
    ORDINALS.has(word) ||
    DENOMINATORS.has(word) ||
    MULTIPLIERS.has(word) ||
    VAGUE_AMOUNTS.has(word) ||
    MISSPELT_NUMBERS.has(word)
  );
}
