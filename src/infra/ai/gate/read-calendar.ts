import { refused, type Claim } from './claim.js';
import { readCardinal } from './cardinals.js';
import { MONTH_NUMBERS, ORDINALS, SMALL_NUMBERS, TENS, WEEKDAY_NUMBERS } from './number-words.js';
import type { TokenList } from './tokens.js';
import { DURATION_UNITS } from './units.js';

const HOUR_WORDS = ['h', 'hr', 'hrs', 'hour', 'hours'];
// Short months and months that are English words mean a month only beside a day or a year.
const AMBIGUOUS_MONTHS = new Set([
  'may',
  'march',
  'mar',
  'dec',
  'jan',
  'sep',
  'sept',
  'oct',
  'nov',
  'jun',
  'jul',
  'apr',
  'feb',
  'aug',
]);

/** Dates, times of day and weekdays. */
export function readCalendar(list: TokenList, at: number): Claim | undefined {
  const token = list.at(at);
  if (token?.kind === 'date') return readIsoDate(list, at);
  if (token?.kind === 'clock') return readClock(list, at);
  if (token?.kind === 'word') {
    return readMonthFirst(list, at) ?? readWeekday(list, at) ?? readClockWords(list, at);
  }
  return undefined;
}

function readIsoDate(list: TokenList, at: number): Claim {
  const following = list.at(at + 1);
  if (following?.isGlued === true && (following.kind === 'word' || following.kind === 'number'))
    return refused('a date that goes on', at, at + 2);
  return { kind: 'date', value: 0, step: 0, date: list.text(at), from: at, next: at + 1 };
}

/** `14:30`, `2:30 pm`; `1:30 h` is a duration, "the 14:00 hour" is not. Seconds are not among the facts. */
function readClock(list: TokenList, at: number): Claim {
  const [first = 0, second = 0, third] = list.text(at).split(':').map(Number);
  if (third !== undefined || second > 59) return refused('a time with seconds', at, at + 1);
  const isNamed = list.isWord(at + 1, 'hour') && list.isWord(at - 1, 'the', 'your', 'this', 'that');
  if (list.isWord(at + 1, ...HOUR_WORDS) && !isNamed) {
    return { kind: 'duration', value: first * 3600 + second * 60, step: 60, from: at, next: at + 2 };
  }
  return clock(list, at, at + 1, first, second);
}

/** A time of day with what may follow it: "am", "pm". */
export function clock(list: TokenList, from: number, next: number, hour: number, minute: number): Claim {
  if (list.isWord(next, 'am', 'pm')) {
    if (hour < 1 || hour > 12) return refused('a time that no clock shows', from, next + 1);
    const value = ((hour % 12) + (list.text(next) === 'pm' ? 12 : 0)) * 60 + minute;
    return { kind: 'clock', value, step: 1, from, next: next + 1 };
  }
  if (hour > 24) return refused('a time that no clock shows', from, next);
  return { kind: 'clock', value: (hour * 60 + minute) % 1440, step: 1, from, next };
}

/** "November 19", "November 19th, 2025", "Nov 2025", "November". */
function readMonthFirst(list: TokenList, at: number): Claim | undefined {
  const month = MONTH_NUMBERS.get(list.text(at));
  if (month === undefined) return undefined;
  const dot = list.isSign(at + 1, '.') && list.text(at).length < 5 ? 1 : 0;
  const the = list.isWord(at + 1 + dot, 'the') ? 1 : 0;
  const day = readDayOfMonth(list, at + 1 + dot + the);
  if (day !== undefined && day.value <= 31) return withYear(list, at, day.next, month, day.value);
  const year = readYear(list, at + 1 + dot);
  if (year !== undefined) return { kind: 'month', value: month, step: 0, second: year, from: at, next: at + 2 + dot };
  if (AMBIGUOUS_MONTHS.has(list.text(at))) return undefined;
  return { kind: 'month', value: month, step: 0, from: at, next: at + 1 };
}

/** A day that a month follows: "19 November 2025", "the 19th of November". `dayEnd` stands after the number or its "th". */
export function readDayBeforeMonth(list: TokenList, from: number, dayEnd: number, day: number): Claim | undefined {
  const monthAt = list.isWord(dayEnd, 'of') ? dayEnd + 1 : dayEnd;
  const month = MONTH_NUMBERS.get(list.text(monthAt));
  if (month === undefined) return undefined;
  return withYear(list, from, monthAt + 1, month, day);
}

