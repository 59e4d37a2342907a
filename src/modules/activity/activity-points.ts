/** Rows of the four measurements, typed by column. Times are epoch milliseconds (UTC); a point's time is its start. */
export type AfkStatus = 'active' | 'idle' | 'afk';

export interface AfkPoint {
  user: string;
  host: string;
  start: number;
  durationMs: number;
  status: AfkStatus;
}

export interface WindowPoint {
  user: string;
  host: string;
  start: number;
  durationMs: number;
  app: string;
  /** As it was written: never cut, cleaned or read as a number. */
  title: string;
}

/** One app within one hour. */
export interface AppUsagePoint {
  user: string;
  host: string;
  start: number;
  app: string;
  durationMs: number;
  eventCount: number;
}

export interface DailyMetricsPoint {
  user: string;
  host: string;
  /** The tag `date`, `YYYY-MM-DD`: the collector's own calendar day. */
  date: string;
  activeMs: number;
  idleMs: number;
  afkMs: number;
  utilization: number | null;
  appSwitches: number | null;
}

export interface ActivityUser {
  /** The tag `user`. */
  name: string;
  /** Narrows to points whose tag `user_id` is this one, among those that carry such a tag. */
  id?: string;
}

/** What a report asks of one organization, without its users. */
export interface ActivityScope {
  org: string;
  /** Epoch milliseconds. */
  from: number;
  toExclusive: number;
  /** Narrow to points whose tag `account_id` / `org_id` is this one, among those that carry such a tag. */
  accountId?: string;
  orgId?: string;
}

export interface ActivityQuery extends ActivityScope {
  /** One at a time, so that a report for many users holds the points of one. */
  user: ActivityUser;
}

export interface ActivityVersionQuery extends ActivityScope {
  users: readonly ActivityUser[];
}

/**
 * Reads activity points. Each point comes once, with the last value written for each of its fields, in batches and in any
 * order. `afk` and `windows` give every point that overlaps the range, also those that began before it; they are not
 * clipped. `appUsage` gives the points whose hour overlaps the range; `dailyMetrics` those whose `date` may be a day of the
 * range in any time zone: the caller chooses by `date`.
 *
 * Points that lack what makes them usable (no duration, a status that is none of the three) are left out.
 *
 * @throws DomainError with a sentence for a person that names the cause (a store that is down, slow, or gave up half-way).
 */
export interface ActivitySource {
  afk(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly AfkPoint[]>;
  windows(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly WindowPoint[]>;
  appUsage(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly AppUsagePoint[]>;
  dailyMetrics(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly DailyMetricsPoint[]>;
  /** A short text that differs whenever what the range holds for these users may have changed. */
  dataVersion(query: ActivityVersionQuery, signal?: AbortSignal): Promise<string>;
}
