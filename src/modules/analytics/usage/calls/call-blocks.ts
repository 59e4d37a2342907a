import type { Span } from '../../../../common/time/calendar.js';
import { DAY_MS, QUARTER_MS } from '../quarter.js';

/** The length of a cell in minutes. Cells begin at whole multiples of their length since 1970, UTC. */
export type Level = number;

/** Cells of all calls: a local day in any zone is about ten of them. */
export const CELL_LEVELS: readonly Level[] = [15, 60, 360];
/** Cells of single users beyond the quarters of an hour. */
export const BLOCK_LEVELS: readonly Level[] = [DAY_MS / 60_000, (16 * DAY_MS) / 60_000];
/** Cells in which single users are counted to be ranked: days of UTC, and 8 and 64 of them. */
export const CALLER_LEVELS: readonly Level[] = [1, 8, 64].map((days) => (days * DAY_MS) / 60_000);
/** Of these the ones by whose cells at the ends of a span it is told who may be among the first. */
export const BOUND_LEVELS: readonly Level[] = CALLER_LEVELS.slice(0, 2);

const MINUTE_MS = 60_000;

/** Neighbouring cells of one level. */
export interface CellRange extends Span {
  level: Level;
}

export function cellStart(instant: number, level: Level): number {
  const length = level * MINUTE_MS;
  return Math.floor(instant / length) * length;
}

/**
 * The fewest cells that make up a span exactly.
 * @param levels rising, each a multiple of the one before
 * @param span begins and ends where cells of the first level do
 */
export function cellRanges(span: Span, levels: readonly Level[]): CellRange[] {
  const level = levels.at(-1)!;
  const length = level * MINUTE_MS;
  const from = Math.ceil(span.from / length) * length;
  const toExclusive = Math.floor(span.toExclusive / length) * length;
  const finer = levels.slice(0, -1);
  if (finer.length === 0) return span.from < span.toExclusive ? [{ ...span, level }] : [];
  if (from >= toExclusive) return cellRanges(span, finer);
  return [
    ...cellRanges({ from: span.from, toExclusive: from }, finer),
    { from, toExclusive, level },
    ...cellRanges({ from: toExclusive, toExclusive: span.toExclusive }, finer),
  ];
}

/** The whole cells of a level within a span; empty, with its end not after its beginning, when there is none. */
export function wholeCells({ from, toExclusive }: Span, level: Level): Span {
  const length = level * MINUTE_MS;
  return { from: Math.ceil(from / length) * length, toExclusive: Math.floor(toExclusive / length) * length };
}

/** What a span has before and after these whole cells. */
export function restOf(span: Span, whole: Span): Span[] {
  if (whole.from >= whole.toExclusive) return [span];
  const parts = [
    { from: span.from, toExclusive: whole.from },
    { from: whole.toExclusive, toExclusive: span.toExclusive },
  ];
  return parts.filter(({ from, toExclusive }) => from < toExclusive);
}

/** The starts of the cells of a level that a span touches. */
export function cellStarts({ from, toExclusive }: Span, level: Level): number[] {
  const starts: number[] = [];
  for (let start = cellStart(from, level); start < toExclusive; start += level * MINUTE_MS) starts.push(start);
  return starts;
}

/** A part of a span in which no price changes. */
export interface PricedPart extends Span {
  /** Position of the span in the list. */
  span: number;
}

/**
 * Cuts spans where prices change. A cell belongs to the price of its first instant.
 * @param changes in order, epoch milliseconds
 */
export function pricedParts(spans: readonly Span[], changes: readonly number[]): PricedPart[] {
  const cuts = changes.map((instant) => Math.ceil(instant / QUARTER_MS) * QUARTER_MS);
  return spans.flatMap(({ from, toExclusive }, span) => {
    const bounds = [
      from,
      ...cuts.filter((cut, i) => cut > from && cut < toExclusive && cut !== cuts[i - 1]),
      toExclusive,
    ];
    return bounds.slice(1).map((end, i) => ({ span, from: bounds[i]!, toExclusive: end }));
  });
}
