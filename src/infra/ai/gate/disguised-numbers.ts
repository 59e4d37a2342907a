import { refused, type Claim } from './claim.js';
import { FOREIGN_FIGURES } from './foreign-words.js';
import { isNumberWord, MISSPELT_NUMBERS, SCALES, SMALL_NUMBERS, TENS, VAGUE_AMOUNTS } from './number-words.js';
import type { TokenList } from './tokens.js';
import { isUnitWord } from './units.js';

const CARDINALS = [...SMALL_NUMBERS.keys(), ...TENS.keys(), ...SCALES.keys()];
const LONG_CARDINALS = CARDINALS.filter((word) => word.length >= 6);
const BY_LETTERS = new Map(CARDINALS.filter((word) => word.length >= 4).map((word) => [letterKey(word), word]));
const COLLAPSED = new Set(CARDINALS.map(collapse));
// English words that are one letter, one order or one doubled letter away from a number.
const INNOCENT = new Set('there thirsty mighty weighty teen teens for fore to too ten tenth often even'.split(' '));
const NUMBER_SUFFIX =
  /(?:ish|odd|something|plus|some|hours?|minutes?|mins?|hrs?|days?|percent|pm|am|times?|th|fold|scores?)$/;
const LONGEST_WORD = 24;

/**
 * Numbers that a reader sees and a dictionary does not: letters in another order ("twlvee"), doubled or wrong ones,
 * words cut in two ("twe-lve", "s i x"), glued to their unit ("sixhours"), roman, or in another language.
 */
export function readDisguised(list: TokenList, at: number): Claim | undefined {
  const token = list.at(at);
  if (token?.kind === 'bad') return refused('a number that cannot be read', at, at + 1);
  if (token?.kind !== 'word') return undefined;
  const word = token.text.split("'")[0] ?? '';
  if (word.length > LONGEST_WORD) return refused('a word that is none', at, at + 1);
  if (isSpacedOut(list, at)) return refused('a word in single letters', at, at + 3);
  if (isCutInTwo(list, at)) return refused('a number cut in two', at, at + 2);
  if (VAGUE_AMOUNTS.has(word)) return refused('an amount that is none of the figures', at, at + 1);
  if (FOREIGN_FIGURES.has(word)) return refused('a figure in another language', at, at + 1);
  if (looksLikeDigits(list, at)) return refused('letters that look like digits', at, at + 2);
  if (isRoman(list, at)) return refused('a roman numeral', at, at + 1);
  if (!isNumberWord(word) && looksLikeNumber(word)) return refused('a number in disguise', at, at + 1);
  return MISSPELT_NUMBERS.has(word) ? refused('a number in disguise', at, at + 1) : undefined;
}

function looksLikeNumber(word: string): boolean {
  if (INNOCENT.has(word) || word.length < 3) return false;
  if (word.length >= 4 && isRearranged(word)) return true;
  if (COLLAPSED.has(collapse(word)) && collapse(word).length >= 3) return true;
  const stem = word.replace(NUMBER_SUFFIX, '');
  if (stem !== word && [stem, `${stem}e`].some((number) => CARDINALS.includes(number)))
    return !isOrdinaryCompound(word);
  if (CARDINALS.some((number) => word.startsWith(number) && isFigureWord(word.slice(number.length)))) return true;
  return word.length >= 5 && LONG_CARDINALS.some((number) => isOneEditAway(word, number));
}

/** What makes a number of "sixhundred" and "tenminutes". */
function isFigureWord(word: string): boolean {
  return word.length > 1 && (isNumberWord(word) || isUnitWord(word));
}

/** "tenth" and the like are ordinals; "someone" has no number in front. */
function isOrdinaryCompound(word: string): boolean {
  return isNumberWord(word) || word === 'onetime';
}

/** The same letters with the same first and last one. */
function isRearranged(word: string): boolean {
  const number = BY_LETTERS.get(letterKey(word));
  return number !== undefined && number !== word;
}

function letterKey(word: string): string {
  return word[0] + [...word.slice(1, -1)].sort().join('') + word.at(-1);
}

function collapse(word: string): string {
  return word.replace(/(.)\1+/g, '$1');
}

function isOneEditAway(word: string, number: string): boolean {
  if (Math.abs(word.length - number.length) > 1 || word === number) return false;
  let start = 0;
  while (start < word.length && word[start] === number[start]) start++;
  const isSubstituted = word.slice(start + 1) === number.slice(start + 1);
  const isInserted = word.slice(start + 1) === number.slice(start);
  const isDropped = word.slice(start) === number.slice(start + 1);
  return word.length === number.length ? isSubstituted : word.length > number.length ? isInserted : isDropped;
}

/** Three single letters in a row, with or without signs between them. */
function isSpacedOut(list: TokenList, at: number): boolean {
  const letters: string[] = [];
  for (let i = at; i < list.length && letters.length < 3; i++) {
    const token = list.at(i);
    if (token?.kind === 'sign' && '-.,/'.includes(token.text)) continue;
    if (token?.kind !== 'word' || token.text.length !== 1) return false;
    letters.push(token.text);
  }
  return letters.length === 3;
}

/** "twe-lve", "for ty": two pieces that only together are a number. */
function isCutInTwo(list: TokenList, at: number): boolean {
  const restAt = list.isSign(at + 1, '-') ? at + 2 : at + 1;
  if (list.at(restAt)?.kind !== 'word') return false;
  const joined = list.text(at) + list.text(restAt);
  return CARDINALS.includes(joined) && !isNumberWord(list.text(at));
}

/** "lO hours" */
function looksLikeDigits(list: TokenList, at: number): boolean {
  return /^[IlOoSZB]{1,6}$/.test(list.at(at)?.raw ?? '') && isUnitWord(list.text(at + 1)) && !isUnitWord(list.text(at));
}

/** Upper-case numerals of two letters and more, of the letters I, V and X; any valid one before a unit. */
function isRoman(list: TokenList, at: number): boolean {
  const raw = list.at(at)?.raw ?? '';
  const upper = raw.toUpperCase();
  if (!/^M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$/.test(upper)) return false;
  if (isUnitWord(list.text(at + 1)) && !isUnitWord(list.text(at)) && raw !== 'I' && raw !== 'a') return true;
  return raw === upper && raw.length >= 2 && /^[IVX]+$/.test(raw);
}
