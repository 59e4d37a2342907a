import { isNumberWord } from './number-words.js';
import type { TokenList } from './tokens.js';
import { DAY_UNITS, DURATION_UNITS, OTHER_UNITS, PERCENT_WORDS, SCORE_WORDS } from './units.js';

/** How many words may stand between a number and its unit ("375 fully active minutes"). */
const REACH = 4;

// Behind these begins another thought, and a unit there belongs to something else.
const BOUNDARIES = new Set(
  (
    'in on at for with from by to into over across during within through until since before after between against about ' +
    'and or but than then that which who while when where as is are was were be been being am has have had do does did ' +
    'came come comes went go goes spent took take takes makes made make means per if so because including plus not ' +
    'compared up down under above below around near versus vs rather this each every'
  ).split(' '),
);
// "12 of your hours": these do not end the search.
const PASSED = new Set('of the your his her their its our my these those all a an'.split(' '));
const DETERMINERS = new Set('the your his her their its our my these those a an'.split(' '));

/** Whether another thought begins with this word. */
export function isBoundary(word: string): boolean {
  return BOUNDARIES.has(word);
}

const SINGULAR_UNITS = new Set(
  'hour minute second day week month year night morning evening afternoon weekend'.split(' '),
);

export interface FoundUnit {
  kind: 'duration' | 'days' | 'percent' | 'other' | 'score';
  /** Seconds or days in one. */
  scale: number;
  next: number;
  /** Nothing stands between it and the number. */
  isAdjacent: boolean;
}

/** The unit of the number that ends before `at`. */
export function findUnit(list: TokenList, at: number): FoundUnit | undefined {
  for (let i = at, words = 0; i < list.length && words < REACH; i++) {
    const token = list.at(i);
    if (token === undefined || token.kind === 'name') return undefined;
    if (token.kind === 'sign') {
      if (token.text === '%') return { kind: 'percent', scale: 1, next: i + 1, isAdjacent: i === at };
      if (token.text === '-' || token.text === '"' || token.text === '(') continue;
      return undefined;
    }
    if (token.kind !== 'word' || BOUNDARIES.has(token.text)) return undefined;
    // "12 of your hours", but "from 57.15 the week before"
    if (DETERMINERS.has(token.text) && !list.isWord(i - 1, 'of', 'all')) return undefined;
    const unit = unitOf(token.text);
    if (unit !== undefined) {
      // A single letter is a unit only where it touches the number or stands right behind it.
      if (token.text.length === 1 && i !== at) return undefined;
      const isAdjacent = i === at || (i === at + 1 && list.isSign(at, '-'));
      return { ...unit, next: i + 1, isAdjacent };
    }
    if (isNumberWord(token.text)) return undefined;
    if (!PASSED.has(token.text)) words++;
  }
  return undefined;
}

function unitOf(word: string): Pick<FoundUnit, 'kind' | 'scale'> | undefined {
  const seconds = DURATION_UNITS.get(word);
  if (seconds !== undefined) return { kind: 'duration', scale: seconds };
  const days = DAY_UNITS.get(word);
  if (days !== undefined) return { kind: 'days', scale: days };
  if (PERCENT_WORDS.has(word)) return { kind: 'percent', scale: 1 };
  return OTHER_UNITS.has(word) ? { kind: 'other', scale: 1 } : undefined;
}

/** What is counted: up to two words right behind the number, before another thought begins. */
export function followingNouns(list: TokenList, at: number): string[] {
  const nouns: string[] = [];
  for (let i = at; i < at + 4 && nouns.length < 3; i++) {
    const token = list.at(i);
    if (token?.kind === 'sign' && token.text === '-' && nouns.length > 0) continue;
    if (token?.kind !== 'word' || BOUNDARIES.has(token.text)) break;
    if (DETERMINERS.has(token.text) && !list.isWord(i - 1, 'of', 'all')) break;
    if (!PASSED.has(token.text)) nouns.push(token.text);
  }
  return nouns;
}

/** The nearest word of a unit before a number that has none behind it: "hours worked: 12", "a score of 43.75". */
export function precedingUnit(list: TokenList, at: number): FoundUnit | undefined {
  for (let i = at - 1; i >= 0 && i >= at - 10; i--) {
    const token = list.at(i);
    if (token === undefined || (token.kind === 'sign' && /[.;!?]/.test(token.text))) return undefined;
    // Its unit has been used by the number before it.
    if (token.kind === 'number') return undefined;
    if (token.kind !== 'word' || token.text.length === 1) continue;
    if (SCORE_WORDS.has(token.text)) return { kind: 'score', scale: 1, next: at, isAdjacent: false };
    // "The busiest hour had 12" counts something else; "hours: 12" does not.
    const unit = SINGULAR_UNITS.has(token.text) ? undefined : unitOf(token.text);
    if (unit !== undefined) return { ...unit, next: at, isAdjacent: false };
  }
  return undefined;
}

/** The words of the sentence before a number, without those that say nothing. */
export function precedingWords(list: TokenList, at: number): string[] {
  const words: string[] = [];
  for (let i = at - 1; i >= 0 && i >= at - 10; i--) {
    const token = list.at(i);
    if (token === undefined || (token.kind === 'sign' && /[.;!?]/.test(token.text))) break;
    if (token.kind === 'word' && !BOUNDARIES.has(token.text) && !PASSED.has(token.text)) words.push(token.text);
  }
  return words;
}
