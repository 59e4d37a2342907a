import type { Span } from '../../src/common/time/calendar.js';

/** Usage counted the slow way, from all rows at once; written apart from the code that it checks. */
export interface NaiveActivity {
  userId: string;
  at: number;
  action: string;
  sessionId: string | null;
}

export interface NaiveSession {
  userId: string;
  start: number;
  end: number;
}

export function naiveSessions(rows: readonly NaiveActivity[]): NaiveSession[] {
  const byUser = group(rows);
  const sessions: NaiveSession[] = [];
  for (const [userId, list] of byUser) {
    const sorted = [...list].sort(
      (a, b) =>
        a.at - b.at ||
        Number(a.sessionId !== null) - Number(b.sessionId !== null) ||
        (a.sessionId! < b.sessionId! ? -1 : 1),
    );
    let current: NaiveSession | undefined;
    let id: string | null = null;
    for (const { at, sessionId } of sorted) {
      const isOther = id !== null && sessionId !== null && id !== sessionId;
      if (current === undefined || at - current.end > 1_800_000 || at - current.start > 86_400_000 || isOther) {
        current = { userId, start: at, end: at };
        id = sessionId;
        sessions.push(current);
      } else {
        current.end = at;
        id ??= sessionId;
      }
    }
  }
  return sessions;
}

export function naiveActivity(rows: readonly NaiveActivity[], { from, toExclusive }: Span) {
  const within = rows.filter(({ at }) => at >= from && at < toExclusive);
  const sessions = naiveSessions(rows).filter(({ start }) => start >= from && start < toExclusive);
  return {
    events: within.length,
    logins: within.filter(({ action }) => action === 'login').length,
    registrations: within.filter(({ action }) => action === 'registration').length,
    sessions: sessions.length,
    sessionMs: sessions.reduce((sum, { start, end }) => sum + end - start, 0),
    activeUsers: new Set(within.map(({ userId }) => userId)).size,
  };
}

function group(rows: readonly NaiveActivity[]): Map<string, NaiveActivity[]> {
  const groups = new Map<string, NaiveActivity[]>();
  for (const row of rows) groups.set(row.userId, [...(groups.get(row.userId) ?? []), row]);
  return groups;
}

/** What of an AI call is counted. */
export interface NaiveCall {
  userId: string;
  project: string | null;
  at: number;
  provider: string | null;
  model: string;
  callType: string;
  responseUs: number;
  tokens: number;
  inputTokens: number | null;
  cachedInputTokens: number | null;
  outputTokens: number | null;
  reasoningTokens: number | null;
  success: boolean;
}

export function naiveCalls(
  rows: readonly NaiveCall[],
  { from, toExclusive }: Span,
  nanoUsdOf: (calls: readonly NaiveCall[]) => { nanoUsd: number; unpricedCalls: number },
) {
  const within = rows.filter(({ at }) => at >= from && at < toExclusive);
  const sum = (pick: (row: NaiveCall) => number) => within.reduce((total, row) => total + pick(row), 0);
  return {
    calls: within.length,
    completions: within.filter(({ callType }) => callType === 'completion').length,
    embeddings: within.filter(({ callType }) => callType === 'embedding').length,
    errors: within.filter(({ success }) => !success).length,
    responseUs: sum(({ responseUs }) => responseUs),
    tokens: sum(({ tokens }) => tokens),
    ...nanoUsdOf(within),
  };
}

/** The nearest-rank percentile of the calls' response times, in microseconds. */
export function naivePercentile(rows: readonly NaiveCall[], share: number): number {
  const sorted = rows.map(({ responseUs }) => responseUs).sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}
