import type { Claim } from './claim.js';
import { isBoundary } from './surroundings.js';
import type { TokenList } from './tokens.js';

const OVER = 'over above exceeding exceeded least past beyond topping'.split(' ');
const UNDER = 'under below almost nearly most within barely fewer less shy approaching'.split(' ');
const TIME_NOUNS = 'hour minute second day week month year'.split(' ');
/** Between a figure and a name that follows it. */
const BEFORE_NAME =
  'on at to for in with of from by went go goes was were the your spent time day week browsing total attention'.split(
    ' ',
  );
/** Between a figure and its name at most: "of your time went to", "spent on". */
const REACH_BEFORE_NAME = 6;
/** "3 h, with github.com at the top" tells of the site and not whose the hours are. */
const AFTER_ACCOMPANYING = 'at as in on first leading the ahead accounting and being most'.split(' ');
/** Between a name and its figure. */
const AFTER_NAME =
  'took takes taking take with for had has got was were is saw accounted accounts received you spent about around nearly almost over roughly some only just another at up'.split(
    ' ',
  );
const WITH_NAMES = ['duration', 'percent', 'fraction', 'count'];

/** Adds to a claim what stands around it: which way the figure must lie, whether it is below zero, whether it is one per something, and whose it is. */
export function withContext(list: TokenList, claim: Claim, previous: Claim | undefined): Claim {
  const bound = boundOf(list, claim);
  const about = WITH_NAMES.includes(claim.kind)
    ? (nameOf(list, claim) ?? nameOfApposed(list, claim, previous))
    : undefined;
  return {
    ...claim,
    ...(bound && { bound }),
    ...(isNegative(list, claim) && { isNegative: true }),
    ...(isRate(list, claim) && { isRate: true }),
    ...(about !== undefined && { about }),
  };
}

/** "over 6 hours", "almost 7 hours", "at most 3 events" */
function boundOf(list: TokenList, { from }: Claim): Claim['bound'] {
  let bound: Claim['bound'];
  for (let i = from - 1; i >= from - 3 && i >= 0; i--) {
    const token = list.at(i);
    if (token?.kind === 'number' || (token?.kind === 'sign' && /[.;!?]/.test(token.text))) break;
    if (token?.kind !== 'word') continue;
    if (token.text === 'most' && !list.isWord(i - 1, 'at')) continue;
    const isMore = token.text === 'more' && list.isWord(i + 1, 'than');
    const isLess =
      UNDER.includes(token.text) && (!['less', 'fewer'].includes(token.text) || list.isWord(i + 1, 'than'));
    if (isMore || OVER.includes(token.text)) bound = 'over';
    else if (isLess) bound = 'under';
  }
  return bound;
}

/** "-3 events", "minus 3 events"; in "5-10", "five-minute" and "time - 3 events" the sign is none. */
function isNegative(list: TokenList, { from }: Claim): boolean {
  if (list.isWord(from - 1, 'minus', 'negative')) return true;
  if (!list.isSign(from - 1, '-') || list.at(from)?.isGlued !== true) return false;
  return list.at(from - 1)?.isGlued !== true || list.at(from - 2)?.kind === 'sign';
}

/** "6 hours a day", "12 events per visit", "6 h/day", "an average of 6 hours". */
function isRate(list: TokenList, { from, next }: Claim): boolean {
  for (let i = from - 1; i >= from - 3; i--) {
    if (list.isWord(i, 'average', 'averaging', 'averaged', 'mean', 'median', 'typically')) return true;
  }
  for (let i = next; i < next + 4; i++) {
    if (list.isWord(i, 'per', 'each', 'every', 'daily', 'hourly', 'weekly', 'apiece', 'average')) return true;
    if (list.isSign(i, '/') && list.at(i + 1)?.kind === 'word') return true;
    if (list.isWord(i, 'a', 'an') && TIME_NOUNS.includes(list.text(i + 1))) return true;
    if (list.at(i)?.kind !== 'word' || (isBoundary(list.text(i)) && !list.isWord(i, 'on'))) return false;
  }
  return false;
}

/** "1 h on github.com", "github.com (1 h)", "github.com took about 1 h", "on github.com you spent 1 h". */
function nameOf(list: TokenList, { from, next }: Claim): string | undefined {
  for (let i = next; i < next + REACH_BEFORE_NAME; i++) {
    if (list.at(i)?.kind === 'name')
      return isListed(list, i + 1) || isAccompanying(list, i) ? undefined : list.nameAt(i);
    if (!list.isWord(i, ...BEFORE_NAME)) break;
  }
  for (let i = from - 1; i >= from - 5; i--) {
    if (list.at(i)?.kind === 'name') return isListEnd(list, i - 1) ? undefined : list.nameAt(i);
    const isOpening = list.isSign(i, '(') && i === from - 1;
    if (!isOpening && !list.isWord(i, ...AFTER_NAME)) return undefined;
  }
  return undefined;
}

/** "1 h on github.com and youtube.com" is the figure of both. */
function isListed(list: TokenList, at: number): boolean {
  return (list.isSign(at, ',') || list.isWord(at, 'and')) && list.at(at + 1)?.kind === 'name';
}

/** "github.com took 1 h, 30 % of your time": the same site's. */
function nameOfApposed(list: TokenList, { kind, from }: Claim, previous: Claim | undefined): string | undefined {
  const isApposed = list.isSign(from - 1, ',', '(') || list.isWord(from - 1, 'or');
  return kind === 'percent' && isApposed && previous?.next === from - 1 ? previous.about : undefined;
}

/** "github.com and youtube.com took 1 h and 30 min" */
function isListEnd(list: TokenList, at: number): boolean {
  return (list.isSign(at, ',') || list.isWord(at, 'and')) && list.at(at - 1)?.kind === 'name';
}

/** "3 h with github.com at the top", "with github.com taking most of it" */
function isAccompanying(list: TokenList, at: number): boolean {
  if (!list.isWord(at - 1, 'with')) return false;
  return (
    list.isWord(at + 1, ...AFTER_ACCOMPANYING) ||
    (list.at(at + 1)?.kind === 'word' && list.text(at + 1).endsWith('ing'))
  );
}
