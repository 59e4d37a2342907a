/** What a value that is absent, null or empty is called in filters and breakdowns. */
export const NONE = '(none)';
/** What stands for a list or an object, which have no text of their own. */
export const LIST = '(list)';
export const OBJECT = '(object)';

/** Longest text of a property that is told apart; of a longer one its beginning counts. In characters. */
export const MAX_PROPERTY_TEXT = 200;

/**
 * A property's value as filters and breakdowns see it: text as it is, numbers as JavaScript and JSON print them,
 * `true` and `false`. `null`: it is absent, null or empty.
 */
export function propertyText(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return value === '' ? null : cutText(value);
    case 'number':
    case 'boolean':
      return String(value);
    default:
      if (value === null || value === undefined) return null;
      return Array.isArray(value) ? LIST : OBJECT;
  }
}

/** The first characters of a text; never ends in half of a surrogate pair. */
function cutText(text: string): string {
  if (text.length <= MAX_PROPERTY_TEXT) return text;
  return Array.from(text.slice(0, 2 * MAX_PROPERTY_TEXT))
    .slice(0, MAX_PROPERTY_TEXT)
    .join('');
}
