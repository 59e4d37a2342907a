import { plainProse } from '../clean-text.js';
import type { Fact } from '../fact.js';
import type { Claim } from './claim.js';
import { findForbiddenText, foldText } from './folded-text.js';
import type { GateFault } from './gate-fault.js';
import { markNames } from './known-names.js';
import { FactBook, isTrue } from './match-claim.js';
import { readClaims } from './read-claims.js';
import { TokenList } from './tokens.js';

/** Longer prose than any field asks for. */
const MAX_PROSE_LENGTH = 2000;
const MAX_FAULTS = 5;

export interface GateVerdict {
  /** The prose as it may be shown: plain, on one line. */
  text: string;
  /** Empty when it may be believed. */
  faults: GateFault[];
}

/**
 * Judges a piece of a model's prose. It passes when it is plain English text without addresses or markup and when every
 * number in it, in digits or words, equals a fact of the same unit up to the rounding that is shown. "About" and
 * "almost" excuse nothing. What cannot be read for certain is refused.
 *
 * @param names may be repeated although they hold digits or dots; see `known-names.ts`.
 */
export function judgeProse(prose: string, facts: readonly Fact[], names: readonly string[] = []): GateVerdict {
  const text = plainProse(prose);
  if (text === '') return { text, faults: [{ kind: 'length', excerpt: '', reason: 'no text' }] };
  if (text.length > MAX_PROSE_LENGTH) {
    return { text: '', faults: [{ kind: 'length', excerpt: '', reason: `more than ${MAX_PROSE_LENGTH} characters` }] };
  }
  const marked = markNames(foldText(text), names);
  const forbidden = findForbiddenText(text, marked.text);
  if (forbidden !== null) return { text, faults: [forbidden] };
  const list = new TokenList(marked);
  const book = new FactBook(facts);
  const faults = readClaims(list)
    .filter((claim) => !isTrue(claim, book))
    .slice(0, MAX_FAULTS)
    .map((claim) => toFault(list, claim));
  return { text, faults };
}

function toFault(list: TokenList, claim: Claim): GateFault {
  const isForeign = claim.reason?.includes('another language') === true;
  return {
    kind: isForeign ? 'language' : 'number',
    excerpt: list.excerpt(claim.from - 2, claim.next + 2),
    reason: claim.reason ?? 'a figure that equals none of the facts',
  };
}
