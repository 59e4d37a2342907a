import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../common/auth/principal.js';
import type { Bucket, Span } from '../../../common/time/calendar.js';
import { echoRange } from '../../../common/time/range.js';
import type { EventSource } from '../../analytics/product/event-source.js';
import { EventSourcesService } from '../../analytics/product/event-sources.service.js';
import {
  readPropertyPath,
  type PropertyFilter,
  type PropertyPath,
} from '../../analytics/product/properties/property-filter.js';
import { MAX_BREAKDOWN_VALUES } from '../../analytics/product/properties/property-breakdowns.service.js';
import type { ConversionQuery } from './dto/conversion.query.js';
import type { EventsTimeseriesQuery } from './dto/events-timeseries.query.js';
import type { OverviewQuery } from './dto/overview.query.js';
import type { ConversionDto, EventsTimeseriesDto, OverviewDto, TopEventsDto } from './dto/product-reports.dto.js';
import type { TopEventsQuery } from './dto/top-events.query.js';
import { changeOf, previousPeriod, type Period } from './figures/previous-period.js';
import { ReportBreakdownsService } from './report-breakdowns.service.js';
import { conversionOf, topOf, totalsOf } from './figures/report-figures.js';
import { clampLimit, nameList } from './report-requests.js';
import { ReportScopesService, type ReportRequest, type ReportScope } from './report-scopes.service.js';
import type { SourcedReport } from './report-source.interceptor.js';
import { spanOf } from './figures/report-span.js';
import {
  boundariesOf,
  coveredSpan,
  seriesBuckets,
  seriesItems,
  type SeriesCalendar,
  type SeriesItem,
} from './figures/series.js';

const DEFAULT_TOP_EVENTS = 10;
const MAX_TOP_EVENTS = 50;

/** What a report stands on, ready to be computed. */
interface OpenReport extends ReportScope {
  source: EventSource;
  filters: readonly PropertyFilter[];
  breakdown: PropertyPath | undefined;
  /** The time to compare with. */
  previous: Period | undefined;
}

/** Totals, top events, series and conversion. */
@Injectable()
export class ProductReportsService {
  constructor(
    private readonly scopes: ReportScopesService,
    private readonly sources: EventSourcesService,
    private readonly breakdowns: ReportBreakdownsService,
  ) {}

  async overview(
    caller: Principal,
    query: OverviewQuery,
    filters: readonly PropertyFilter[] = [],
  ): Promise<SourcedReport<OverviewDto>> {
    const open = await this.open(caller, query, filters);
    const { projectKey, range, source, previous } = open;
    const totals = await totalsOf(source, range);
    const report: OverviewDto = { projectKey, range: echoRange(query), ...totals };
    if (previous !== undefined) {
      const before = await totalsOf(source, previous.range);
      report.previous = { range: previous.asked, ...before };
      report.change = {
        totalEvents: changeOf(totals.totalEvents, before.totalEvents),
        uniqueUsers: changeOf(totals.uniqueUsers, before.uniqueUsers),
        uniqueEventNames: changeOf(totals.uniqueEventNames, before.uniqueEventNames),
      };
    }
    if (open.breakdown !== undefined) Object.assign(report, await this.breakdowns.overview(open, open.breakdown));
    return { source: source.kind, report };
  }

  async topEvents(
    caller: Principal,
    query: TopEventsQuery,
    filters: readonly PropertyFilter[] = [],
  ): Promise<SourcedReport<TopEventsDto>> {
    const open = await this.open(caller, query, filters);
    const { projectKey, range, source } = open;
    const excluded = nameList(query.exclude);
    const limit = clampLimit(query.limit, DEFAULT_TOP_EVENTS, MAX_TOP_EVENTS);
    const report: TopEventsDto = { projectKey, items: topOf(await source.countByName(range), excluded, limit) };
    if (open.breakdown !== undefined) {
      Object.assign(report, await this.breakdowns.topEvents(open, open.breakdown, excluded, limit));
    }
    return { source: source.kind, report };
  }

  async eventsTimeseries(
    caller: Principal,
    query: EventsTimeseriesQuery,
    filters: readonly PropertyFilter[] = [],
  ): Promise<SourcedReport<EventsTimeseriesDto>> {
    const open = await this.open(caller, query, filters);
    const { projectKey, range, source, timeZone, weekStart, previous } = open;
    const interval = query.interval ?? 'day';
    const calendar = { interval, timeZone, weekStart };
    const span = await spanOf(source, range);
    const series = open.breakdown === undefined ? 1 : 1 + MAX_BREAKDOWN_VALUES;
    const asked = span && { ...span, isOpenBefore: range.from === null };
    const buckets = asked === null ? [] : await seriesBuckets(asked, calendar, series);
    const covered = span && coveredSpan(span, buckets);
    const report: EventsTimeseriesDto = { projectKey, interval, items: await itemsOf(source, buckets, covered) };
    if (previous !== undefined) {
      report.previous = { range: previous.asked, items: await this.previousItems(source, previous, calendar) };
    }
    if (open.breakdown !== undefined) {
      Object.assign(report, await this.breakdowns.series(open, open.breakdown, buckets, covered));
    }
    return { source: source.kind, report };
  }

  async conversion(
    caller: Principal,
    query: ConversionQuery,
    filters: readonly PropertyFilter[] = [],
  ): Promise<SourcedReport<ConversionDto>> {
    const open = await this.open(caller, query, filters);
    const { projectKey, range, source } = open;
    const report: ConversionDto = {
      projectKey,
      conversionEvent: query.eventName,
      range: echoRange(query),
      ...conversionOf(await source.countPersons(range, query.eventName)),
    };
    if (open.breakdown !== undefined) {
      Object.assign(report, await this.breakdowns.conversion(open, open.breakdown, query.eventName));
    }
    return { source: source.kind, report };
  }

  private async open(
    caller: Principal,
    query: ReportRequest & { from?: string; to?: string; breakdown?: string; compare?: string },
    filters: readonly PropertyFilter[],
  ): Promise<OpenReport> {
    const scope = await this.scopes.open(caller, query);
    const breakdown = query.breakdown ? readPropertyPath(query.breakdown, 'breakdown') : undefined;
    const previous = query.compare === 'previous' ? previousPeriod(query, scope.range, scope.timeZone) : undefined;
    const source = await this.sources.open(scope.projectKey, {
      raw: scope.raw,
      range: { from: previous?.range.from ?? scope.range.from, toExclusive: scope.range.toExclusive },
      filters,
      breakdown,
    });
    return { ...scope, source, filters, breakdown, previous };
  }

  private async previousItems(source: EventSource, previous: Period, calendar: SeriesCalendar): Promise<SeriesItem[]> {
    return itemsOf(source, await seriesBuckets({ ...previous.range, isOpenBefore: false }, calendar), previous.range);
  }
}

async function itemsOf(source: EventSource, buckets: readonly Bucket[], span: Span | null): Promise<SeriesItem[]> {
  if (span === null || buckets.length === 0) return [];
  return seriesItems(buckets, await source.countByBucket(boundariesOf(buckets, span)));
}
