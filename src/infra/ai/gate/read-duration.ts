import { readCardinal, readWordFraction, type Cardinal } from './cardinals.js';
import type { Claim } from './claim.js';
import { findUnit } from './surroundings.js';
import type { TokenList } from './tokens.js';
import { DURATION_UNITS } from './units.js';

const HOUR = 3600;

/** "6.25 hours", "375 active minutes", "6 h 15 min", "6 hours and 15 minutes", "6h15", "an hour and a half". */
export function readDuration(list: TokenList, from: number, cardinal: Cardinal): Claim | undefined {
  const unit = findUnit(list, cardinal.next);
  if (unit?.kind !== 'duration') return undefined;
  const first = {
    kind: 'duration' as const,
    value: cardinal.value * unit.scale,
    step: cardinal.step * unit.scale,
    scale: unit.scale,
    isCoarse: unit.scale === HOUR && cardinal.step >= 1,
    from,
    next: unit.next,
  };
  // Only units right behind their numbers add up: "6 active hours, 15 minutes idle" are two figures.
  return unit.isAdjacent ? withSmallerUnits(list, first, unit.scale) : first;
}

/** "an hour", "a minute": one of them. */
export function readSingleUnit(list: TokenList, at: number): Claim | undefined {
  const scale = list.isWord(at, 'a', 'an') ? DURATION_UNITS.get(list.text(at + 1)) : undefined;
  const isWritten = list.at(at + 1)?.kind === 'word' && list.text(at + 1).length > 2;
  if (scale === undefined || !isWritten) return undefined;
  const one: Claim = {
    kind: 'duration',
    value: scale,
    step: scale,
    scale,
    isCoarse: scale === HOUR,
    from: at,
    next: at + 2,
  };
  return withSmallerUnits(list, one, scale);
}

function withSmallerUnits(list: TokenList, claim: Claim, scale: number): Claim {
  const half = list.isWord(claim.next, 'and') ? readWordFraction(list, claim.next + 1) : undefined;
  if (half !== undefined && !DURATION_UNITS.has(list.text(half.next)) && !list.isWord(half.next, 'of')) {
    return { ...claim, value: claim.value + half.value * scale, step: 0.01 * scale, isCoarse: false, next: half.next };
  }
  const part = readPart(list, claim.next, scale);
  if (part === undefined) return claim;
  const sum = {
    ...claim,
    value: claim.value + part.value * part.scale,
    step: part.step * part.scale,
    scale: part.scale,
    isCoarse: false,
    next: part.next,
  };
  return withSmallerUnits(list, sum, part.scale);
}

interface Part {
  value: number;
  step: number;
  scale: number;
  next: number;
}

/** A number below 60 with a smaller unit, right behind: ", 15 minutes", "and 15 min", "15m", or "15" after an "h". */
function readPart(list: TokenList, at: number, scale: number): Part | undefined {
  const start = list.isSign(at, ',') || list.isWord(at, 'and') ? at + 1 : at;
  const afterComma = list.isSign(at, ',') && list.isWord(start, 'and') ? start + 1 : start;
  const number = readCardinal(list, afterComma);
  if (number === undefined || number.value >= 60) return undefined;
  const unitAt = number.next;
  const smaller = list.at(unitAt)?.kind === 'word' ? DURATION_UNITS.get(list.text(unitAt)) : undefined;
  if (smaller !== undefined && smaller < scale) return { ...number, scale: smaller, next: unitAt + 1 };
  const isBareMinutes = smaller === undefined && afterComma === at && list.isWord(at - 1, 'h') && scale === HOUR;
  return isBareMinutes && /^\d\d$/.test(list.at(at)?.raw ?? '')
    ? { ...number, scale: 60, next: number.next }
    : undefined;
}
