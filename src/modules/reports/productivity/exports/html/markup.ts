/** Text that is HTML already. Only `markup` makes it, so whatever else comes into a page is escaped. */
export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

export const NOTHING = new Markup('');

export type Content = string | number | Markup | readonly Content[];

/** Indentation of templates in the source is for its readers: a page with thousands of rows goes without. */
const INDENTATION = /\n +/g;

const compact = new WeakMap<TemplateStringsArray, readonly string[]>();

/** A template whose values are escaped unless they are markup; lists are joined. */
export function markup(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let texts = compact.get(strings);
  if (texts === undefined) {
    texts = strings.map((string) => string.replace(INDENTATION, '\n'));
    compact.set(strings, texts);
  }
  let text = texts[0]!;
  values.forEach((value, i) => {
    text += markupOf(value) + texts[i + 1]!;
  });
  return new Markup(text);
}

function markupOf(value: Content): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? escaped(value) : value.map(markupOf).join('');
}

const SPECIAL = /[&<>"']/g;
// HTML has no place for control characters, and encodings none for half of a pair.
const CONTROL = /[\p{Cc}\p{Noncharacter_Code_Point}]/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(CONTROL, ' ')
    .replace(SPECIAL, (character) => ENTITIES[character]!);
}
