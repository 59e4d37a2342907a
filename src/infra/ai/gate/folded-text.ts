import type { GateFault } from './gate-fault.js';

const FIRST_MARK = 0xe000;
const LAST_MARK = 0xf8ff;
/** Names that can have a mark. */
export const MAX_NAMES = LAST_MARK - FIRST_MARK + 1;

/** Stands for a name that may be repeated: a character that no text has, which is neither a letter nor a claim. */
export function nameMark(index: number): string {
  return String.fromCharCode(FIRST_MARK + index);
}

/** The number of the name that a mark stands for. */
export function nameIndex(mark: string): number {
  return mark.charCodeAt(0) - FIRST_MARK;
}
/** Slash of a fraction that was one character (½). */
export const FRACTION_SLASH = '\u2044';

const RAISED_DIGITS = /[\u00B2\u00B3\u00B9\u2070-\u2079\u2080-\u2089]/u;
const VULGAR_FRACTION = /[\u00BC-\u00BE\u2150-\u215F\u2189]/gu;
const OTHER_DIGIT = /(?![0-9])\p{Nd}/gu;
// Latin letters that no normalization turns into plain ones.
const LETTER_VARIANTS: Record<string, string> = {
  ø: 'o',
  Ø: 'O',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ß: 'ss',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  ł: 'l',
  Ł: 'L',
  þ: 'th',
  Þ: 'Th',
  ħ: 'h',
  Ħ: 'H',
};
const LETTER_VARIANT = /[øØæÆœŒßđĐðÐłŁþÞħĦ]/gu;
// The last are FRACTION_SLASH and the marks of names.
const DISALLOWED = /[^A-Za-z0-9 .,;:!?'"()\-/%&+#\u2044\uE000-\uF8FF]/u;

/**
 * The text as the gate reads it: plain letters without accents, ASCII digits for those of every script, straight quotes
 * and hyphens. What looks the same to a reader becomes the same.
 */
export function foldText(text: string): string {
  return (
    text
      .replace(VULGAR_FRACTION, (character) => ` ${character.normalize('NFKC')}`)
      .replace(OTHER_DIGIT, asciiDigit)
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .replace(LETTER_VARIANT, (character) => LETTER_VARIANTS[character] ?? character)
      .replace(/[\u2018\u2019\u201A\u201B\u2032\u02BC\u00B4`]/gu, "'")
      .replace(/[\u201C-\u201F\u2033\u00AB\u00BB]/gu, '"')
      .replace(/[\p{Pd}\u2212]/gu, '-')
      .replace(/[\u00B7\u2022]/gu, ',')
      // "About" as a sign; it excuses nothing.
      .replace(/[~\u2248\u223C]/gu, ' ')
      .replace(/\s+/gu, ' ')
      .trim()
  );
}

/** What may not stand in prose, whatever it says: unreadable characters, markup, addresses. `folded` has its names marked. */
export function findForbiddenText(original: string, folded: string): GateFault | null {
  if (RAISED_DIGITS.test(original)) return { kind: 'character', excerpt: '', reason: 'raised or lowered digits' };
  const character = DISALLOWED.exec(folded)?.[0];
  if (character !== undefined) {
    return { kind: 'character', excerpt: character, reason: 'a character that plain English prose does not need' };
  }
  for (const [pattern, reason] of FORBIDDEN) {
    const match = pattern.exec(folded);
    if (match !== null) return { kind: 'markup', excerpt: match[0].slice(0, 60), reason };
  }
  return null;
}

const FORBIDDEN: [RegExp, string][] = [
  [/&(?:#|[a-z]+;)/i, 'an HTML entity'],
  [/:\/\/|\bwww\.|\b(?:https?|ftp|mailto|javascript|data|file|tel):\S/i, 'an address'],
  // A host name that is none of the names, but for short forms that have the shape of one.
  [
    /(?<![a-z0-9.-])(?!(?:e\.g|i\.e|a\.m|p\.m|a\.k\.a|u\.s|u\.k)\b)[a-z0-9-]+\.[a-z]{2,}/i,
    'a host name that is not in the data',
  ],
  [/[\uE000-\uF8FF](?:[/.:?#@][a-z0-9]|[a-z0-9])|[a-z0-9@.][\uE000-\uF8FF]|\/[\uE000-\uF8FF]\//i, 'a changed name'],
  [/\b(?:dot|punkt) (?:com|net|org|io|dev|co|example|de|uk|info|biz|xyz|ru|cn)\b/i, 'an address in words'],
  [/[-.]{4,}|-{3,}|[.,;:!?/%&+#'"()-]{5,}/, 'a run of signs'],
];

/** Digits stand in blocks of ten code points, from 0 to 9; a few blocks touch. */
function asciiDigit(character: string): string {
  const compatible = character.normalize('NFKC');
  if (/^[0-9]$/.test(compatible)) return compatible;
  const code = character.codePointAt(0) ?? 0;
  let zero = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return String((code - zero) % 10);
}
