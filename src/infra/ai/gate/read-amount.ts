import { readCardinal, readGlyphFraction, readWordFraction, type Cardinal } from './cardinals.js';
import { refused, type Claim } from './claim.js';
import { readDuration } from './read-duration.js';
import { clock, readDayBeforeMonth, readOrdinalWord } from './read-calendar.js';
import { followingNouns, findUnit, precedingUnit, precedingWords } from './surroundings.js';
import type { TokenList } from './tokens.js';
import { DAY_UNITS, DURATION_UNITS, PERCENT_WORDS, SCORE_WORDS } from './units.js';

const GLUED_SUFFIXES = new Set([
  ...[...DURATION_UNITS.keys(), ...DAY_UNITS.keys()],
  ...['am', 'pm', 'st', 'nd', 'rd', 'th', 'k', 'x', 'pct'],
]);
const RANK_WORDS = ['rank', 'ranks', 'ranked', 'ranking', 'place', 'position', 'number', 'no', '#', 'top'];

/** Any number that is no date and no time of its own: durations, percentages, counts, ordinals, ranges, fractions. */
export function readAmount(list: TokenList, at: number): Claim[] | undefined {
  const ordinal = readOrdinal(list, at);
  if (ordinal !== undefined) return [ordinal];
  const fraction = readFraction(list, at);
  if (fraction !== undefined) return [fraction];
  const cardinal = readCardinal(list, at);
  if (cardinal === undefined) return undefined;
  const glued = list.at(cardinal.next);
  if (glued?.isGlued === true && glued.kind === 'word' && !GLUED_SUFFIXES.has(glued.text)) {
    return [refused('digits inside a word', at, cardinal.next + 1)];
  }
  if (isArithmetic(list, cardinal.next)) return [refused('arithmetic', at, cardinal.next + 2)];
  return readRange(list, at, cardinal) ?? [readOne(list, at, cardinal)];
}

/** "5 to 10 minutes", "9-5", "between 2 and 3 pm", "2 of 6 hours": both numbers carry the unit of the second. */
function readRange(list: TokenList, at: number, first: Cardinal): Claim[] | undefined {
  const secondAt = afterJoint(list, at, first.next);
  const second = secondAt === undefined ? undefined : readCardinal(list, secondAt);
  if (secondAt === undefined || second === undefined) return undefined;
  const isPart = list.isWord(first.next, 'of', 'out') || list.isSign(first.next, '/');
  if (isPart && findUnit(list, second.next) === undefined) return undefined;
  const end = readOne(list, secondAt, second);
  if (end.kind === 'refused') return [{ ...end, from: at }];
  return [withKindOf(end, at, first), end];
}

function afterJoint(list: TokenList, at: number, joint: number): number | undefined {
  const isJoint =
    list.isSign(joint, '-', '/') ||
    list.isWord(joint, 'to', 'or', 'of', 'through', 'until', 'till') ||
    (list.isWord(joint, 'and') && list.isWord(at - 1, 'between'));
  if (isJoint) return joint + 1;
  return list.isWord(joint, 'out') && list.isWord(joint + 1, 'of') ? joint + 2 : undefined;
}

/** The first end of a range, in the unit of its second. */
function withKindOf(end: Claim, from: number, { value, step, next }: Cardinal): Claim {
  if (end.kind === 'date' || end.kind === 'monthDay') {
    return { ...end, kind: 'monthDay', value: monthOf(end), second: value, date: undefined, from, next };
  }
  const scale = end.kind === 'clock' ? 60 : (end.scale ?? 1);
  // "2 to 3 pm" begins at 2 pm.
  const noon = end.kind === 'clock' && end.value >= 720 && value < 12 ? 720 : 0;
  return { ...end, value: value * scale + noon, step: step * scale, from, next };
}

function monthOf(claim: Claim): number {
  return claim.date === undefined ? claim.value : Number(claim.date.slice(5, 7));
}

function readOne(list: TokenList, at: number, cardinal: Cardinal): Claim {
  const { value, step, next } = cardinal;
  const common = { value, step, from: at, next };
  if (list.isSign(next, '%') || PERCENT_WORDS.has(list.text(next))) {
    const end = list.isWord(next + 1, 'point', 'points') ? next + 2 : next + 1;
    return { ...common, kind: 'percent', next: end };
  }
  const day = readDayBeforeMonth(list, at, next, value);
  if (day !== undefined) return day;
  if (list.isWord(next, 'am', 'pm')) return clock(list, at, next, value, 0);
  if (list.isWord(next, 'oclock')) return clock(list, at, next + 1, value, 0);
  if (list.isWord(next, 'x', 'times') || (list.isSign(next, '-') && list.isWord(next + 1, 'fold')))
    return { ...common, kind: 'times', next: next + 1 };
  if (isRanked(list, at)) return { ...common, kind: 'rank' };
  const pair = readPair(list, cardinal, common);
  if (pair !== undefined) return pair;
  const duration = readDuration(list, at, cardinal);
  if (duration !== undefined) return duration;
  return readPlain(list, at, cardinal);
}

