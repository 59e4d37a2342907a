import type { PeriodRequest } from './browser-reports.service.js';
import { MAX_DAYS, type PatternsQuery, type PeriodQuery, type TimeQuery } from './dto/browser-analytics.query.js';
import type { GapPolicy } from './gap-policy.js';

/** An empty parameter counts as absent; days are brought within their bounds. */
export function toPeriod({ days, tz }: PeriodQuery | PatternsQuery, defaultDays: number): PeriodRequest {
  return { days: days ? Math.min(Math.max(Number(days), 1), MAX_DAYS) : defaultDays, timeZone: tz || undefined };
}

export function toTimePeriod(query: TimeQuery, defaultDays: number): PeriodRequest & { gap: GapPolicy } {
  return { ...toPeriod(query, defaultDays), gap: query.gap === 'drop' ? 'drop' : 'cap' };
}
