import type {
  ActivityQuery,
  ActivityScope,
  AfkPoint,
  AfkStatus,
  AppUsagePoint,
  DailyMetricsPoint,
  WindowPoint,
} from './activity-points.js';

// What makes a point of each measurement usable, whichever store it comes from.

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const STATUSES: readonly string[] = ['active', 'idle', 'afk'] satisfies AfkStatus[];
const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** The farthest that a local day is from the same day in UTC. */
const MAX_OFFSET_MS = 14 * HOUR_MS;

/**
 * How long one point may last: what is beyond is cut off, so that a day is the same in every range that holds it. Longer than
 * any weekend or holiday of a machine that was left on; a limit, since InfluxDB must read all of it before a range.
 */
export const LOOK_BACK_MS = 14 * DAY_MS;

/** A point as a store gives it. NaN: the field is absent, or no number. Empty text: the tag or field is absent. */
export interface RawActivity {
  user: string;
  host: string;
  /** Epoch milliseconds. */
  start: number;
  seconds: number;
}

export function toAfk(raw: RawActivity, status: string): AfkPoint | null {
  if (!STATUSES.includes(status) || !isDuration(raw.seconds)) return null;
  return {
    user: raw.user,
    host: raw.host,
    start: raw.start,
    durationMs: lasting(raw.seconds),
    status: status as AfkStatus,
  };
}

export function toWindow(raw: RawActivity, app: string, title: string): WindowPoint | null {
  if (!isDuration(raw.seconds)) return null;
  return { user: raw.user, host: raw.host, start: raw.start, durationMs: lasting(raw.seconds), app, title };
}

export function toAppUsage(raw: RawActivity, app: string, eventCount: number): AppUsagePoint | null {
  if (!isDuration(raw.seconds)) return null;
  const events = isDuration(eventCount) ? eventCount : 0;
  return { user: raw.user, host: raw.host, start: raw.start, app, durationMs: toMs(raw.seconds), eventCount: events };
}

export interface RawDailyMetrics {
  user: string;
  host: string;
  date: string;
  /** Epoch milliseconds; of several points for one date and host the latest counts. */
  at: number;
  activeSeconds: number;
  idleSeconds: number;
  afkSeconds: number;
  utilization: number;
  appSwitches: number;
}

export function toDailyMetrics(raw: RawDailyMetrics): DailyMetricsPoint | null {
  const seconds = [raw.activeSeconds, raw.idleSeconds, raw.afkSeconds];
  if (!DATE.test(raw.date) || !seconds.some(isDuration)) return null;
  const [activeMs = 0, idleMs = 0, afkMs = 0] = seconds.map((value) => (isDuration(value) ? toMs(value) : 0));
  const { user, host, date } = raw;
  return {
    user,
    host,
    date,
    activeMs,
    idleMs,
    afkMs,
    utilization: orNull(raw.utilization),
    appSwitches: orNull(raw.appSwitches),
  };
}

/** Whether activity that began at `start` belongs to the range, also when it took no time. */
export function overlaps(start: number, durationMs: number, { from, toExclusive }: ActivityScope): boolean {
  return start < toExclusive && (start >= from || start + durationMs > from);
}

/** Whether a point of `app_usage` belongs to the range: it stands for the hour that begins with it. */
export function isHourIn(start: number, { from, toExclusive }: ActivityScope): boolean {
  return start < toExclusive && start + HOUR_MS > from;
}

/** The dates (`YYYY-MM-DD`, both inclusive) that may be days of the range in some time zone. */
export function datesOf({ from, toExclusive }: ActivityScope): { first: string; last: string } {
  return { first: isoDate(from - MAX_OFFSET_MS), last: isoDate(toExclusive - 1 + MAX_OFFSET_MS) };
}

/**
 * When points of those dates may have been written: collectors take the beginning of the day, its end, or any moment
 * between, by their own calendar.
 */
export function timesOfDates(scope: ActivityScope): { from: number; toExclusive: number } {
  const { first, last } = datesOf(scope);
  return {
    from: Date.parse(`${first}T00:00:00Z`) - MAX_OFFSET_MS,
    toExclusive: Date.parse(`${last}T00:00:00Z`) + DAY_MS + MAX_OFFSET_MS,
  };
}

/** Tags that narrow a report, with what they must be. A point without the tag is not narrowed by it. */
export function narrowingTags({ user, accountId, orgId }: ActivityQuery): [tag: string, value: string][] {
  const wanted: [string, string | undefined][] = [
    ['user_id', user.id],
    ['account_id', accountId],
    ['org_id', orgId],
  ];
  return wanted.filter((pair): pair is [string, string] => pair[1] !== undefined);
}

function lasting(seconds: number): number {
  return Math.min(toMs(seconds), LOOK_BACK_MS);
}

export function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}

function isDuration(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function isoDate(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
