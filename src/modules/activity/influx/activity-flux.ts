import {
  flux,
  fluxDateTime,
  fluxExpression,
  toFluxValue,
  type FluxParameterLike,
  type ParameterizedQuery,
} from '@influxdata/influxdb-client';
import type { ActivityQuery, ActivityVersionQuery } from '../activity-points.js';
import { LOOK_BACK_MS, narrowingTags, timesOfDates } from '../activity-rows.js';

// The questions to InfluxDB. Every value from outside goes through the client's template, which makes literals of them:
// names with quotes, pipes and newlines stay names.

const HOUR_MS = 3_600_000;
/** All that InfluxDB can store. */
const FIRST_TIME = '1677-09-21T00:12:43.145224194Z';
const LAST_TIME = '2262-04-11T23:47:16.854775806Z';

/** Durations are all that is read of `afk_status`; the rest are tags. */
export function afkFlux(bucket: string, query: ActivityQuery): ParameterizedQuery {
  return flux`${TYPES}
${points(bucket, query, 'afk_status', lookingBack(query))}
  |> filter(fn: (r) => r._field == "duration")
  |> filter(fn: (r) => types.isNumeric(v: r._value))
  |> filter(fn: (r) => r._time >= ${from(query)} or float(v: r._value) > ${secondsBefore(query)})
  |> rename(columns: {_value: "duration"})
  |> drop(columns: ["_start", "_stop", "_field", "_measurement"])`;
}

export function windowsFlux(bucket: string, query: ActivityQuery): ParameterizedQuery {
  return flux`${TYPES}
${points(bucket, query, 'window_activity', lookingBack(query))}
  |> filter(fn: (r) => r._field == "duration" or r._field == "title")
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
  |> filter(fn: (r) => exists r.duration)
  |> filter(fn: (r) => types.isNumeric(v: r.duration))
  |> filter(fn: (r) => r._time >= ${from(query)} or float(v: r.duration) > ${secondsBefore(query)})
  |> drop(columns: ["_start", "_stop", "_measurement"])`;
}

/** A point stands for the hour that begins with it. */
export function appUsageFlux(bucket: string, query: ActivityQuery): ParameterizedQuery {
  const range = { from: query.from - HOUR_MS + 1, toExclusive: query.toExclusive };
  return flux`${points(bucket, query, 'app_usage', range)}
  |> filter(fn: (r) => r._field == "duration_seconds" or r._field == "event_count")
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
  |> drop(columns: ["_start", "_stop", "_measurement"])`;
}

export function dailyMetricsFlux(bucket: string, query: ActivityQuery): ParameterizedQuery {
  return flux`${points(bucket, query, 'daily_metrics', timesOfDates(query))}
  |> filter(fn: (r) => contains(value: r._field, set: ["active_seconds", "idle_seconds", "afk_seconds", "utilization_ratio", "app_switches"]))
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
  |> drop(columns: ["_start", "_stop", "_measurement"])`;
}

/**
 * Figures that change with the data of the range: how many values each field has, their sum, and for texts their length
 * in all. A title that is replaced by one of the same length goes unnoticed, and so do values that change places.
 */
export function versionFlux(bucket: string, query: ActivityVersionQuery): ParameterizedQuery {
  const dates = timesOfDates(query);
  const start = Math.min(query.from - LOOK_BACK_MS, dates.from);
  const stop = Math.max(query.toExclusive, dates.toExclusive);
  const users = query.users.map(({ name }) => name);
  return flux`import "strings"
import "types"
points = from(bucket: ${literal(bucket)})
  |> range(start: ${time(start)}, stop: ${time(stop)})
  |> filter(fn: (r) => r._measurement == "afk_status" or r._measurement == "window_activity" or r._measurement == "app_usage" or r._measurement == "daily_metrics")
  |> filter(fn: (r) => r.org == ${literal(query.org)} and exists r.user and contains(value: r.user, set: ${users.map(literal)}))
points
  |> filter(fn: (r) => types.isNumeric(v: r._value))
  |> map(fn: (r) => ({r with _value: float(v: r._value)}))
  |> group(columns: ["user", "_measurement", "_field", "status"])
  |> sum()
  |> yield(name: "sums")
points
  |> filter(fn: (r) => types.isType(v: r._value, type: "string"))
  |> map(fn: (r) => ({r with _value: strings.strlen(v: r._value)}))
  |> group(columns: ["user", "_measurement", "_field"])
  |> sum()
  |> yield(name: "lengths")
points
  |> map(fn: (r) => ({r with _value: 1}))
  |> group(columns: ["user", "_measurement", "_field", "status"])
  |> sum()
  |> yield(name: "counts")`;
}

/** All points of an organization, or of one user in it, one row for each field. */
export function exportFlux(bucket: string, org: string, user: string | null): ParameterizedQuery {
  const ofUser = user === null ? fluxExpression('') : flux`|> filter(fn: (r) => r.user == ${literal(user)})`;
  return flux`from(bucket: ${literal(bucket)})
  |> range(start: ${fluxDateTime(FIRST_TIME)}, stop: ${fluxDateTime(LAST_TIME)})
  |> filter(fn: (r) => r.org == ${literal(org)})
  ${ofUser}
  |> drop(columns: ["_start", "_stop"])`;
}

const TYPES = fluxExpression('import "types"');

function points(
  bucket: string,
  query: ActivityQuery,
  measurement: string,
  range: { from: number; toExclusive: number },
): ParameterizedQuery {
  const { org, user } = query;
  const narrowing = narrowingTags(query).map(
    ([tag, value]) => flux`
  |> filter(fn: (r) => not exists r[${literal(tag)}] or r[${literal(tag)}] == ${literal(value)})`,
  );
  return flux`from(bucket: ${literal(bucket)})
  |> range(start: ${time(range.from)}, stop: ${time(range.toExclusive)})
  |> filter(fn: (r) => r._measurement == ${literal(measurement)} and r.org == ${literal(org)} and r.user == ${literal(user.name)})${fluxExpression(narrowing.join(''))}`;
}

function lookingBack({ from: start, toExclusive }: ActivityQuery): { from: number; toExclusive: number } {
  return { from: start - LOOK_BACK_MS, toExclusive };
}

function from(query: ActivityQuery) {
  return time(query.from);
}

/** By how many seconds a point began before the range: it must have lasted longer. In float: a duration may be enormous. */
function secondsBefore(query: ActivityQuery): ParameterizedQuery {
  return flux`float(v: int(v: ${time(query.from)}) - int(v: r._time)) / 1000000000.0`;
}

function time(ms: number) {
  return fluxDateTime(new Date(ms).toISOString());
}

/**
 * A text as it stands in a query. InfluxDB holds no NUL, and its parser takes none. That parser also reads a `$` together
 * with what follows, so that the quote in `$\"`, which the client's escaping makes of `$"`, would end the text.
 */
function literal(text: string): FluxParameterLike {
  const parts = text.replaceAll('\0', '\ufffd').split('$');
  const escaped = parts.map((part) => toFluxValue(part).slice(1, -1));
  return fluxExpression(`"${escaped.join('\\x24')}"`);
}
