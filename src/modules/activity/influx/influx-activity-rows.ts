import type { InfluxRow } from '../../../infra/influx/influx-rows.js';
import type { ActivityQuery, AfkPoint, AppUsagePoint, DailyMetricsPoint, WindowPoint } from '../activity-points.js';
import {
  datesOf,
  isHourIn,
  overlaps,
  toAfk,
  toAppUsage,
  toDailyMetrics,
  toWindow,
  type RawActivity,
} from '../activity-rows.js';
import type { ExportedPoint } from '../activity-store.js';

// Rows of InfluxDB's answers as the points of each measurement.

export function afkRow(row: InfluxRow, query: ActivityQuery): AfkPoint | null {
  const point = toAfk(rawOf(row, query, 'duration'), row.columns.text(row.values, 'status'));
  return point !== null && overlaps(point.start, point.durationMs, query) ? point : null;
}

export function windowRow(row: InfluxRow, query: ActivityQuery): WindowPoint | null {
  const { columns, values } = row;
  const point = toWindow(rawOf(row, query, 'duration'), columns.text(values, 'app'), columns.text(values, 'title'));
  return point !== null && overlaps(point.start, point.durationMs, query) ? point : null;
}

export function appUsageRow(row: InfluxRow, query: ActivityQuery): AppUsagePoint | null {
  const { columns, values } = row;
  const raw = rawOf(row, query, 'duration_seconds');
  if (!isHourIn(raw.start, query)) return null;
  return toAppUsage(raw, columns.text(values, 'app_name'), columns.number(values, 'event_count'));
}

export function dailyMetricsRow(
  { columns, values }: InfluxRow,
  query: ActivityQuery,
): { point: DailyMetricsPoint; at: number } | null {
  const date = columns.text(values, 'date');
  const { first, last } = datesOf(query);
  if (date < first || date > last) return null;
  const at = columns.time(values);
  const number = (label: string) => columns.number(values, label);
  const point = toDailyMetrics({
    user: query.user.name,
    host: columns.text(values, 'hostname'),
    date,
    at,
    activeSeconds: number('active_seconds'),
    idleSeconds: number('idle_seconds'),
    afkSeconds: number('afk_seconds'),
    utilization: number('utilization_ratio'),
    appSwitches: number('app_switches'),
  });
  return point && { point, at };
}

/** One field of a point. */
export function exportedRow({ columns, values, meta }: InfluxRow, org: string): ExportedPoint {
  const tags = Object.fromEntries(
    meta.columns
      .filter(({ label, group }) => group && label !== 'org' && !label.startsWith('_'))
      .map(({ label }) => [label, columns.text(values, label)]),
  );
  const value = meta.columns.find(({ label }) => label === '_value');
  const field = columns.text(values, '_field');
  return {
    org,
    measurement: columns.text(values, '_measurement'),
    tags,
    fields: { [field]: value === undefined ? '' : typed(values[value.index] ?? '', value.dataType) },
    time: columns.rfc3339(values),
  };
}

function typed(text: string, type: string): number | string | boolean {
  if (type === 'boolean') return text === 'true';
  if (type === 'double') return Number(text);
  const isWhole = type === 'long' || type === 'unsignedLong';
  return isWhole && Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

function rawOf({ columns, values }: InfluxRow, { user }: ActivityQuery, duration: string): RawActivity {
  return {
    user: user.name,
    host: columns.text(values, 'hostname'),
    start: columns.time(values),
    seconds: columns.number(values, duration),
  };
}
