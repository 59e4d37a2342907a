import type { TokenList } from './tokens.js';

/**
 * Ordinary words that look like figures. They pass only in the company listed here, where they state no amount; anywhere
 * else they are read as the figure they may be, and need a fact:
 *
 * - "one" as a pronoun ("one of", "no one", "the one", "one another", "one thing", "one task"), never before a unit or another noun;
 * - "once" as "as soon as" or "again" ("at once", "once more", "once you …"), never as "one time";
 * - "second" and "third" of fixed phrases ("a second look", "third-party"), and halves of a day or a week;
 * - "first" as "at the beginning", unless the facts hold ranks;
 * - "double-check". ("Both", "single", "few" and "most" are no numbers and are not looked at.)
 *
 * @returns how many tokens to skip; 0: it is not harmless.
 */
export function skipHarmless(list: TokenList, at: number): number {
  const rule = RULES.get(list.text(at));
  return list.at(at)?.kind === 'word' && rule !== undefined ? rule(list, at) : 0;
}

type Rule = (list: TokenList, at: number) => number;

const HALF_OF = 'day days week weeks morning afternoon evening month period fortnight range hour weekend'.split(' ');

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['one', (list, at) => (isPronounOne(list, at) ? 1 : 0)],
  ['ones', () => 1],
  ['once', (list, at) => (isConjunctionOnce(list, at) ? 1 : 0)],
  ['first', (list, at) => halfOf(list, at)],
  ['second', (list, at) => halfOf(list, at) || second(list, at)],
  [
    'third',
    (list, at) => (list.isWord(at + 1, 'party') || (list.isSign(at + 1, '-') && list.isWord(at + 2, 'party')) ? 2 : 0),
  ],
  ['latter', (list, at) => halfOf(list, at)],
  ['other', (list, at) => halfOf(list, at)],
  ['double', (list, at) => (list.isSign(at + 1, '-') && list.isWord(at + 2, 'check', 'checking', 'click') ? 3 : 0)],
]);

function isPronounOne(list: TokenList, at: number): boolean {
  const previous = list.text(at - 1);
  const next = list.text(at + 1);
  if (
    ['no', 'the', 'this', 'that', 'each', 'every', 'which', 'another', 'any', 'good', 'busy', 'quiet'].includes(
      previous,
    )
  ) {
    // "the one hour", "each one minute": a noun behind makes it a figure again.
    return list.at(at + 1)?.kind !== 'word' || ONE_MAY_PRECEDE.has(next);
  }
  if (next === 'of') return !list.isWord(at + 2, 'hour', 'minute', 'day') && list.at(at + 2)?.kind === 'word';
  return ['another', 'thing', 'way', 'idea', 'place', 'side', 'reason', 'task', 'step', 'sitting'].includes(next);
}

const ONE_MAY_PRECEDE = new Set(
  'that which who where when you is was to for in on at with of and or but by from before after stands stood site topic task'.split(
    ' ',
  ),
);

function isConjunctionOnce(list: TokenList, at: number): boolean {
  if (list.isWord(at - 1, 'at')) return true;
  return list.isWord(at + 1, 'again', 'more', 'you', 'your', 'the', 'it', 'this', 'that', 'they', 'we', 'there');
}

/** "(the) second half of the day": a part, no amount. */
function halfOf(list: TokenList, at: number): number {
  if (!list.isWord(at + 1, 'half') || !list.isWord(at + 2, 'of')) return 0;
  const nounAt = list.isWord(at + 3, 'the', 'your', 'this', 'that') ? at + 4 : at + 3;
  return HALF_OF.includes(list.text(nounAt)) ? nounAt + 1 - at : 0;
}

function second(list: TokenList, at: number): number {
  return list.isWord(at + 1, 'look', 'thought', 'thoughts', 'nature', 'opinion') ? 2 : 0;
}
