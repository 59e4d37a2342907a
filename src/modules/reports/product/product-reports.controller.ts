import { Controller, Get, Query, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, OpenModeAllowed, RequireScope } from '../../../common/auth/auth.decorators.js';
import type { Principal } from '../../../common/auth/principal.js';
import type { PropertyFilter } from '../../analytics/product/properties/property-filter.js';
import { ConversionQuery } from './dto/conversion.query.js';
import { EventsTimeseriesQuery } from './dto/events-timeseries.query.js';
import { OverviewQuery } from './dto/overview.query.js';
import { ConversionDto, EventsTimeseriesDto, OverviewDto, TopEventsDto } from './dto/product-reports.dto.js';
import { TopEventsQuery } from './dto/top-events.query.js';
import { ProductReportsService } from './product-reports.service.js';
import { QueryFilters } from './properties/query-filters.decorator.js';
import { ReportLoadInterceptor } from './report-load.interceptor.js';
import { ApiReport, ReportSourceInterceptor, type SourcedReport } from './report-source.interceptor.js';

@ApiTags('Product reports')
@Controller('v1/reports')
@OpenModeAllowed()
@RequireScope('read')
@UseInterceptors(ReportLoadInterceptor, ReportSourceInterceptor)
export class ProductReportsController {
  constructor(private readonly reports: ProductReportsService) {}

  @Get('overview')
  @ApiOperation({
    summary: 'Totals of a project',
    description: 'Events without a time count when neither `from` nor `to` is given.',
  })
  @ApiReport(OverviewDto)
  async overview(
    @Caller() caller: Principal,
    @Query() query: OverviewQuery,
    @QueryFilters() filters: PropertyFilter[],
  ): Promise<SourcedReport<OverviewDto>> {
    return this.reports.overview(caller, query, filters);
  }

  @Get('top-events')
  @ApiOperation({ summary: 'Most frequent events' })
  @ApiReport(TopEventsDto)
  async topEvents(
    @Caller() caller: Principal,
    @Query() query: TopEventsQuery,
    @QueryFilters() filters: PropertyFilter[],
  ): Promise<SourcedReport<TopEventsDto>> {
    return this.reports.topEvents(caller, query, filters);
  }

  @Get('events-timeseries')
  @ApiOperation({
    summary: 'Events over time',
    description:
      'Buckets of the local calendar from `from` to `to` (where absent, from the first or to the last event). ' +
      'At most 366 days by hour, and 100,000 items (with `breakdown` of all series together): more are refused, and ' +
      'without `from` there are the latest.',
  })
  @ApiReport(EventsTimeseriesDto)
  async eventsTimeseries(
    @Caller() caller: Principal,
    @Query() query: EventsTimeseriesQuery,
    @QueryFilters() filters: PropertyFilter[],
  ): Promise<SourcedReport<EventsTimeseriesDto>> {
    return this.reports.eventsTimeseries(caller, query, filters);
  }

  @Get('conversion')
  @ApiOperation({
    summary: 'Share of persons who did one event',
    description: 'Of all persons with any event in the range.',
  })
  @ApiReport(ConversionDto)
  async conversion(
    @Caller() caller: Principal,
    @Query() query: ConversionQuery,
    @QueryFilters() filters: PropertyFilter[],
  ): Promise<SourcedReport<ConversionDto>> {
    return this.reports.conversion(caller, query, filters);
  }
}
