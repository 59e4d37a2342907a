import type { ActivityQuery, AfkPoint, AppUsagePoint, WindowPoint } from '../activity-points.js';
import {
  datesOf,
  isHourIn,
  narrowingTags,
  overlaps,
  toAfk,
  toAppUsage,
  toDailyMetrics,
  toWindow,
  type RawActivity,
} from '../activity-rows.js';
import type { LatestDailyMetrics } from '../latest-daily-metrics.js';
import type { Tag } from '../line-protocol/series.js';
import type { FieldColumn } from '../packing/field-column.js';
import type { PointColumns } from '../packing/point-columns.js';

// Columns of one user as the rows of each measurement.

export function afkRows(points: PointColumns, query: ActivityQuery): AfkPoint[] {
  const series = wantedSeries(points, query, ['status']);
  const duration = numbersOf(points, 'duration');
  const rows: AfkPoint[] = [];
  for (let row = 0; row < points.count; row++) {
    const tags = series[points.seriesOf[row]!];
    if (!tags) continue;
    const point = toAfk(rawOf(points, query, row, tags.host, duration), tags.values[0]!);
    if (point !== null && overlaps(point.start, point.durationMs, query)) rows.push(point);
  }
  return rows;
}

export function windowRows(points: PointColumns, query: ActivityQuery): WindowPoint[] {
  const series = wantedSeries(points, query, ['app']);
  const duration = numbersOf(points, 'duration');
  const titles = points.fields.find(({ name, isText }) => name === 'title' && isText);
  const rows: WindowPoint[] = [];
  for (let row = 0; row < points.count; row++) {
    const tags = series[points.seriesOf[row]!];
    if (!tags) continue;
    const raw = rawOf(points, query, row, tags.host, duration);
    const point = toWindow(raw, tags.values[0]!, titles?.textAt(row) ?? '');
    if (point !== null && overlaps(point.start, point.durationMs, query)) rows.push(point);
  }
  return rows;
}

export function appUsageRows(points: PointColumns, query: ActivityQuery): AppUsagePoint[] {
  const series = wantedSeries(points, query, ['app_name']);
  const duration = numbersOf(points, 'duration_seconds');
  const counts = numbersOf(points, 'event_count');
  const rows: AppUsagePoint[] = [];
  for (let row = 0; row < points.count; row++) {
    const tags = series[points.seriesOf[row]!];
    if (!tags || !isHourIn(points.ms[row]!, query)) continue;
    const raw = rawOf(points, query, row, tags.host, duration);
    const point = toAppUsage(raw, tags.values[0]!, numberAt(counts, row));
    if (point !== null) rows.push(point);
  }
  return rows;
}

export function collectDailyMetrics(points: PointColumns, query: ActivityQuery, into: LatestDailyMetrics): void {
  const series = wantedSeries(points, query, ['date']);
  const { first, last } = datesOf(query);
  const names = ['active_seconds', 'idle_seconds', 'afk_seconds', 'utilization_ratio', 'app_switches'];
  const columns = names.map((name) => numbersOf(points, name));
  for (let row = 0; row < points.count; row++) {
    const tags = series[points.seriesOf[row]!];
    const date = tags?.values[0] ?? '';
    if (!tags || date < first || date > last) continue;
    const at = points.ms[row]!;
    const [activeSeconds, idleSeconds, afkSeconds, utilization, appSwitches] = columns.map((field) =>
      numberAt(field, row),
    ) as [number, number, number, number, number];
    const figures = { activeSeconds, idleSeconds, afkSeconds, utilization, appSwitches };
    const point = toDailyMetrics({ user: query.user.name, host: tags.host, date, at, ...figures });
    if (point !== null) into.add(point, at);
  }
}

interface WantedTags {
  host: string;
  /** Of the tags that were asked for; empty where there is none. */
  values: string[];
}

/** By series; `null` where the query wants another account, organization or user id. */
function wantedSeries(points: PointColumns, query: ActivityQuery, names: readonly string[]): (WantedTags | null)[] {
  const narrowing = narrowingTags(query);
  return points.series.map((tags) => {
    const isWanted = narrowing.every(([name, value]) => (tagOf(tags, name) ?? value) === value);
    if (!isWanted) return null;
    return { host: tagOf(tags, 'hostname') ?? '', values: names.map((name) => tagOf(tags, name) ?? '') };
  });
}

function tagOf(tags: readonly Tag[], name: string): string | undefined {
  return tags.find(([key]) => key === name)?.[1];
}

/** The columns of a field that hold numbers: one, or several when its type differed in some past. */
function numbersOf(points: PointColumns, name: string): FieldColumn[] {
  return points.fields.filter((field) => field.name === name && field.isNumeric);
}

function numberAt(columns: readonly FieldColumn[], row: number): number {
  for (const column of columns) if (column.has(row)) return column.numberAt(row);
  return Number.NaN;
}

function rawOf(
  points: PointColumns,
  { user }: ActivityQuery,
  row: number,
  host: string,
  duration: readonly FieldColumn[],
): RawActivity {
  return { user: user.name, host, start: points.ms[row]!, seconds: numberAt(duration, row) };
}
