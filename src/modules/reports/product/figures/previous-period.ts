import { InvalidInputError } from '../../../../common/errors/domain.error.js';
import { datesBefore, localDate } from '../../../../common/time/calendar.js';
import { EARLIEST_BOUND, echoRange, type TimeRange } from '../../../../common/time/range.js';

/** A stretch of time with the words in which a client would ask for it. */
export interface Period {
  range: { from: number; toExclusive: number };
  asked: { from: string; to: string };
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The time of the same length directly before a range. Between two dates lengths are local days, however many hours
 * these last; otherwise they are milliseconds.
 *
 * @param input the bounds as they were sent
 * @param range the same, read in `timeZone`
 * @throws InvalidInputError when a side is open, or what lies before is before the year 0
 */
export function previousPeriod(
  input: { from?: string | null; to?: string | null },
  range: TimeRange,
  timeZone: string,
): Period {
  const { from, to } = echoRange(input);
  if (from === null || to === null || range.from === null || range.toExclusive === null) {
    const message = 'compare=previous needs `from` and `to`';
    throw new InvalidInputError(message, [{ path: 'compare', message }]);
  }
  const start = range.from - (range.toExclusive - range.from);
  const period =
    DATE.test(from) && DATE.test(to)
      ? daysBefore(from, to, timeZone)
      : { range: { from: start, toExclusive: range.from }, asked: { from: iso(start), to: iso(range.from - 1) } };
  if (period.range.from < EARLIEST_BOUND) {
    const message = 'compare=previous would begin before the year 0; ask for a shorter time with `from` and `to`';
    throw new InvalidInputError(message, [{ path: 'compare', message }]);
  }
  return period;
}

/** The growth of a figure as a part of what it was before; `null` when that was nothing. */
export function changeOf(now: number, before: number): number | null {
  return before === 0 ? null : (now - before) / before;
}

function daysBefore(from: string, to: string, timeZone: string): Period {
  const asked = datesBefore(from, to);
  return {
    range: {
      from: localDate(asked.from, timeZone).from,
      toExclusive: localDate(asked.to, timeZone).toExclusive,
    },
    asked,
  };
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}
