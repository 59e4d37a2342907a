import { Body, Controller, Get, HttpCode, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, OpenModeAllowed, RequireScope } from '../../../common/auth/auth.decorators.js';
import type { Principal } from '../../../common/auth/principal.js';
import type { PropertyFilter } from '../../analytics/product/properties/property-filter.js';
import { ActiveUsersDto, RetentionDto, SessionsDto } from './dto/behaviour-reports.dto.js';
import { FUNNEL_EXAMPLES } from './dto/funnel.examples.js';
import { FunnelRequestDto } from './dto/funnel-request.dto.js';
import { FunnelDto } from './dto/funnel.dto.js';
import { FunnelPostQuery, FunnelQuery } from './dto/funnel.query.js';
import { PlainReportQuery } from './dto/report.query.js';
import { RetentionQuery } from './dto/retention.query.js';
import { SessionsQuery } from './dto/sessions.query.js';
import { ProductBehaviourReportsService } from './product-behaviour-reports.service.js';
import { QueryFilters } from './properties/query-filters.decorator.js';
import { ReportLoadInterceptor } from './report-load.interceptor.js';
import { ApiReport, ReportSourceInterceptor, type SourcedReport } from './report-source.interceptor.js';

const FUNNEL_RULES =
  'One event fills one step; events of the same millisecond count in the order of the steps; the window runs from ' +
  "step 1 of a chain and is inclusive. Times come from each person's deepest chain, among those the earliest to " +
  'end, among those the one that began last, among those the one with the earliest steps between.';

@ApiTags('Product reports')
@Controller('v1/reports')
@OpenModeAllowed()
@RequireScope('read')
@UseInterceptors(ReportLoadInterceptor, ReportSourceInterceptor)
export class ProductBehaviourReportsController {
  constructor(private readonly reports: ProductBehaviourReportsService) {}

  @Post('funnel')
  @HttpCode(200)
  @ApiOperation({ summary: 'How far persons go through ordered steps', description: FUNNEL_RULES })
  @ApiBody({ type: FunnelRequestDto, examples: FUNNEL_EXAMPLES })
  @ApiReport(FunnelDto)
  async funnel(
    @Caller() caller: Principal,
    @Body() request: FunnelRequestDto,
    @Query() { source }: FunnelPostQuery,
    @QueryFilters() filters: PropertyFilter[],
  ): Promise<SourcedReport<FunnelDto>> {
    return this.reports.funnel(caller, request, source, filters);
  }

  @Get('funnel')
  @ApiOperation({
    summary: 'How far persons go through ordered steps, asked by a link',
    description: `The same as the POST. ${FUNNEL_RULES}`,
  })
  @ApiReport(FunnelDto)
  async funnelOfQuery(
    @Caller() caller: Principal,
    @Query() query: FunnelQuery,
    @QueryFilters() filters: PropertyFilter[],
  ): Promise<SourcedReport<FunnelDto>> {
    return this.reports.funnelOfQuery(caller, query, filters);
  }

  @Get('retention')
  @ApiOperation({
    summary: 'Who comes back, by cohorts',
    description:
      'A cohort is the persons whose first start event of all time lies in one day, week or month of the local ' +
      'calendar; the range is widened to whole ones, and an open side ends at the first or last event. At most 400 ' +
      'cohorts: more are refused, and without `from` there are the latest. Period 0 is the cohort’s own: return ' +
      'events from the start event on, the start event itself included when it is also a return event (so it is ' +
      '100 % unless `returnEvent` names another). Filters apply to both events. By `24h` a period has begun when it ' +
      'has for the first instant of the cohort’s day, and is over when it is for the last. Where old events are ' +
      'deleted after a time, the first event is the first that is still stored: persons whose earlier ones are gone ' +
      'count as new in the cohort of that one.',
  })
  @ApiReport(RetentionDto)
  async retention(
    @Caller() caller: Principal,
    @Query() query: RetentionQuery,
    @QueryFilters() filters: PropertyFilter[],
  ): Promise<SourcedReport<RetentionDto>> {
    return this.reports.retention(caller, query, filters);
  }

  @Get('sessions')
  @ApiOperation({
    summary: 'Number and length of sessions',
    description:
      'By inactivity, a person’s session ends with 30 min of silence (an event exactly 30 min after another still ' +
      'belongs to it), and with the event that would make it last longer than 24 hours, which begins the next. A ' +
      'session belongs to the range and interval of its first event and counts with its whole length, also beyond the ' +
      'range (by `sessionId` as far as 24 hours beyond). Where somebody was active without a pause before the range, ' +
      'their sessions are followed back for up to 9 days. A bounce is a session with one event, every other is ' +
      'engaged. Filters apply before sessions are made: events that do not pass neither lengthen nor join them. At ' +
      'most 366 days by hour, and 100,000 items: more are refused, and without `from` the items are the latest, while ' +
      'the totals are of the whole range.',
  })
  @ApiReport(SessionsDto)
  async sessions(
    @Caller() caller: Principal,
    @Query() query: SessionsQuery,
    @QueryFilters() filters: PropertyFilter[],
  ): Promise<SourcedReport<SessionsDto>> {
    return this.reports.sessions(caller, query, filters);
  }

  @Get('active-users')
  @ApiOperation({
    summary: 'Daily, weekly and monthly active users',
    description:
      'For each local day of the range that has begun the distinct persons of that day (DAU), and of the 7 (WAU) and ' +
      '30 (MAU) local days that end with it, also where these began before the range. An open side of the range ends ' +
      'at the first or last event. At most 400 days: more are refused, and without `from` there are the latest.',
  })
  @ApiReport(ActiveUsersDto)
  async activeUsers(
    @Caller() caller: Principal,
    @Query() query: PlainReportQuery,
    @QueryFilters() filters: PropertyFilter[],
  ): Promise<SourcedReport<ActiveUsersDto>> {
    return this.reports.activeUsers(caller, query, filters);
  }
}
