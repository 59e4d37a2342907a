import { InvalidInputError } from '../errors/domain.error.js';
import { localDate } from './calendar.js';
import { parseInstant } from './instant.js';

/** Epoch milliseconds; `null` is open. */
export interface TimeRange {
  from: number | null;
  toExclusive: number | null;
}

/** `from` and `to` as a client sent them: text, epoch milliseconds, or nothing. */
export interface RangeInput {
  from?: unknown;
  to?: unknown;
}

// Years 0000 to 9999: beyond them a bound is a slip (microseconds for milliseconds), and calendars end.
export const EARLIEST_BOUND = -62_167_219_200_000;
export const LATEST_BOUND = 253_402_300_799_999;

const DATE = /^\d{4}-\d{2}-\d{2}$/;
// In a query an unescaped "+" arrives as a space.
const LOST_PLUS = /^(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?) (\d\d(?::?\d\d)?)$/;

/** What the client calls the two bounds, for the sentences that refuse one. */
export interface RangeNames {
  from: string;
  to: string;
}

/**
 * Reads `from` and `to`, both inclusive: formats of `parseInstant`, and a date without a time covers that whole day
 * in `timeZone`. Empty counts as absent.
 *
 * @throws InvalidInputError for half-typed or impossible times, years beyond 0000 to 9999, and when `from` is after `to`.
 */
export function parseRange(
  input: RangeInput,
  timeZone: string,
  names: RangeNames = { from: 'from', to: 'to' },
): TimeRange {
  const from = readBound(input.from, names.from, timeZone);
  const to = readBound(input.to, names.to, timeZone);
  const range = { from: from?.from ?? null, toExclusive: to?.toExclusive ?? null };
  if (from !== null && to !== null && from.from > to.from && from.toExclusive > to.toExclusive)
    reject(names.from, `\`${names.from}\` must not be after \`${names.to}\``);
  return range;
}

/** What was asked for, to be repeated in an answer: `null` where a bound is absent. */
export function echoRange(input: { from?: string | null; to?: string | null }): {
  from: string | null;
  to: string | null;
} {
  return { from: restorePlus(input.from) || null, to: restorePlus(input.to) || null };
}

function readBound(value: unknown, path: string, timeZone: string): { from: number; toExclusive: number } | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'string' ? restorePlus(value) : value;
  if (text === '') return null;
  const instant = parseInstant(text);
  if (instant === null || instant < EARLIEST_BOUND || instant > LATEST_BOUND) {
    reject(path, `\`${path}\` is not a date or time: write 2025-01-31, 2025-01-31T13:00:00Z or epoch milliseconds`);
  }
  if (typeof text === 'string' && DATE.test(text)) return localDate(text, timeZone);
  return { from: instant, toExclusive: instant + 1 };
}

/** Trimmed, with the plus sign of an offset that was not escaped in a query and became a space. */
export function restorePlus(text: string | null | undefined): string {
  return (text ?? '').trim().replace(LOST_PLUS, '$1+$2');
}

function reject(path: string, message: string): never {
  throw new InvalidInputError(message, [{ path, message }]);
}
