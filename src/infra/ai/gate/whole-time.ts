import { readCardinal } from './cardinals.js';
import type { TokenList } from './tokens.js';

const WHOLE = ['full', 'whole', 'entire', 'solid', 'complete'];
const OF_WORK = ['working', 'work', 'business', 'office', 'calendar'];
const DAY_PARTS = 'hour minute day workday shift night morning afternoon evening'.split(' ');
const ALL_DAY = 'day night morning afternoon evening'.split(' ');
const ARTICLES = ['a', 'an', 'the', 'your', 'his', 'her', 'their', 'its', 'our', 'my', 'this', 'that'];

/**
 * "a full day", "the whole working day", "all day", "around the clock": amounts without a number. Only "a full week" is one:
 * "the whole week" is the time that a report is about.
 */
export function isWholeTime(list: TokenList, at: number): boolean {
  if (list.isWord(at, 'all')) return isAllDay(list, at + 1);
  if (list.isWord(at, 'around', 'round')) return isClock(list, at + 1);
  if (list.isWord(at, 'day', 'night')) return list.isWord(at + 1, 'and') && list.isWord(at + 2, 'night', 'day');
  if (!list.isWord(at, ...WHOLE)) return false;
  const unitAt = skip(list, at + 1, OF_WORK);
  return list.isWord(unitAt, ...DAY_PARTS) || (list.isWord(at - 1, 'a', 'an') && list.isWord(unitAt, 'week', 'month'));
}

/** "all day", "all-day", "all the day" */
function isAllDay(list: TokenList, at: number): boolean {
  return list.isWord(skip(list, skip(list, at, ['the']), OF_WORK), ...ALL_DAY);
}

/** "around the clock", "round-the-clock" */
function isClock(list: TokenList, at: number): boolean {
  return list.isWord(skip(list, at, ['the']), 'clock');
}

/** Where to read on behind an optional word, with hyphens before and after it. */
function skip(list: TokenList, at: number, words: readonly string[]): number {
  const wordAt = list.isSign(at, '-') ? at + 1 : at;
  if (!list.isWord(wordAt, ...words)) return wordAt;
  return list.isSign(wordAt + 1, '-') ? wordAt + 2 : wordAt + 1;
}

/** "a score of hours", "scores of events": twenty of them. "A score of 44" and "the score of the day" are none. */
export function isScoreOf(list: TokenList, at: number): boolean {
  if (!list.isWord(at, 'score', 'scores') || !list.isWord(at + 1, 'of')) return false;
  if (list.at(at + 2)?.kind !== 'word' || list.isWord(at + 2, ...ARTICLES)) return false;
  return readCardinal(list, at + 2) === undefined;
}
