import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../common/auth/principal.js';
import { InvalidInputError } from '../../../common/errors/domain.error.js';
import { MAX_INSTANT } from '../../../common/time/instant.js';
import { Clock } from '../../../common/time/clock.js';
import { echoRange } from '../../../common/time/range.js';
import { EventSourcesService } from '../../analytics/product/event-sources.service.js';
import { ProductRunsService } from '../../analytics/product/runs/product-runs.service.js';
import { readPropertyPath, type PropertyFilter } from '../../analytics/product/properties/property-filter.js';
import { activeUsersOf, activeUsersReach } from './active-users/active-users-report.js';
import { stickiness } from './active-users/active-users.js';
import type { ActiveUsersDto, RetentionDto, SessionsDto } from './dto/behaviour-reports.dto.js';
import type { FunnelRequestDto } from './dto/funnel-request.dto.js';
import type { FunnelDto } from './dto/funnel.dto.js';
import type { FunnelQuery } from './dto/funnel.query.js';
import type { ReportQuery } from './dto/report.query.js';
import type { RetentionQuery } from './dto/retention.query.js';
import type { SessionsQuery } from './dto/sessions.query.js';
import { funnelOf } from './funnel/funnel-report.js';
import { funnelWindowMs } from './funnel/funnel-window.js';
import { DEFAULT_PROCESS_WINDOW_MS, ProcessRuns, type ProcessFigures } from './funnel/process-runs.js';
import { checkCount, filtersFromBody } from './properties/property-filters.js';
import { clampLimit } from './report-requests.js';
import { ReportScopesService, type ReportScope } from './report-scopes.service.js';
import type { SourcedReport } from './report-source.interceptor.js';
import { spanOf } from './figures/report-span.js';
import { retentionOf } from './retention/retention-report.js';
import { seriesBuckets } from './figures/series.js';
import { sessionReach, sessionsById, sessionsOf } from './sessions/sessions-report.js';

const PERIODS = {
  day: { byDefault: 7, max: 31 },
  week: { byDefault: 8, max: 26 },
  month: { byDefault: 6, max: 24 },
} as const;

/** The reports on what persons do over time: funnel, retention, sessions, active users. */
@Injectable()
export class ProductBehaviourReportsService {
  constructor(
    private readonly scopes: ReportScopesService,
    private readonly sources: EventSourcesService,
    private readonly runs: ProductRunsService,
    private readonly clock: Clock,
  ) {}

  /** `filters`: those of the query, beside those of the body. */
  async funnel(
    caller: Principal,
    request: FunnelRequestDto,
    source?: string,
    filters: readonly PropertyFilter[] = [],
  ): Promise<SourcedReport<FunnelDto>> {
    return this.followFunnel(
      caller,
      { ...request, source },
      checkCount([...filters, ...filtersFromBody(request.filter)]),
    );
  }

  async funnelOfQuery(
    caller: Principal,
    query: FunnelQuery,
    filters: readonly PropertyFilter[] = [],
  ): Promise<SourcedReport<FunnelDto>> {
    return this.followFunnel(caller, query, filters);
  }

  async retention(
    caller: Principal,
    query: RetentionQuery,
    filters: readonly PropertyFilter[] = [],
  ): Promise<SourcedReport<RetentionDto>> {
    const { projectKey, range, raw, timeZone, weekStart } = await this.scopes.open(caller, query);
    const interval = query.interval ?? 'day';
    const mode = query.mode ?? 'calendar';
    if (mode === '24h' && interval !== 'day') {
      const message = 'mode 24h needs interval day';
      throw new InvalidInputError(message, [{ path: 'mode', message }]);
    }
    const { byDefault, max } = PERIODS[interval];
    // All of the time before: a person's first event may lie anywhere in it. What is read after is known later.
    const events = await this.sources.open(projectKey, { raw, range: { from: null, toExclusive: null }, filters });
    const cohorts = await retentionOf(events, {
      range,
      calendar: { timeZone, weekStart },
      interval,
      mode,
      periods: clampLimit(query.periods, byDefault, max),
      startEvent: query.startEvent || undefined,
      returnEvent: query.returnEvent || undefined,
      now: this.clock.now(),
    });
    return { source: events.kind, report: { projectKey, interval, mode, cohorts, range: echoRange(query) } };
  }

