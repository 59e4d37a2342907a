import type { ActivityFigures } from '../activity/activity-figures.service.js';
import type { CallFigures, TimedCallFigures } from '../calls/ai-figures.service.js';
import { usdOf } from '../prices/cost.js';

/** Figures in the names and units of the answers. */
export interface UserStats {
  logins: number;
  registrations: number;
  active_users: number;
  average_session_time: number;
}

export interface AiStats {
  total_api_calls: number;
  completion_calls: number;
  embedding_calls: number;
  error_count: number;
  average_response_time: number;
  tokens_used: number;
  p50_response_time: number | null;
  p95_response_time: number | null;
  p99_response_time: number | null;
  cost_usd: number | null;
  unpriced_calls: number;
}

export function userStats(figures: ActivityFigures): UserStats {
  return {
    logins: figures.logins,
    registrations: figures.registrations,
    active_users: figures.activeUsers,
    average_session_time: averageSessionSeconds(figures),
  };
}

export function aiStats(figures: TimedCallFigures): AiStats {
  const [p50, p95, p99] = figures.responsePercentilesUs ?? [];
  return {
    total_api_calls: figures.calls,
    completion_calls: figures.completions,
    embedding_calls: figures.embeddings,
    error_count: figures.errors,
    average_response_time: averageResponseSeconds(figures),
    tokens_used: figures.tokens,
    p50_response_time: secondsOf(p50),
    p95_response_time: secondsOf(p95),
    p99_response_time: secondsOf(p99),
    cost_usd: costUsd(figures),
    unpriced_calls: figures.unpricedCalls,
  };
}

/** Seconds, to a tenth. */
export function averageSessionSeconds({
  sessions,
  sessionMs,
}: Pick<ActivityFigures, 'sessions' | 'sessionMs'>): number {
  return sessions === 0 ? 0 : Math.round(sessionMs / sessions / 100) / 10;
}

/** Seconds, to the microsecond. */
export function averageResponseSeconds({ calls, responseUs }: Pick<CallFigures, 'calls' | 'responseUs'>): number {
  return calls === 0 ? 0 : Math.round(responseUs / calls) / 1e6;
}

/** `null` when there were calls and nobody knows what one of them cost; then it would not be 0. */
export function costUsd({
  calls,
  unpricedCalls,
  nanoUsd,
}: Pick<CallFigures, 'calls' | 'unpricedCalls' | 'nanoUsd'>): number | null {
  return calls > 0 && unpricedCalls === calls ? null : usdOf(nanoUsd);
}

/** Part of a whole, from 0 to 1, to six decimals; 0 of nothing. */
export function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : rounded(part / whole);
}

/** (now − before) ÷ before; `null` when there was nothing before, or one of them is not known. */
export function change(now: number | null, before: number | null): number | null {
  return now === null || before === null || before === 0 ? null : rounded((now - before) / before);
}

/** To six decimals. */
export function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function secondsOf(microseconds: number | undefined): number | null {
  return microseconds === undefined ? null : Math.round(microseconds) / 1e6;
}
