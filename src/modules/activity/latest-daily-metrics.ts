import type { DailyMetricsPoint } from './activity-points.js';

/** Of several points for one date and host the one with the latest time: collectors write them anew during the day. */
export class LatestDailyMetrics {
  private readonly points = new Map<string, { point: DailyMetricsPoint; at: number }>();

  add(point: DailyMetricsPoint, at: number): void {
    const key = `${point.date}\0${point.host}`;
    const before = this.points.get(key);
    if (before === undefined || before.at < at) this.points.set(key, { point, at });
  }

  list(): DailyMetricsPoint[] {
    return Array.from(this.points.values(), ({ point }) => point);
  }
}
