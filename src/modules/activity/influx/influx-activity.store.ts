import { createHash } from 'node:crypto';
import type { ParameterizedQuery } from '@influxdata/influxdb-client';
import type { InfluxClient } from '../../../infra/influx/influx.client.js';
import type { InfluxRow } from '../../../infra/influx/influx-rows.js';
import type { OrgRow } from '../../orgs/org-member.js';
import type {
  ActivityQuery,
  ActivityVersionQuery,
  AfkPoint,
  AppUsagePoint,
  DailyMetricsPoint,
  WindowPoint,
} from '../activity-points.js';
import { ActivityStore, type ExportedPoint } from '../activity-store.js';
import type { WriteRequest } from '../ingest/body-lines.js';
import type { PointWriter } from '../ingest/point-writer.js';
import type { WriteRights } from '../ingest/write-rights.js';
import { LatestDailyMetrics } from '../latest-daily-metrics.js';
import { afkFlux, appUsageFlux, dailyMetricsFlux, exportFlux, versionFlux, windowsFlux } from './activity-flux.js';
import { ForwardedLines } from './forwarded-lines.js';
import { afkRow, appUsageRow, dailyMetricsRow, exportedRow, windowRow } from './influx-activity-rows.js';

/** Activity points in InfluxDB 2. */
export class InfluxActivityStore extends ActivityStore {
  constructor(private readonly influx: InfluxClient) {
    super();
  }

  override afk(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly AfkPoint[]> {
    return this.rows(query, afkFlux, afkRow, signal);
  }

  override windows(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly WindowPoint[]> {
    return this.rows(query, windowsFlux, windowRow, signal);
  }

  override appUsage(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly AppUsagePoint[]> {
    return this.rows(query, appUsageFlux, appUsageRow, signal);
  }

  override async *dailyMetrics(
    query: ActivityQuery,
    signal?: AbortSignal,
  ): AsyncGenerator<readonly DailyMetricsPoint[]> {
    const latest = new LatestDailyMetrics();
    for await (const batch of this.influx.query(dailyMetricsFlux(this.influx.bucket, query), signal)) {
      for (const row of batch) {
        const found = dailyMetricsRow(row, query);
        if (found !== null) latest.add(found.point, found.at);
      }
    }
    yield latest.list();
  }

  override async dataVersion(query: ActivityVersionQuery, signal?: AbortSignal): Promise<string> {
    const rows: string[] = [];
    for await (const batch of this.influx.query(versionFlux(this.influx.bucket, query), signal)) {
      for (const { values, meta } of batch) {
        // Not the number of the table, which differs from one answer to the next.
        const parts = meta.columns.filter(({ label }) => label !== 'table' && label !== '_start' && label !== '_stop');
        const figures = parts.map((column) => [column.label, values[column.index] || column.defaultValue]);
        rows.push(JSON.stringify(figures.sort()));
      }
    }
    return createHash('sha256').update(rows.sort().join('\n')).digest('base64url').slice(0, 22);
  }

  override writer(request: WriteRequest, rights: WriteRights): PointWriter {
    return new ForwardedLines(request, rights, this.influx);
  }

  override async *export(org: OrgRow, user: string | null): AsyncGenerator<ExportedPoint> {
    for await (const batch of this.influx.query(exportFlux(this.influx.bucket, org.name, user))) {
      for (const row of batch) yield exportedRow(row, org.name);
    }
  }

  override async erase(org: OrgRow): Promise<void> {
    await this.influx.deleteByTag('org', org.name);
  }

  private async *rows<T>(
    query: ActivityQuery,
    toFlux: (bucket: string, query: ActivityQuery) => ParameterizedQuery,
    toPoint: (row: InfluxRow, query: ActivityQuery) => T | null,
    signal?: AbortSignal,
  ): AsyncGenerator<readonly T[]> {
    for await (const batch of this.influx.query(toFlux(this.influx.bucket, query), signal)) {
      const points: T[] = [];
      for (const row of batch) {
        const point = toPoint(row, query);
        if (point !== null) points.push(point);
      }
      if (points.length > 0) yield points;
    }
  }
}
