import type { Principal } from '../../../common/auth/principal.js';
import { readDomain } from '../../../common/domains/domain-name.js';
import { parseRange } from '../../../common/time/range.js';
import type { EventFilter } from './browser-event-row.js';
import type { PageRequest } from './browser-history.service.js';
import type { DomainsQuery, EventRangeQuery, ListEventsQuery, RecentEventsQuery } from './dto/browser-events.query.js';

const MAX_LIMIT = 1000;
const MAX_SKIP = 1_000_000;
const MAX_HOURS = 8760;

/** An empty parameter counts as absent; numbers are brought within their bounds. @throws InvalidInputError */
export function toPageRequest(caller: Principal, query: ListEventsQuery): PageRequest {
  const { type, domain, limit, skip } = query;
  return {
    filter: {
      ...toEventFilter(caller, query),
      ...(type && { type }),
      ...(domain && { domain: readDomain(domain) ?? domain }),
    },
    limit: within(limit, 100, 1, MAX_LIMIT),
    skip: within(skip, 0, 0, MAX_SKIP),
  };
}

/** @throws InvalidInputError */
export function toEventFilter(caller: Principal, query: EventRangeQuery): EventFilter {
  const { start_date: from, end_date: to, tz } = query;
  return parseRange({ from, to }, tz || caller.timezone || 'UTC', { from: 'start_date', to: 'end_date' });
}

export function toRecentRequest({ hours, limit }: RecentEventsQuery): { hours: number; limit: number } {
  return { hours: within(hours, 24, 1, MAX_HOURS), limit: within(limit, 50, 1, MAX_LIMIT) };
}

export function toDomainLimit({ limit }: DomainsQuery): number {
  return within(limit, 10, 1, MAX_LIMIT);
}

/** @param text digits, or nothing */
function within(text: string | undefined, byDefault: number, min: number, max: number): number {
  return text ? Math.min(Math.max(Number(text), min), max) : byDefault;
}
