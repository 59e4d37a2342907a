import { Injectable } from '@nestjs/common';
import { DomainError, UnavailableError } from '../../../common/errors/domain.error.js';
import { isStoreUnavailable } from '../../../common/errors/store-errors.js';
import type { OrgRow } from '../../orgs/org-member.js';
import { OrgsService } from '../../orgs/orgs.service.js';
import type {
  ActivityQuery,
  ActivityVersionQuery,
  AfkPoint,
  AppUsagePoint,
  DailyMetricsPoint,
  WindowPoint,
} from '../activity-points.js';
import { LOOK_BACK_MS, timesOfDates } from '../activity-rows.js';
import { ActivityStore, type ExportedPoint } from '../activity-store.js';
import type { WriteRequest } from '../ingest/body-lines.js';
import type { PointWriter } from '../ingest/point-writer.js';
import type { WriteRights } from '../ingest/write-rights.js';
import { LatestDailyMetrics } from '../latest-daily-metrics.js';
import type { PointColumns } from '../packing/point-columns.js';
import { ActivityInserts } from './activity-inserts.service.js';
import { ActivityRemovalService } from './activity-removal.service.js';
import { afkRows, appUsageRows, collectDailyMetrics, windowRows } from './column-rows.js';
import { DataVersionsService } from './data-versions.service.js';
import { EmbeddedPointWriter } from './embedded-point-writer.js';
import { FieldTypesService } from './field-types.service.js';
import { DAY_MS } from './point-groups.js';
import { StoredPoints, type DayRange } from './stored-points.service.js';

const DURATION = new Set(['duration']);
const WINDOW = new Set(['duration', 'title']);
const APP_USAGE = new Set(['duration_seconds', 'event_count']);

/** Activity points in MongoDB. */
@Injectable()
export class EmbeddedActivityStore extends ActivityStore {
  constructor(
    private readonly orgs: OrgsService,
    private readonly points: StoredPoints,
    private readonly types: FieldTypesService,
    private readonly inserts: ActivityInserts,
    private readonly versions: DataVersionsService,
    private readonly removal: ActivityRemovalService,
  ) {
    super();
  }

  override afk(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly AfkPoint[]> {
    return this.rows('afk_status', query, { ...lookingBack(query), fields: DURATION }, afkRows, signal);
  }

  override windows(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly WindowPoint[]> {
    return this.rows('window_activity', query, { ...lookingBack(query), fields: WINDOW }, windowRows, signal);
  }

  override appUsage(query: ActivityQuery, signal?: AbortSignal): AsyncIterable<readonly AppUsagePoint[]> {
    return this.rows('app_usage', query, { ...lookingBack(query), fields: APP_USAGE }, appUsageRows, signal);
  }

  override async *dailyMetrics(
    query: ActivityQuery,
    signal?: AbortSignal,
  ): AsyncGenerator<readonly DailyMetricsPoint[]> {
    const { from, toExclusive } = timesOfDates(query);
    const latest = new LatestDailyMetrics();
    const range = { fromDay: dayOf(from), toDay: dayOf(toExclusive - 1) };
    for await (const points of this.read('daily_metrics', query, range, signal)) {
      collectDailyMetrics(points, query, latest);
    }
    yield latest.list();
  }

  override async dataVersion(query: ActivityVersionQuery, signal?: AbortSignal): Promise<string> {
    try {
      const org = await this.orgs.findId(query.org);
      return org === null ? 'none' : await this.versions.of(org, query, signal);
    } catch (error) {
      throw translate(error);
    }
  }

  override writer(_request: WriteRequest, rights: WriteRights): PointWriter {
    return new EmbeddedPointWriter(rights, this.types, this.inserts);
  }

  override export(org: OrgRow, user: string | null): AsyncIterable<ExportedPoint> {
    return this.removal.export(org, user);
  }

  override async erase(org: OrgRow, signal: AbortSignal): Promise<void> {
    await this.removal.erase(org.id, signal);
  }

  private async *rows<T>(
    measurement: string,
    query: ActivityQuery,
    range: DayRange,
    toRows: (points: PointColumns, query: ActivityQuery) => T[],
    signal?: AbortSignal,
  ): AsyncGenerator<readonly T[]> {
    for await (const points of this.read(measurement, query, range, signal)) {
      const rows = toRows(points, query);
      if (rows.length > 0) yield rows;
    }
  }

  private async *read(
    measurement: string,
    { org, user }: ActivityQuery,
    range: DayRange,
    signal?: AbortSignal,
  ): AsyncGenerator<PointColumns> {
    try {
      const id = await this.orgs.findId(org);
      if (id === null) return;
      yield* this.points.read({ org: id, user: user.name, measurement }, range, signal);
    } catch (error) {
      throw translate(error);
    }
  }
}

function lookingBack({ from, toExclusive }: ActivityQuery): DayRange {
  const lookBackFromDay = dayOf(from - LOOK_BACK_MS);
  return { fromDay: dayOf(from), toDay: dayOf(toExclusive - 1), lookBackFromDay, endedAfter: from };
}

function dayOf(time: number): number {
  return Math.floor(time / DAY_MS);
}

/** A sentence for a person where the store itself is at fault. */
function translate(error: unknown): unknown {
  if (error instanceof DomainError || !isStoreUnavailable(error)) return error;
  return new UnavailableError('The store of activity data does not answer', 5, 'ACTIVITY_STORE_DOWN', error);
}
