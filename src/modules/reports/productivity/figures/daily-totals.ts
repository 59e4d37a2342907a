import type { DailyMetricsPoint } from '../../../activity/activity-points.js';

export interface PresenceTotals {
  activeMs: number;
  idleMs: number;
  afkMs: number;
}

/**
 * The collector's own totals of a day, for days without afk_status. They do not say when, so those of several computers
 * can only be added, and never to more than the day lasts: active first, then idle, then afk. A computer that wrote
 * its totals several times counts with the largest: they grow during the day.
 *
 * @param points of one date.
 * @param dayMs how long the day lasts.
 */
export function dailyTotals(points: readonly DailyMetricsPoint[], dayMs: number): PresenceTotals {
  const hosts = new Map<string, DailyMetricsPoint>();
  for (const point of points) {
    const known = hosts.get(point.host);
    if (known === undefined || order(known, point) < 0) hosts.set(point.host, point);
  }
  const sum = (key: 'activeMs' | 'idleMs' | 'afkMs'): number =>
    [...hosts.values()].reduce((total, point) => total + Math.max(0, point[key]), 0);
  const activeMs = Math.min(sum('activeMs'), dayMs);
  const idleMs = Math.min(sum('idleMs'), dayMs - activeMs);
  const afkMs = Math.min(sum('afkMs'), dayMs - activeMs - idleMs);
  return { activeMs, idleMs, afkMs };
}

function order(a: DailyMetricsPoint, b: DailyMetricsPoint): number {
  return (
    a.activeMs + a.idleMs + a.afkMs - (b.activeMs + b.idleMs + b.afkMs) ||
    a.activeMs - b.activeMs ||
    a.idleMs - b.idleMs
  );
}
