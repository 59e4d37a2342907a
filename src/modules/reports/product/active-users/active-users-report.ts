import type { TimeRange } from '../../../../common/time/range.js';
import type { EventSource } from '../../../analytics/product/event-source.js';
import { ActiveUsers, MONTH_DAYS, type ActiveUsersDay } from './active-users.js';
import { dayCalendar } from '../figures/behaviour-calendar.js';
import { consume } from '../figures/event-slices.js';
import { spanOf } from '../figures/report-span.js';

/** Longer than any local day. */
const LONGEST_DAY_MS = 49 * 3_600_000;

/** Covers what is read for the active users of a range: the month before it, and the rest of its last day. */
export function activeUsersReach({ from, toExclusive }: TimeRange): TimeRange {
  return {
    from: from === null ? null : from - (MONTH_DAYS + 2) * LONGEST_DAY_MS,
    toExclusive: toExclusive === null ? null : toExclusive + LONGEST_DAY_MS,
  };
}

/**
 * Active users of each local day of the range that has begun, whole days even where the range has a part of them.
 *
 * @throws InvalidInputError when there are too many days
 */
export async function activeUsersOf(
  source: EventSource,
  range: TimeRange,
  timeZone: string,
  now: number,
): Promise<ActiveUsersDay[]> {
  const span = await spanOf(source, range);
  if (span === null) return [];
  const asked = { ...span, isOpenBefore: range.from === null };
  const { boundaries, before, dates } = dayCalendar(asked, MONTH_DAYS - 1, now, timeZone);
  if (dates.length === 0) return [];
  const users = new ActiveUsers(boundaries);
  await consume(source.stream({ from: boundaries[0]!, toExclusive: boundaries.at(-1)! }), users);
  return users.days(dates, before);
}
