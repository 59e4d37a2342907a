export interface JsonLimits {
  /** Deepest nesting of objects and arrays. */
  maxDepth: number;
  /** Most members of objects and elements of arrays in all. */
  maxMembers: number;
  /** Most members of one object: validation takes about 10 µs for each, and no body declares nearly as many. */
  maxKeys: number;
}

export const REQUEST_JSON_LIMITS: JsonLimits = { maxDepth: 32, maxMembers: 20_000, maxKeys: 2000 };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const LETTER_U = 0x75;

const ARRAY = -(2 ** 31);

/**
 * Looks at the text of a JSON body before it is parsed, since what follows cannot bear every value:
 * class-transformer recurses, validators throw on lone surrogates, PostgreSQL refuses NUL, and an
 * object with 50,000 keys holds the event loop for a second. One pass, a few ns a character.
 *
 * @returns a sentence that says what is wrong, or null.
 */
export function findJsonHazard(text: string, limits: JsonLimits): string | null {
  let depth = 0;
  let members = 0;
  // Members so far of each object that is open, by depth; far below zero for arrays.
  const keys = new Int32Array(limits.maxDepth + 1);
  for (let i = 0; i < text.length; i += 1) {
    switch (text.charCodeAt(i)) {
      case QUOTE: {
        const end = skipString(text, i + 1);
        if (typeof end === 'string') return end;
        i = end;
        break;
      }
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        members += 1;
        if (depth > limits.maxDepth) return `The body is nested more than ${limits.maxDepth} levels deep`;
        if (members > limits.maxMembers) return `The body has more than ${limits.maxMembers} members`;
        keys[depth] = text.charCodeAt(i) === OPEN_BRACE ? 1 : ARRAY;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1;
        break;
      case COMMA:
        members += 1;
        if (members > limits.maxMembers) return `The body has more than ${limits.maxMembers} members`;
        if ((keys[depth]! += 1) > limits.maxKeys)
          return `The body has an object with more than ${limits.maxKeys} members`;
        break;
      default:
    }
  }
  return null;
}

/** Index of the closing quote (or of the text's end), or a sentence about a hazard within the string. */
function skipString(text: string, start: number): number | string {
  let i = start;
  for (; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) return i;
    if (code !== BACKSLASH) continue;
    i += 1;
    if (text.charCodeAt(i) !== LETTER_U) continue;
    const unit = escapedUnit(text, i + 1);
    if (unit === 0) return 'The body has a NUL character in a string';
    i += 4;
    if (isHighSurrogate(unit)) {
      if (text.startsWith('\\u', i + 1) && isLowSurrogate(escapedUnit(text, i + 3))) i += 6;
      else return LONE_SURROGATE;
    } else if (isLowSurrogate(unit)) {
      return LONE_SURROGATE;
    }
  }
  return i;
}

const LONE_SURROGATE = 'The body has half of a surrogate pair in a string';

function escapedUnit(text: string, at: number): number {
  const hex = text.slice(at, at + 4);
  return /^[0-9a-fA-F]{4}$/.test(hex) ? Number.parseInt(hex, 16) : Number.NaN;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

const MAX_ITEM_DEPTH = 64;
const MAX_ITEM_MEMBERS = 20_000;
const MAX_ENVELOPE_KEYS = 2000;

/**
 * Makes the text of a bulk body safe to parse: two million brackets hold `JSON.parse` for half a second and leave
 * hundreds of megabytes behind. A bulk body is an object (level 1) of lists (level 2) of items (level 3), or a list of
 * items itself; an item that is nested more than 64 levels or has more than 20,000 members is replaced by `0`, which its
 * handler refuses like any other bad item, so that the rest is judged as it stands.
 *
 * @returns the text to parse, or a sentence in `hazard` when the envelope itself is at fault.
 */
export function defuseBulkText(text: string): { text: string; hazard: string | null } {
  const itemLevel = /^\s*\[/.test(text) ? 2 : 3;
  const kept: string[] = [];
  let keptUpTo = 0;
  let depth = 0;
  let itemStart = 0;
  let itemDepth = 0;
  let itemMembers = 0;
  // Members so far of the open containers of levels 1 and 2; far below zero for arrays.
  const envelopeKeys = [0, 0, 0];
  for (let i = 0; i < text.length; i += 1) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        i = endOfString(text, i + 1);
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        if (depth < itemLevel) envelopeKeys[depth] = text.charCodeAt(i) === OPEN_BRACE ? 1 : ARRAY;
        else if (depth === itemLevel) [itemStart, itemDepth, itemMembers] = [i, depth, 0];
        itemDepth = Math.max(itemDepth, depth);
        itemMembers += 1;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        if (depth === itemLevel && (itemDepth > itemLevel + MAX_ITEM_DEPTH || itemMembers > MAX_ITEM_MEMBERS)) {
          kept.push(text.slice(keptUpTo, itemStart), '0');
          keptUpTo = i + 1;
        }
        depth -= 1;
        break;
      case COMMA:
        if (depth >= itemLevel) itemMembers += 1;
        else if (depth > 0 && (envelopeKeys[depth]! += 1) > MAX_ENVELOPE_KEYS) {
          return { text, hazard: `The body has an object with more than ${MAX_ENVELOPE_KEYS} members` };
        }
        break;
      default:
    }
  }
  if (depth > MAX_ITEM_DEPTH) return { text, hazard: 'The body is not valid JSON' };
  return { text: kept.length === 0 ? text : kept.join('') + text.slice(keptUpTo), hazard: null };
}

/** Index of the closing quote, or of the text's end. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}
