/** Furthest instant that a date can hold, in epoch milliseconds either side of 1970 (ECMAScript, MongoDB dates). */
export const MAX_INSTANT = 8.64e15;

const DAY_MS = 86_400_000;
const LONGEST_TEXT = 64;
const ZERO = 48;
const NINE = 57;
const EPOCH_TEXT = /^-?\d{9,17}(?:\.\d+)?$/;
const EXPANDED_YEAR = /^[+-]\d{6}-/;

/**
 * Reads an instant as clients write it; the ingest path calls this for every event, hence no regular
 * expression and no object for the common forms.
 *
 * Accepted: ISO 8601 `YYYY-MM-DD`, or that and `HH:MM[:SS[.fff…]]` after `T` or a space, with `Z`, `+02:00`,
 * `+0200`, `+02`, ` UTC` or nothing (taken as UTC) at the end; six-digit signed years; epoch milliseconds as a
 * number or as text of 9 digits or more. Shorter digits are refused, because "2025" is a date being typed and
 * not two seconds after 1970; "0" alone is the epoch.
 *
 * Choices: `24:00:00` is midnight of the next day (ISO 8601); second 60 is read as second 59 (as Temporal does),
 * so that a leap second stays in its day; digits beyond milliseconds are cut off.
 *
 * @returns epoch milliseconds (UTC) within ±8.64e15, or `null` for anything else, impossible dates included.
 */
export function parseInstant(input: unknown): number | null {
  if (typeof input === 'string') return parseText(input);
  return typeof input === 'number' ? withinRange(Math.floor(input)) : null;
}

function parseText(text: string): number | null {
  const length = text.length;
  if (length < 10 || text.charCodeAt(4) !== 45 || text.charCodeAt(0) > NINE || text.charCodeAt(0) < ZERO) {
    return parseRareText(text);
  }
  const high = twoDigits(text, 0);
  const low = twoDigits(text, 2);
  return high < 0 || low < 0 ? null : parseAfterYear(text, 4, high * 100 + low);
}

function parseRareText(text: string): number | null {
  if (text.length > LONGEST_TEXT) return null;
  if (text === '0') return 0;
  if (EPOCH_TEXT.test(text)) return withinRange(Math.floor(Number(text)));
  if (!EXPANDED_YEAR.test(text) || text.startsWith('-000000')) return null;
  return parseAfterYear(text, 7, Number(text.slice(0, 7)));
}

/** `at` is the index of the dash after the year. */
function parseAfterYear(text: string, at: number, year: number): number | null {
  const length = text.length;
  const month = twoDigits(text, at + 1);
  const day = twoDigits(text, at + 4);
  if (text.charCodeAt(at + 3) !== 45 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
    return null;
  const midnight = daysSinceEpoch(year, month, day) * DAY_MS;
  let i = at + 6;
  if (i === length) return withinRange(midnight);
  if (length > LONGEST_TEXT) return null;

  const separator = text.charCodeAt(i);
  if (separator !== 84 && separator !== 32 && separator !== 116) return null;
  const hour = twoDigits(text, i + 1);
  const minute = twoDigits(text, i + 4);
  if (hour < 0 || hour > 24 || text.charCodeAt(i + 3) !== 58 || minute < 0 || minute > 59) return null;
  i += 6;

  let second = 0;
  let millisecond = 0;
  let fraction = false;
  if (text.charCodeAt(i) === 58) {
    second = twoDigits(text, i + 1);
    if (second < 0 || second > 60) return null;
    i += 3;
    const point = text.charCodeAt(i);
    if (point === 46 || point === 44) {
      const first = i + 1;
      let scale = 100;
      let digit = text.charCodeAt(++i);
      while (digit >= ZERO && digit <= NINE) {
        if (digit !== ZERO) fraction = true;
        millisecond += (digit - ZERO) * scale;
        scale = scale === 100 ? 10 : scale === 10 ? 1 : 0;
        digit = text.charCodeAt(++i);
      }
      if (i === first) return null;
    }
  }
  if (hour === 24 && (minute > 0 || second > 0 || fraction)) return null;
  const offset = i === length ? 0 : offsetMinutes(text, i);
  if (offset === null) return null;
  const clock = (hour * 60 + minute - offset) * 60_000 + (second === 60 ? 59 : second) * 1000 + millisecond;
  return withinRange(midnight + clock);
}

/** Minutes east of UTC of the offset that fills the text from `at` on. */
function offsetMinutes(text: string, at: number): number | null {
  const spaced = text.charCodeAt(at) === 32;
  const i = spaced ? at + 1 : at;
  const left = text.length - i;
  const sign = text.charCodeAt(i);
  if (left === 1 && (sign === 90 || sign === 122)) return 0;
  if (spaced && left === 3 && text.endsWith('UTC')) return 0;
  if (sign !== 43 && sign !== 45) return null;
  const hours = twoDigits(text, i + 1);
  let minutes = 0;
  if (left === 6 && text.charCodeAt(i + 3) === 58) minutes = twoDigits(text, i + 4);
  else if (left === 5) minutes = twoDigits(text, i + 3);
  else if (left !== 3) return null;
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return null;
  return sign === 43 ? hours * 60 + minutes : -(hours * 60 + minutes);
}

/** The two-digit number at `at`, or -1. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function withinRange(instant: number): number | null {
  return instant >= -MAX_INSTANT && instant <= MAX_INSTANT ? instant + 0 : null;
}
