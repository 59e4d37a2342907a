/** No text of a person's screen needs more to be recognized. */
export const MAX_UNTRUSTED_LENGTH = 120;

// Controls, format characters (bidi marks, zero-width ones, tags), what renderers skip, private use, lone surrogates.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}]/gu;
// Not `\s`, which takes the zero-width U+FEFF for a space and so would part what a reader sees as one word.
const SPACE = /[\t-\r\u0085\p{Zs}\p{Zl}\p{Zp}]+/gu;

/** One line of visible characters, at most `limit` of them, for text that came from outside. */
export function cleanUntrusted(text: string, limit = MAX_UNTRUSTED_LENGTH): string {
  // Cut first, generously: nothing below is worth doing for a megabyte.
  const line = text
    .slice(0, limit * 20)
    .replace(SPACE, ' ')
    .replace(INVISIBLE, '')
    .trim();
  const characters = Array.from(line);
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join('')}…`;
}

/**
 * Prose of a model as plain text: one line, without invisible characters and without the marks of Markdown that only
 * decorate (emphasis, code, headings, list bullets). Links, images and HTML stay to be refused by the gate.
 */
export function plainProse(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/^[ \t]*(?:#{1,6}|>|[-*+•])[ \t]+/gm, '')
    .replace(SPACE, ' ')
    .replace(INVISIBLE, '')
    .replace(/[*`]|(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])|~~/gu, '')
    .trim();
}
