import { readCardinal } from './cardinals.js';
import { refused, type Claim } from './claim.js';
import { withContext } from './claim-context.js';
import { readDisguised } from './disguised-numbers.js';
import { skipHarmless } from './harmless-words.js';
import { DENOMINATORS, MULTIPLIERS, SCALES } from './number-words.js';
import { readAmount } from './read-amount.js';
import { readCalendar } from './read-calendar.js';
import { readSingleUnit } from './read-duration.js';
import { findUnit, followingNouns } from './surroundings.js';
import { TokenList } from './tokens.js';
import { isScoreOf, isWholeTime } from './whole-time.js';

/** All figures that a text states, in order. Everything that might be a number becomes a claim. */
export function readClaims(list: TokenList): Claim[] {
  const claims: Claim[] = [];
  for (let at = 0; at < list.length;) {
    const skipped = skipHarmless(list, at);
    const found = skipped > 0 ? [] : readAt(list, at);
    for (const claim of found) claims.push(withContext(list, claim, claims.at(-1)));
    const next = Math.max(at + 1, at + skipped, ...found.map((claim) => claim.next));
    if (touchesNumber(list, found, next)) claims.push(refused('numbers side by side', at, next + 1));
    at = next;
  }
  return joinHourRanges(list, claims);
}

function readAt(list: TokenList, at: number): Claim[] {
  if (isInsideWord(list, at)) return [refused('digits inside a word', at - 1, at + 1)];
  // "a second look" is not a second.
  const single = skipHarmless(list, at + 1) > 0 ? undefined : readSingleUnit(list, at);
  const claim = readCalendar(list, at) ?? single;
  if (claim !== undefined) return [claim];
  const amount = readAmount(list, at);
  if (amount !== undefined) return amount;
  const word = readWord(list, at) ?? readDisguised(list, at);
  return word === undefined ? [] : [word];
}

/** "twice", "doubled", "tenfold", "once", "half", "quarter", "dozen", "a couple of". */
function readWord(list: TokenList, at: number): Claim | undefined {
  const token = list.at(at);
  if (token?.kind !== 'word') return undefined;
  const common = { step: 0.01, from: at, next: at + 1 };
  const factor = MULTIPLIERS.get(token.text);
  if (factor !== undefined) return { ...common, kind: 'times', value: factor };
  if (token.text === 'once') return { ...common, kind: 'times', value: 1 };
  if (token.text === 'couple' || token.text === 'pair') {
    if (findUnit(list, at + 1) !== undefined) return refused('an amount that is none of the figures', at, at + 1);
    return { ...common, kind: 'count', value: 2, nouns: followingNouns(list, at + 1) };
  }
  if (isWholeTime(list, at)) return refused('a whole hour, day or week', at, at + 2);
  if (isScoreOf(list, at)) return refused('an amount that is none of the figures', at, at + 2);
  const fold = /^([a-z]+)fold$/.exec(token.text)?.[1];
  if (fold !== undefined) {
    const value = readCardinal(new TokenList({ text: fold, names: [] }), 0)?.value;
    if (value !== undefined) return { ...common, kind: 'times', value };
  }
  if (DENOMINATORS.has(token.text) || SCALES.has(token.text))
    return refused('a part or an amount without its number', at, at + 1);
  return undefined;
}

/** "mp3", "b2b" */
function isInsideWord(list: TokenList, at: number): boolean {
  const token = list.at(at);
  const isDigits =
    token?.kind === 'number' || token?.kind === 'date' || token?.kind === 'clock' || token?.kind === 'bad';
  const before = list.at(at - 1)?.kind;
  return isDigits && token.isGlued && (before === 'word' || before === 'name');
}

/** "nineteen ninety", "6 15": whatever it means, it is not a figure that can be checked. */
function touchesNumber(list: TokenList, found: Claim[], next: number): boolean {
  const last = found.at(-1);
  if (last === undefined || last.kind === 'refused' || last.kind === 'weekday' || last.kind === 'month') return false;
  const isPlain = ['count', 'number', 'year', 'rank', 'score', 'clock'].includes(last.kind);
  return isPlain && readCardinal(list, next) !== undefined;
}

/** "between 14:00 and 15:00" says the hour that begins at 14:00. */
function joinHourRanges(list: TokenList, claims: Claim[]): Claim[] {
  const joined: Claim[] = [];
  for (const claim of claims) {
    const previous = joined.at(-1);
    const isJoint = list.isWord(claim.from - 1, 'and', 'to', 'until', 'till') || list.isSign(claim.from - 1, '-');
    if (previous?.kind === 'clock' && claim.kind === 'clock' && isJoint && previous.next === claim.from - 1) {
      joined[joined.length - 1] = { ...previous, kind: 'hourRange', second: claim.value, next: claim.next };
    } else joined.push(claim);
  }
  return joined;
}
