import type {
  ActivityQuery,
  ActivitySource,
  ActivityVersionQuery,
  AfkPoint,
  AppUsagePoint,
  DailyMetricsPoint,
  WindowPoint,
} from '../../src/modules/activity/activity-points.js';
import type { PersonPoints } from './activity-points.js';

/** Points in memory, by the name of the user; gives all of a person's, also those outside of the range. */
export class MemoryActivity implements ActivitySource {
  readonly asked: ActivityQuery[] = [];

  constructor(
    readonly people: Record<string, Partial<PersonPoints>>,
    private readonly batch = 100,
  ) {}

  afk(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly AfkPoint[]> {
    this.asked.push(query);
    return this.batches(this.people[query.user.name]?.afk, signal);
  }

  windows(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly WindowPoint[]> {
    return this.batches(this.people[query.user.name]?.windows, signal);
  }

  appUsage(_query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly AppUsagePoint[]> {
    return this.batches<AppUsagePoint>([], signal);
  }

  dailyMetrics(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly DailyMetricsPoint[]> {
    return this.batches(this.people[query.user.name]?.dailyMetrics, signal);
  }

  dataVersion(query: ActivityVersionQuery): Promise<string> {
    return Promise.resolve(`${query.org}-${query.users.length}`);
  }

  private async *batches<T>(points: readonly T[] | undefined, signal?: AbortSignal): AsyncGenerator<readonly T[]> {
    for (let at = 0; at < (points?.length ?? 0); at += this.batch) {
      signal?.throwIfAborted();
      await Promise.resolve();
      yield points!.slice(at, at + this.batch);
    }
  }
}
