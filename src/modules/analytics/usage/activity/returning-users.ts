import type { Span } from '../../../../common/time/calendar.js';
import { DAY_MS, utcDayOf } from '../quarter.js';

/** Sessions that begin in `[from, toExclusive)` and follow one that ended before `endedBefore`, or none. */
export interface StartedSessions {
  from: number;
  toExclusive: number;
  endedBefore: number;
}

/** The same for whole days of UTC, which rollups count. */
export interface StartedDays {
  firstDay: number;
  endDay: number;
  endedBeforeDay: number;
}

/** Sessions that begin in `[from, toExclusive)` and follow one that ended in `[endedFrom, endedBefore)`. */
export interface SessionsAfter {
  endedFrom: number;
  endedBefore: number;
  from: number;
  toExclusive: number;
}

export interface ReturnParts {
  started: StartedSessions[];
  days: StartedDays | null;
  after: SessionsAfter | null;
}

/**
 * How to count the users who return in a span: each does so with one session, the first that begins in the span, unless an
 * earlier one lasts into it. That is a session which begins in the span after one that ended before it. Whole days
 * of UTC in the middle come from rollups; the sessions of the days in which the span begins and ends are looked at.
 */
export function returnParts({ from, toExclusive }: Span): ReturnParts {
  const firstDay = Math.ceil(from / DAY_MS);
  const endDay = utcDayOf(toExclusive);
  if (endDay <= firstDay) return { started: [{ from, toExclusive, endedBefore: from }], days: null, after: null };
  const [first, end] = [firstDay * DAY_MS, endDay * DAY_MS];
  const started = [
    { from, toExclusive: first, endedBefore: from },
    { from: end, toExclusive, endedBefore: from },
  ];
  const dayBefore = utcDayOf(from);
  return {
    started: started.filter((part) => part.from < part.toExclusive),
    days: { firstDay, endDay, endedBeforeDay: dayBefore },
    // Those whose session before ended on the day in which the span begins, but before the span.
    after:
      from > dayBefore * DAY_MS
        ? { endedFrom: dayBefore * DAY_MS, endedBefore: from, from: first, toExclusive: end }
        : null,
  };
}
