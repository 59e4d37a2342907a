import type { TimeRange } from '../../../../common/time/range.js';
import type { EventCount, EventSource, PersonCount } from '../../../analytics/product/event-source.js';

export interface Totals {
  totalEvents: number;
  /** Distinct persons. */
  uniqueUsers: number;
  uniqueEventNames: number;
}

export interface ConversionFigures {
  totalUsers: number;
  convertedUsers: number;
  /** 0 to 1; 0 without users. */
  conversionRate: number;
}

export async function totalsOf(source: EventSource, range: TimeRange): Promise<Totals> {
  if (source.countTotals !== undefined) {
    const { names, persons } = await source.countTotals(range);
    return addUp(names, persons);
  }
  const [names, persons] = await Promise.all([source.countByName(range), source.countPersons(range)]);
  return addUp(names, persons);
}

export function addUp(names: readonly EventCount[], persons: PersonCount): Totals {
  return {
    totalEvents: names.reduce((sum, { count }) => sum + count, 0),
    uniqueUsers: persons.total,
    uniqueEventNames: names.length,
  };
}

/** The most frequent names that are not left out; equal counts by name. */
export function topOf(counts: readonly EventCount[], leftOut: readonly string[], limit: number): EventCount[] {
  const excluded = new Set(leftOut);
  return counts
    .filter(({ eventName }) => !excluded.has(eventName))
    .sort((a, b) => b.count - a.count || (a.eventName < b.eventName ? -1 : 1))
    .slice(0, limit);
}

export function conversionOf({ total, converted }: PersonCount): ConversionFigures {
  return {
    totalUsers: total,
    convertedUsers: converted,
    conversionRate: total === 0 ? 0 : converted / total,
  };
}
