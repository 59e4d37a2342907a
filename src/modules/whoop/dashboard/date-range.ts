import { Temporal } from 'temporal-polyfill';
import { InvalidInputError } from '../../../common/errors/domain.error.js';
import { parseInstant } from '../../../common/time/instant.js';
import { restorePlus } from '../../../common/time/range.js';
import { localDateAt } from '../records/record-dates.js';
import type { DateRange } from '../records/whoop-records.repository.js';

const DATE = /^\d{4}-\d\d-\d\d$/;
const LATEST = Date.parse('9999-12-31T00:00:00Z');
const EARLIEST = Date.parse('0001-01-02T00:00:00Z');

export interface DateRangeRequest {
  days?: number;
  startDate?: string;
  endDate?: string;
}

/**
 * The local days that are asked for, both ends included: `startDate` and `endDate`, of which one may be missing (it is open
 * then), else the last `days` that end today. A time stands for the day in which it lies on the member's clock.
 * @param offset the member's present one, `Z` or `±hh:mm`
 * @throws InvalidInputError for what is no date, or reversed
 */
export function dateRange(request: DateRangeRequest, defaultDays: number, offset: string, now: number): DateRange {
  const from = readDate('start_date', request.startDate, offset);
  const to = readDate('end_date', request.endDate, offset);
  if (from !== null && to !== null && from > to) throw invalid('start_date', 'must not be after end_date');
  if (from !== null || to !== null) return { from, to };
  return daysEnding(localDateAt(now, offset), request.days ?? defaultDays);
}

export function daysEnding(today: string, days: number): DateRange & { from: string; to: string } {
  const from = Temporal.PlainDate.from(today).subtract({ days: days - 1 });
  return { from: from.toString(), to: today };
}

/** How many days there are from the first to the last, both counted; 0 when one of them is missing. */
export function daysBetween(from: string | undefined, to: string | undefined): number {
  if (from === undefined || to === undefined || from > to) return 0;
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to)).days + 1;
}

function readDate(name: string, text: string | undefined, offset: string): string | null {
  if (text === undefined || text.trim() === '') return null;
  const value = restorePlus(text);
  const instant = parseInstant(value);
  if (instant === null || instant < EARLIEST || instant > LATEST) {
    throw invalid(name, 'is not a date: write 2025-01-31 or 2025-01-31T13:00:00Z');
  }
  return DATE.test(value) ? value : localDateAt(instant, offset);
}

function invalid(path: string, rule: string): InvalidInputError {
  const message = `${path} ${rule}`;
  return new InvalidInputError(message, [{ path, message }]);
}
