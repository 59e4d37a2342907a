import { FRACTION_SLASH } from './folded-text.js';
import { DENOMINATORS, SCALES, SMALL_NUMBERS, TENS } from './number-words.js';
import type { TokenList } from './tokens.js';

export interface Cardinal {
  value: number;
  /** 1 for whole numbers, 0.01 for two decimals. */
  step: number;
  next: number;
  isSpelled: boolean;
}

/** A hundredth of what a fraction in words ("and a half") could be rounded from: such words are read as exact. */
const WORD_FRACTION_STEP = 0.01;

/** Reads "6", "6.25", "1,234", "1.2 thousand", "6 1/2", "twenty-one", "three hundred and five", "six and a half", "six point two". */
export function readCardinal(list: TokenList, at: number): Cardinal | undefined {
  const base = list.at(at)?.kind === 'number' ? readDigits(list, at) : readSpelled(list, at);
  return base && withFraction(list, base);
}

function readDigits(list: TokenList, at: number): Cardinal {
  const text = list.text(at);
  const decimals = text.split('.')[1]?.length ?? 0;
  const cardinal = { value: Number(text), step: 10 ** -decimals, next: at + 1, isSpelled: false };
  return withScales(list, cardinal);
}

/** "1.2 thousand", "2 hundred thousand"; a glued "k" likewise. */
function withScales(list: TokenList, cardinal: Cardinal): Cardinal {
  let { value, step, next } = cardinal;
  if (list.isWord(next, 'k') && list.at(next)?.isGlued === true) {
    return { ...cardinal, value: value * 1000, step: step * 1000, next: next + 1 };
  }
  for (let scale = SCALES.get(list.text(next)); scale !== undefined; scale = SCALES.get(list.text(next))) {
    value *= scale;
    step *= scale;
    next++;
  }
  return { ...cardinal, value, step, next };
}

function readSpelled(list: TokenList, at: number): Cardinal | undefined {
  let total = 0;
  let group: number | null = null;
  let i = at;
  for (;;) {
    const word = readSmall(list, skipJoint(list, i, group));
    const scale = SCALES.get(list.text(skipHyphen(list, i)));
    if (scale !== undefined && group !== null) {
      i = skipHyphen(list, i) + 1;
      if (scale < 1000) group *= scale;
      else {
        total += group * scale;
        group = 0;
      }
    } else if (word !== undefined && (group === null || (group % 100 === 0 && i > at))) {
      group = (group ?? 0) + word.value;
      i = word.next;
    } else break;
  }
  if (group === null) return undefined;
  const whole = { value: total + group, step: 1, next: i, isSpelled: true };
  return withPoint(list, whole);
}

/** 0 to 99 in words. */
function readSmall(list: TokenList, at: number): { value: number; next: number } | undefined {
  const tens = TENS.get(list.text(at));
  if (tens !== undefined) {
    const onesAt = skipHyphen(list, at + 1);
    const ones = SMALL_NUMBERS.get(list.text(onesAt));
    return ones !== undefined && ones > 0 && ones < 10
      ? { value: tens + ones, next: onesAt + 1 }
      : { value: tens, next: at + 1 };
  }
  const small = SMALL_NUMBERS.get(list.text(at));
  if (small !== undefined) return { value: small, next: at + 1 };
  // "a hundred", "a dozen"
  return list.isWord(at, 'a', 'an') && SCALES.has(list.text(at + 1)) ? { value: 1, next: at + 1 } : undefined;
}

/** "three hundred and five": "and" joins only after a scale. */
function skipJoint(list: TokenList, at: number, group: number | null): number {
  if (group !== null && group % 100 === 0 && list.isWord(at, 'and') && isSmallWord(list, at + 1)) return at + 1;
  return skipHyphen(list, at);
}

function isSmallWord(list: TokenList, at: number): boolean {
  return SMALL_NUMBERS.has(list.text(at)) || TENS.has(list.text(at));
}

function skipHyphen(list: TokenList, at: number): number {
  const isHyphen = list.isSign(at, '-') && list.at(at)?.isGlued === true && list.at(at + 1)?.isGlued === true;
  return isHyphen ? at + 1 : at;
}

/** "six point two five" */
function withPoint(list: TokenList, whole: Cardinal): Cardinal {
  if (!list.isWord(whole.next, 'point')) return whole;
  let digits = '';
  let next = whole.next + 1;
  for (let digit = SMALL_NUMBERS.get(list.text(next)); digit !== undefined && digit < 10;) {
    digits += digit;
    digit = SMALL_NUMBERS.get(list.text(++next));
  }
  if (digits === '') return whole;
  return { ...whole, value: Number(`${whole.value}.${digits}`), step: 10 ** -digits.length, next };
}

/** "6 1/2", "6½", "six and a half", "six and three quarters". */
function withFraction(list: TokenList, cardinal: Cardinal): Cardinal {
  const { value, next } = cardinal;
  const glyph = readGlyphFraction(list, next);
  if (glyph !== undefined)
    return { ...cardinal, value: value + glyph.value, step: WORD_FRACTION_STEP, next: glyph.next };
  if (!list.isWord(next, 'and')) return cardinal;
  const words = readWordFraction(list, next + 1);
  if (words === undefined) return cardinal;
  return { ...cardinal, value: value + words.value, step: WORD_FRACTION_STEP, next: words.next };
}

/** A fraction of digits that follows a whole number, or was one character. */
export function readGlyphFraction(list: TokenList, at: number): { value: number; next: number } | undefined {
  const [top, slash, bottom] = [list.at(at), list.text(at + 1), list.at(at + 2)];
  if (top?.kind !== 'number' || bottom?.kind !== 'number' || top.isGlued || !bottom.isGlued) return undefined;
  const numerator = Number(top.text);
  const denominator = Number(bottom.text);
  const isSmall = slash === '/' && numerator < denominator && denominator <= 16;
  return slash === FRACTION_SLASH || isSmall ? { value: numerator / denominator, next: at + 3 } : undefined;
}

/** "a half", "a quarter", "half", "three quarters", "two-thirds". */
export function readWordFraction(list: TokenList, at: number): { value: number; next: number } | undefined {
  const small = list.isWord(at, 'a', 'an') ? { value: 1, next: at + 1 } : readSmall(list, at);
  const top = small ?? (list.isWord(at, 'half', 'quarter') ? { value: 1, next: at } : undefined);
  if (top === undefined) return undefined;
  const bottomAt = skipHyphen(list, top.next);
  const bottom = list.at(bottomAt)?.kind === 'word' ? DENOMINATORS.get(list.text(bottomAt)) : undefined;
  return bottom === undefined ? undefined : { value: top.value / bottom, next: bottomAt + 1 };
}
