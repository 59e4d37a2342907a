import { Injectable } from '@nestjs/common';
import type {
  ActivityQuery,
  ActivitySource,
  ActivityVersionQuery,
  AfkPoint,
  AppUsagePoint,
  DailyMetricsPoint,
  WindowPoint,
} from './activity-points.js';
import { ActivityStore } from './activity-store.js';

/** The activity points of people, wherever they are kept. Who may ask for them, `OrgsService` says. */
@Injectable()
export class ActivityService implements ActivitySource {
  constructor(private readonly store: ActivityStore) {}

  afk(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly AfkPoint[]> {
    return this.store.afk(query, signal);
  }

  windows(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly WindowPoint[]> {
    return this.store.windows(query, signal);
  }

  appUsage(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly AppUsagePoint[]> {
    return this.store.appUsage(query, signal);
  }

  dailyMetrics(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly DailyMetricsPoint[]> {
    return this.store.dailyMetrics(query, signal);
  }

  dataVersion(query: ActivityVersionQuery, signal?: AbortSignal): Promise<string> {
    return this.store.dataVersion(query, signal);
  }
}
