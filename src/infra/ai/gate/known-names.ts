import { parse } from 'tldts';
import { foldText, MAX_NAMES, nameMark } from './folded-text.js';
import { isNumberWord } from './number-words.js';
import { isUnitWord } from './units.js';

const HOST_NAME = /^(?:[a-z0-9-]+\.)+[a-z]{2,}$/;
const NAME_WITH_DIGITS = /^[a-z]{2}[a-z0-9.+-]*$/;
// Other scripts have numbers of their own, which nobody here reads.
const PLAIN_NAME = /^[a-z0-9.+&'_-]+$/;
const STANDS_ALONE_BEFORE = /^[^a-z0-9.@/_-]?$/i;
// A dot or colon may end a sentence, but not go on as an address.
const STANDS_ALONE_AFTER = /^(?:$|[.:/?#](?:$|[^a-z0-9])|[^a-z0-9.:/?#-])/i;
const PLAIN_WORDS = /^[a-z' -]+$/i;

export interface MarkedText {
  text: string;
  /** In lower case, by the index of their marks. */
  names: string[];
}

/** Replaces the names that may be repeated by marks, so that the gate neither reads digits nor an address in them. */
export function markNames(folded: string, given: readonly string[]): MarkedText {
  // The longest first: `gist.github.com` must not become a prefix and `github.com`.
  const names = [...new Set(given.map(foldName).filter(isHarmlessName))]
    .sort((a, b) => b.length - a.length)
    .slice(0, MAX_NAMES);
  const clean = folded.replace(/[\uE000-\uF8FF]/g, ' ');
  return { text: names.reduce((text, name, i) => markName(text, name, nameMark(i)), clean), names };
}

/** Searched as text and not by a pattern: names come from outside. */
function markName(text: string, name: string, mark: string): string {
  const lower = text.toLowerCase();
  let result = '';
  let from = 0;
  for (let at = lower.indexOf(name); at >= 0; at = lower.indexOf(name, Math.max(from, at + 1))) {
    const end = at + name.length;
    if (
      !STANDS_ALONE_BEFORE.test(text.slice(Math.max(0, at - 1), at)) ||
      !STANDS_ALONE_AFTER.test(text.slice(end, end + 2))
    )
      continue;
    result += text.slice(from, at) + mark;
    from = end;
  }
  return result + text.slice(from);
}

function foldName(name: string): string {
  return foldText(name).toLowerCase();
}

/**
 * Whether a name needs a mark and says nothing by itself. Whoever names an app "12 hours" or a page "sixty minutes" has
 * not made a figure that may be repeated: every part is either a host name below a public suffix, or a word that is no
 * number, no unit and does not begin with a digit.
 */
function isHarmlessName(name: string): boolean {
  if (name.length < 3 || name.length > 120 || PLAIN_WORDS.test(name) || name.includes('://')) return false;
  return name.split(' ').every((part) => isHarmlessHost(part) || isHarmlessWord(part));
}

function isHarmlessHost(part: string): boolean {
  if (!HOST_NAME.test(part)) return false;
  if (!/\d/.test(part)) return true;
  const { isIcann, isPrivate } = parse(part);
  return isIcann === true || isPrivate === true;
}

function isHarmlessWord(part: string): boolean {
  if (!PLAIN_NAME.test(part)) return false;
  if (part.split(/[^a-z0-9]+/).some((word) => isNumberWord(word) || isUnitWord(word))) return false;
  return !/\d/.test(part) || NAME_WITH_DIGITS.test(part);
}
