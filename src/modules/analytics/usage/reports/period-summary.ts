import type { ActivityFigures } from '../activity/activity-figures.service.js';
import type { CallFigures } from '../calls/ai-figures.service.js';
import { usdOf } from '../prices/cost.js';
import { averageResponseSeconds, averageSessionSeconds, change, costUsd, ratio, rounded } from './figures.js';

/** What a period of some days comes to. */
export interface PeriodTotals {
  logins: number;
  registrations: number;
  active_users: number;
  sessions: number;
  total_api_calls: number;
  completion_calls: number;
  embedding_calls: number;
  error_count: number;
  tokens_used: number;
  cost_usd: number | null;
  unpriced_calls: number;
}

export interface PeriodAverages {
  daily_active_users: number;
  logins_per_day: number;
  registrations_per_day: number;
  average_session_time: number;
  api_calls_per_day: number;
  tokens_per_day: number;
  cost_usd_per_day: number | null;
  average_response_time: number;
  error_rate: number;
}

/** How each figure differs from that of the period before, as a part of it. */
export type PeriodChange = Record<keyof PeriodTotals | keyof PeriodAverages, number | null>;

export interface PeriodFigures {
  totals: PeriodTotals;
  averages: PeriodAverages;
}

/**
 * @param whole the period as one: users who were active on several days are one
 * @param days its days
 */
export function periodFigures(
  whole: ActivityFigures,
  days: readonly ActivityFigures[],
  calls: CallFigures,
): PeriodFigures {
  const perDay = (value: number) => rounded(value / days.length);
  const cost = costUsd(calls);
  return {
    totals: {
      logins: whole.logins,
      registrations: whole.registrations,
      active_users: whole.activeUsers,
      sessions: whole.sessions,
      total_api_calls: calls.calls,
      completion_calls: calls.completions,
      embedding_calls: calls.embeddings,
      error_count: calls.errors,
      tokens_used: calls.tokens,
      cost_usd: cost,
      unpriced_calls: calls.unpricedCalls,
    },
    averages: {
      daily_active_users: perDay(days.reduce((sum, { activeUsers }) => sum + activeUsers, 0)),
      logins_per_day: perDay(whole.logins),
      registrations_per_day: perDay(whole.registrations),
      average_session_time: averageSessionSeconds(whole),
      api_calls_per_day: perDay(calls.calls),
      tokens_per_day: perDay(calls.tokens),
      cost_usd_per_day: cost === null ? null : usdOf(Math.round(calls.nanoUsd / days.length)),
      average_response_time: averageResponseSeconds(calls),
      error_rate: ratio(calls.errors, calls.calls),
    },
  };
}

export function periodChange(now: PeriodFigures, before: PeriodFigures): PeriodChange {
  const [figures, former] = [
    { ...now.totals, ...now.averages },
    { ...before.totals, ...before.averages },
  ];
  const names = Object.keys(figures) as (keyof PeriodChange)[];
  return Object.fromEntries(names.map((name) => [name, change(figures[name], former[name])])) as PeriodChange;
}
