import type {
  ActivityQuery,
  ActivitySource,
  ActivityVersionQuery,
  AfkPoint,
  AppUsagePoint,
  DailyMetricsPoint,
  WindowPoint,
} from './activity-points.js';

/** The activity points of people, wherever they are kept. Who may ask for them, `OrgsService` says. */
export abstract class ActivityService implements ActivitySource {
  abstract afk(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly AfkPoint[]>;
  abstract windows(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly WindowPoint[]>;
  abstract appUsage(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly AppUsagePoint[]>;
  abstract dailyMetrics(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly DailyMetricsPoint[]>;
  abstract dataVersion(query: ActivityVersionQuery, signal?: AbortSignal): Promise<string>;
}