function withYear(list: TokenList, from: number, next: number, month: number, day: number): Claim {
  const yearAt = list.isSign(next, ',') ? next + 1 : next;
  const year = readYear(list, yearAt);
  if (year === undefined) return { kind: 'monthDay', value: month, step: 0, second: day, from, next };
  const date = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  return { kind: 'date', value: 0, step: 0, date, from, next: yearAt + 1 };
}

function readYear(list: TokenList, at: number): number | undefined {
  const token = list.at(at);
  return token?.kind === 'number' && /^(?:19|20)\d\d$/.test(token.raw) ? Number(token.raw) : undefined;
}

function readDayOfMonth(list: TokenList, at: number): { value: number; next: number } | undefined {
  const token = list.at(at);
  if (token?.kind === 'number' && /^\d{1,2}$/.test(token.raw)) {
    const isOrdinal = list.isWord(at + 1, 'st', 'nd', 'rd', 'th') && list.at(at + 1)?.isGlued === true;
    return { value: Number(token.raw), next: at + (isOrdinal ? 2 : 1) };
  }
  return readOrdinalWord(list, at) ?? spelledDay(list, at);
}

function spelledDay(list: TokenList, at: number): { value: number; next: number } | undefined {
  const isSpelled = SMALL_NUMBERS.has(list.text(at)) || TENS.has(list.text(at));
  return isSpelled ? readCardinal(list, at) : undefined;
}

/** "third", "twenty-first". */
export function readOrdinalWord(list: TokenList, at: number): { value: number; next: number } | undefined {
  const simple = ORDINALS.get(list.text(at));
  if (simple !== undefined) return { value: simple, next: at + 1 };
  const tens = TENS.get(list.text(at));
  const onesAt = list.isSign(at + 1, '-') ? at + 2 : at + 1;
  const ones = tens === undefined ? undefined : ORDINALS.get(list.text(onesAt));
  return tens !== undefined && ones !== undefined && ones < 10 ? { value: tens + ones, next: onesAt + 1 } : undefined;
}

function readWeekday(list: TokenList, at: number): Claim | undefined {
  const value = WEEKDAY_NUMBERS.get(list.text(at));
  return value === undefined ? undefined : { kind: 'weekday', value, step: 0, from: at, next: at + 1 };
}

/** "noon", "midnight", "half past two", "quarter to nine", "ten past five". */
function readClockWords(list: TokenList, at: number): Claim | undefined {
  if (list.isWord(at, 'noon', 'midday')) return { kind: 'clock', value: 720, step: 1, from: at, next: at + 1 };
  if (list.isWord(at, 'midnight')) return { kind: 'clock', value: 0, step: 1, from: at, next: at + 1 };
  const minutes = minutesBeforeHour(list, at);
  if (minutes === undefined || !list.isWord(minutes.next, 'past', 'to', 'after', 'before')) return undefined;
  const hour = readCardinal(list, minutes.next + 1);
  if (hour === undefined || !Number.isInteger(hour.value) || hour.value > 24) return undefined;
  // "ten to twelve hours", "five to 10 minutes" are ranges.
  if (minutes.isNumber && !list.isWord(minutes.next, 'past')) return undefined;
  if (DURATION_UNITS.has(list.text(hour.next))) return undefined;
  const isPast = list.isWord(minutes.next, 'past', 'after');
  const total = hour.value * 60 + (isPast ? minutes.value : -minutes.value);
  return clock(list, at, hour.next, Math.floor(total / 60), ((total % 60) + 60) % 60);
}

function minutesBeforeHour(
  list: TokenList,
  at: number,
): { value: number; next: number; isNumber: boolean } | undefined {
  const start = list.isWord(at, 'a') ? at + 1 : at;
  if (list.isWord(start, 'half')) return { value: 30, next: start + 1, isNumber: false };
  if (list.isWord(start, 'quarter')) return { value: 15, next: start + 1, isNumber: false };
  const cardinal = readCardinal(list, at);
  return cardinal && { value: cardinal.value, next: cardinal.next, isNumber: true };
}
