import { MAX_INSTANT } from '../../../common/time/instant.js';
import type { TimeRange } from '../../../common/time/range.js';
import { filterExpression } from './properties/property-expression.js';
import type { PropertyFilter } from './properties/property-filter.js';

/** Which events of a project a report is about. */
export interface EventSelection {
  projectKey: string;
  range: TimeRange;
  /** Only events with one of these names. */
  names?: readonly string[];
  /** All of which an event must pass. */
  filters?: readonly PropertyFilter[];
  /** Only events of runs of this process. */
  processName?: string;
}

export const BY_TIME = { projectKey: 1, timestamp: 1 } as const;
export const BY_NAME = { projectKey: 1, eventName: 1, timestamp: 1 } as const;

/** The events of a selection; without a range also those that have no time. Texts of requests stand as values only. */
export function matching(selection: EventSelection): Record<string, unknown> {
  const { from, toExclusive } = selection.range;
  return from === null && toExclusive === null ? matchingAnyTime(selection) : matchingTimed(selection);
}

/** The events of a selection that have a time. */
export function matchingTimed(selection: EventSelection): Record<string, unknown> {
  const { from, toExclusive } = selection.range;
  const lower = { $gte: new Date(from ?? -MAX_INSTANT) };
  const timestamp = toExclusive === null ? lower : { ...lower, $lt: new Date(toExclusive) };
  return { ...matchingAnyTime(selection), timestamp };
}

/** Whether the database can count the events of a selection without looking at the events themselves. */
export function isCovered({ filters, processName }: EventSelection): boolean {
  return (filters ?? []).length === 0 && processName === undefined;
}

function matchingAnyTime({ projectKey, names, filters, processName }: EventSelection): Record<string, unknown> {
  return {
    projectKey,
    ...(names !== undefined && { eventName: { $in: [...new Set(names)] } }),
    ...(processName !== undefined && { processName: { $eq: processName }, processId: { $gt: '' } }),
    ...(filters !== undefined && filters.length > 0 && { $expr: filterExpression(filters) }),
  };
}
