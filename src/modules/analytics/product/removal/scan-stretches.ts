import { MAX_INSTANT } from '../../../../common/time/instant.js';
import type { EventStretch } from '../../../events/product/removal/event-removal.service.js';
import { dayOf, dayStart, NO_TIME_DAY } from '../day.js';

/**
 * Where to look for events of persons: the days that are named, and, when links are to be corrected, everything from the
 * first of them on, since another user's event can only have come after it.
 *
 * @param days as numbers, in any order, repeated or not; `null`: all.
 * @param firstLinkAt epoch milliseconds; `null`: no links are to be corrected.
 */
export function stretchesToScan(days: readonly number[] | null, firstLinkAt: number | null): EventStretch[] {
  const untimed = days === null || firstLinkAt !== null || days.includes(NO_TIME_DAY);
  const fromDay = days === null ? -Infinity : firstLinkAt === null ? Infinity : dayOf(firstLinkAt);
  const stretches: EventStretch[] = [];
  const timed = [...new Set(days)].filter((day) => day < fromDay && day !== NO_TIME_DAY).sort((a, b) => a - b);
  for (const day of timed) {
    const from = new Date(dayStart(day));
    const end = dayStart(day + 1);
    const toExclusive = end > MAX_INSTANT ? null : new Date(end);
    const last = stretches.at(-1);
    if (last?.toExclusive?.getTime() === from.getTime()) last.toExclusive = toExclusive;
    else stretches.push({ order: 'timestamp', from, toExclusive });
  }
  if (fromDay < Infinity) {
    stretches.push({
      order: 'timestamp',
      from: new Date(Math.max(dayStart(fromDay), -MAX_INSTANT)),
      toExclusive: null,
    });
  }
  if (untimed) {
    stretches.push({ order: 'receivedAt', from: new Date(-MAX_INSTANT), toExclusive: null, onlyWithoutTime: true });
  }
  return stretches;
}
