import { Controller, Get, Query, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, OpenModeAllowed, RequireScope } from '../../../../common/auth/auth.decorators.js';
import type { Principal } from '../../../../common/auth/principal.js';
import type { PropertyFilter } from '../../../analytics/product/properties/property-filter.js';
import { ButtonClicksDto, ScreenViewsByHourDto, TopScreensDto, ViewItemsDto } from '../dto/property-reports.dto.js';
import { PlainReportQuery } from '../dto/report.query.js';
import { TopScreensQuery } from '../dto/top-screens.query.js';
import { PropertyReportsService } from './property-reports.service.js';
import { QueryFilters } from './query-filters.decorator.js';
import { ReportLoadInterceptor } from '../report-load.interceptor.js';
import { ApiReport, ReportSourceInterceptor, type SourcedReport } from '../report-source.interceptor.js';

const TEXTS =
  'Properties that are numbers are written as text; of texts longer than 200 characters the beginning counts. ' +
  'More than 100,000 different ones are refused: ask for a shorter time.';

@ApiTags('Product reports')
@Controller('v1/reports')
@OpenModeAllowed()
@RequireScope('read')
@UseInterceptors(ReportLoadInterceptor, ReportSourceInterceptor)
export class PropertyReportsController {
  constructor(private readonly reports: PropertyReportsService) {}

  @Get('top-screens')
  @ApiOperation({
    summary: 'Most viewed screens',
    description: `Of \`screen_view\` events, by the property \`screen_name\`. ${TEXTS}`,
  })
  @ApiReport(TopScreensDto)
  async topScreens(
    @Caller() caller: Principal,
    @Query() query: TopScreensQuery,
    @QueryFilters() filters: PropertyFilter[],
  ): Promise<SourcedReport<TopScreensDto>> {
    return this.reports.topScreens(caller, query, filters);
  }

  @Get('button-clicks')
  @ApiOperation({
    summary: 'Clicks per button',
    description: `Of \`button_click\` events, by the properties \`button_id\` and \`button_text\`. ${TEXTS}`,
  })
  @ApiReport(ButtonClicksDto)
  async buttonClicks(
    @Caller() caller: Principal,
    @Query() query: PlainReportQuery,
    @QueryFilters() filters: PropertyFilter[],
  ): Promise<SourcedReport<ButtonClicksDto>> {
    return this.reports.buttonClicks(caller, query, filters);
  }

  @Get('view-items')
  @ApiOperation({
    summary: 'Views per item',
    description: `Of \`view_item\` events, by the properties \`item_id\` and \`item_name\`. ${TEXTS}`,
  })
  @ApiReport(ViewItemsDto)
  async viewItems(
    @Caller() caller: Principal,
    @Query() query: PlainReportQuery,
    @QueryFilters() filters: PropertyFilter[],
  ): Promise<SourcedReport<ViewItemsDto>> {
    return this.reports.viewItems(caller, query, filters);
  }

  @Get('screen-views-by-hour')
  @ApiOperation({
    summary: 'Screen views by hour of the day',
    description: `Of \`screen_view\` events that have a time, by the property \`screen_name\` and the hour of the local clock, all days together. ${TEXTS}`,
  })
  @ApiReport(ScreenViewsByHourDto)
  async screenViewsByHour(
    @Caller() caller: Principal,
    @Query() query: PlainReportQuery,
    @QueryFilters() filters: PropertyFilter[],
  ): Promise<SourcedReport<ScreenViewsByHourDto>> {
    return this.reports.screenViewsByHour(caller, query, filters);
  }
}