  async sessions(
    caller: Principal,
    query: SessionsQuery,
    filters: readonly PropertyFilter[] = [],
  ): Promise<SourcedReport<SessionsDto>> {
    const { projectKey, range, raw, timeZone, weekStart } = await this.scopes.open(caller, query);
    const reach = sessionReach(range);
    const byId = query.by === 'sessionId';
    const events = await this.sources.open(projectKey, { raw: raw || byId, range: reach, filters });
    const span = await spanOf(events, range);
    const interval = query.interval ?? 'day';
    const asked = span && { ...span, isOpenBefore: range.from === null };
    const buckets = asked === null ? [] : await seriesBuckets(asked, { interval, timeZone, weekStart });
    const figures = byId
      ? await sessionsById(this.runs.streamSessions({ projectKey, range: reach, filters }), range, buckets)
      : await sessionsOf(events, range, buckets);
    const items = figures.buckets(buckets.map(({ label }) => label));
    return { source: events.kind, report: { projectKey, range: echoRange(query), ...figures.totals(), items } };
  }

  async activeUsers(
    caller: Principal,
    query: ReportQuery,
    filters: readonly PropertyFilter[] = [],
  ): Promise<SourcedReport<ActiveUsersDto>> {
    const { projectKey, range, raw, timeZone } = await this.scopes.open(caller, query);
    const events = await this.sources.open(projectKey, { raw, range: activeUsersReach(range), filters });
    const items = await activeUsersOf(events, range, timeZone, this.clock.now());
    const { dau = 0, wau = 0, mau = 0 } = items.at(-1) ?? {};
    const report = { projectKey, range: echoRange(query), items, stickiness: stickiness(items), dau, wau, mau };
    return { source: events.kind, report };
  }

  private async followFunnel(
    caller: Principal,
    request: Omit<FunnelRequestDto, 'filter'> & { source?: string },
    filters: readonly PropertyFilter[],
  ): Promise<SourcedReport<FunnelDto>> {
    const scope = await this.scopes.open(caller, request);
    const { projectKey, range, raw } = scope;
    const mode = request.mode ?? 'USER';
    const processName = mode === 'PROCESS' ? request.processName : undefined;
    const breakdown = request.breakdown ? readPropertyPath(request.breakdown, 'breakdown') : undefined;
    const events = await this.sources.open(projectKey, { raw, range, filters, breakdown, processName });
    const windowMs = funnelWindowMs(request.window);
    const isBrokenDown = breakdown !== undefined;
    const question = { range, steps: request.steps, windowMs, isBrokenDown, now: this.clock.now() };
    const report: FunnelDto = { projectKey, mode, ...(await funnelOf(events, question)) };
    if (processName !== undefined) report.process = await this.process(scope, processName, filters, windowMs);
    return { source: events.kind, report };
  }

  /**
   * Runs with a START in the range; one that begins at its end has as long to end as every other. No index leads to the
   * earlier events of a run, so a START before the range does not exclude it.
   */
  private async process(
    { projectKey, range }: ReportScope,
    processName: string,
    filters: readonly PropertyFilter[],
    funnelWindow: number,
  ): Promise<ProcessFigures> {
    const windowMs = funnelWindow === Infinity ? DEFAULT_PROCESS_WINDOW_MS : funnelWindow;
    const end = range.toExclusive;
    const reach = { from: range.from, toExclusive: end === null ? null : Math.min(end + windowMs + 1, MAX_INSTANT) };
    const runs = new ProcessRuns(end ?? Infinity);
    for await (const rows of this.runs.streamProcessSteps({ projectKey, range: reach, filters, processName })) {
      for (const { processId, processStep, timestamp } of rows) {
        runs.add(processId, processStep, timestamp.getTime());
      }
    }
    return runs.figures(this.clock.now(), windowMs);
  }
}