/** "7/10", "12 of 40", "12 out of 40", "one in four"; out of a hundred is a score or a percentage. */
function readPair(list: TokenList, cardinal: Cardinal, common: Omit<Claim, 'kind'>): Claim | undefined {
  const { next } = cardinal;
  const outOf = list.isWord(next, 'out') && list.isWord(next + 1, 'of');
  const joined = list.isSign(next, '/') || list.isWord(next, 'of', 'in') || outOf;
  if (!joined) return undefined;
  const restAt = outOf ? next + 2 : next + 1;
  const rest = readCardinal(list, restAt);
  if (rest === undefined) return undefined;
  // "12 in 2025", "5 in 6 hours"
  if (list.isWord(next, 'in') && (rest.value > 100 || findUnit(list, rest.next) !== undefined)) return undefined;
  return { ...common, kind: 'pair', second: rest.value, next: rest.next };
}

function isRanked(list: TokenList, at: number): boolean {
  return list.isSign(at - 1, '#') || (list.at(at - 1)?.kind === 'word' && RANK_WORDS.includes(list.text(at - 1)));
}

/** A number without a unit right behind it. */
function readPlain(list: TokenList, at: number, cardinal: Cardinal): Claim {
  const { value, step, next } = cardinal;
  const common = { value, step, from: at, next };
  const unit = findUnit(list, next);
  if (unit?.kind === 'days') {
    return {
      ...common,
      kind: 'days',
      value: value * unit.scale,
      step: step * unit.scale,
      scale: unit.scale,
      next: unit.next,
    };
  }
  if (unit?.kind === 'percent') return { ...common, kind: 'percent', next: unit.next };
  if (unit?.kind === 'other') return refused('a unit that no figure of the data has', at, unit.next);
  if (list.isWord(next, 'score') && findUnit(list, next + 1) !== undefined) return refused('twenties', at, next + 1);
  if (SCORE_WORDS.has(list.text(next))) return { ...common, kind: 'score', next: next + 1 };
  if (list.isWord(at - 1, 'of', 'is', 'was') && SCORE_WORDS.has(list.text(at - 2))) return { ...common, kind: 'score' };
  const nouns = followingNouns(list, next);
  if (nouns.length > 0) return { ...common, kind: 'count', nouns };
  if (/^(?:19|20)\d\d$/.test(list.at(at)?.raw ?? '')) return { ...common, kind: 'year' };
  return bareNumber(list, at, common);
}

/** Nothing countable follows: the words before say what it is. */
function bareNumber(list: TokenList, at: number, common: Omit<Claim, 'kind'>): Claim {
  const before = precedingUnit(list, at);
  if (before?.kind === 'score') return { ...common, kind: 'score' };
  if (before?.kind === 'duration')
    return {
      ...common,
      kind: 'duration',
      value: common.value * before.scale,
      step: common.step * before.scale,
      isCoarse: before.scale === 3600 && common.step >= 1,
    };
  if (before?.kind === 'days') return { ...common, kind: 'days', value: common.value * before.scale };
  if (before?.kind === 'percent') return { ...common, kind: 'percent' };
  if (before?.kind === 'other') return refused('a unit that no figure of the data has', at, common.next);
  return { ...common, kind: 'number', nouns: precedingWords(list, at) };
}

/** "1st", "third", "the twenty-first"; before a month it is a date. */
function readOrdinal(list: TokenList, at: number): Claim | undefined {
  const digits =
    list.at(at)?.kind === 'number' && list.isWord(at + 1, 'st', 'nd', 'rd', 'th') && list.at(at + 1)?.isGlued === true;
  const ordinal = digits ? { value: Number(list.text(at)), next: at + 2 } : readOrdinalWord(list, at);
  if (ordinal === undefined || list.at(at)?.kind === 'sign') return undefined;
  const date = readDayBeforeMonth(list, at, ordinal.next, ordinal.value);
  if (date !== undefined) return date;
  // "a third of", "two thirds": read as fractions; "one second" as a duration.
  return { kind: 'ordinal', value: ordinal.value, step: 0, from: at, next: ordinal.next };
}

/** "half", "a third", "two thirds", "3/4" of something; "half an hour" and "three quarters of an hour" are durations. */
function readFraction(list: TokenList, at: number): Claim | undefined {
  const glyph = readGlyphFraction(list, at);
  const fraction = glyph ?? readWordFraction(list, at);
  if (fraction === undefined) return undefined;
  const { value, next } = fraction;
  if (list.isWord(next, 'past')) return refused('a time that cannot be read', at, next + 1);
  const unitAt = skipLinks(list, next);
  const dozen = list.isWord(unitAt, 'dozen');
  if (dozen)
    return {
      kind: 'count',
      value: value * 12,
      step: 1,
      nouns: followingNouns(list, unitAt + 1),
      from: at,
      next: unitAt + 1,
    };
  const seconds = list.at(unitAt)?.kind === 'word' ? DURATION_UNITS.get(list.text(unitAt)) : undefined;
  if (seconds !== undefined && list.text(unitAt).length > 1) {
    return { kind: 'duration', value: value * seconds, step: 0.01 * seconds, from: at, next: unitAt + 1 };
  }
  // "7/10" may be seven of ten.
  if (glyph !== undefined && list.isSign(at + 1, '/')) return undefined;
  return { kind: 'fraction', value, step: 0.01, from: at, next };
}

/** "half an hour", "half-an-hour", "a quarter of the hour" */
function skipLinks(list: TokenList, at: number): number {
  let i = at;
  while (i < at + 4 && (list.isSign(i, '-') || list.isWord(i, 'of', 'a', 'an', 'the'))) i++;
  return i;
}

function isArithmetic(list: TokenList, next: number): boolean {
  const isOperator = list.isSign(next, '+') || list.isWord(next, 'plus', 'minus', 'times', 'x', 'by');
  return isOperator && readCardinal(list, next + 1) !== undefined;
}
