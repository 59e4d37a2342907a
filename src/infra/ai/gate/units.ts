/** Seconds in a unit of duration, by its words. */
export const DURATION_UNITS: ReadonlyMap<string, number> = new Map([
  ...['s', 'sec', 'secs', 'second', 'seconds'].map((word): [string, number] => [word, 1]),
  ...['m', 'min', 'mins', 'minute', 'minutes'].map((word): [string, number] => [word, 60]),
  ...['h', 'hr', 'hrs', 'hour', 'hours'].map((word): [string, number] => [word, 3600]),
]);

/** Days in a unit of calendar time. */
export const DAY_UNITS: ReadonlyMap<string, number> = new Map([
  ['day', 1],
  ['days', 1],
  ['d', 1],
  ['week', 7],
  ['weeks', 7],
  ['wk', 7],
  ['wks', 7],
]);

export const PERCENT_WORDS: ReadonlySet<string> = new Set(['%', 'percent', 'pct', 'percentage', 'pc']);

/** Units that no fact has; a number with one of them is wrong whatever its value. */
export const OTHER_UNITS: ReadonlySet<string> = new Set(
  (
    'ms millisecond milliseconds month months year years yr yrs quarter quarters night nights morning mornings evening evenings ' +
    'afternoon afternoons weekend weekends workday workdays weekday weekdays shift shifts km kilometre kilometres kilometer ' +
    'kilometers mile miles meter meters metre metres foot feet inch inches cm mm kg kilo kilos gram grams lb lbs pound pounds ' +
    'kb mb gb tb byte bytes kilobyte kilobytes megabyte megabytes gigabyte gigabytes bit bits dollar dollars usd eur euro euros ' +
    'cent cents gbp yen rupee rupees degree degrees celsius fahrenheit bpm kcal calorie calories watt watts volt volts hz khz ' +
    'mhz ghz fps px pixel pixels rpm mph kmh permille ppm stars star'
  ).split(' '),
);

/** Words for the unit of a count of nothing but itself, which may follow a score. */
export const SCORE_WORDS: ReadonlySet<string> = new Set(['score', 'scores', 'scored', 'point', 'points']);

export function isUnitWord(word: string): boolean {
  return (
    DURATION_UNITS.has(word) ||
    DAY_UNITS.has(word) ||
    PERCENT_WORDS.has(word) ||
    OTHER_UNITS.has(word) ||
    word === 'am' ||
    word === 'pm'
  );
}
