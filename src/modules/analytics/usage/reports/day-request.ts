import type { Principal } from '../../../../common/auth/principal.js';
import type { CallQuery } from '../calls/ai-figures.service.js';
import { callTypeName } from '../calls/call-type.js';
import type { AiStatsQuery, DaysQuery, ZoneQuery } from '../dto/usage-queries.dto.js';
import type { DayRequest } from './user-stats.service.js';

const MONDAY = 1;

/** The zone that was asked for, else the caller's, else UTC. */
export function zoneOf(caller: Principal, { tz }: ZoneQuery): string {
  return tz ?? caller.timezone ?? 'UTC';
}

export function dayRequest(caller: Principal, query: DaysQuery): DayRequest {
  return { start: query.start, end: query.end, timeZone: zoneOf(caller, query) };
}

/** ISO weekday on which the caller's weeks begin. */
export function weekStartOf(caller: Principal): number {
  return caller.weekStart ?? MONDAY;
}

/** Empty filters count as absent. */
export function callQuery({ user_id, model, call_type }: AiStatsQuery): CallQuery {
  return {
    user: user_id || undefined,
    model: model || undefined,
    callType: callTypeName(call_type ?? '') || undefined,
  };
}
