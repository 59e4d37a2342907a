import { Controller, Get, Query, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, RequireScope } from '../../../common/auth/auth.decorators.js';
import type { Principal } from '../../../common/auth/principal.js';
import { ApiErrors } from '../../../common/http/api-errors.decorator.js';
import { NoStoreInterceptor } from '../../../common/http/no-store.interceptor.js';
import { toPeriod, toTimePeriod } from './browser-analytics-requests.js';
import { BrowserReportsService } from './browser-reports.service.js';
import { DashboardDto, PatternsDto, ProductivityDto, TimeSpentDto } from './dto/browser-analytics.dto.js';
import { PatternsQuery, PeriodQuery, TimeQuery } from './dto/browser-analytics.query.js';

const WEEK = 7;
const MONTH = 30;

@ApiTags('Browser analytics')
@Controller('api/analytics')
@UseInterceptors(NoStoreInterceptor)
export class BrowserAnalyticsController {
  constructor(private readonly reports: BrowserReportsService) {}

  @Get('dashboard')
  @RequireScope('read')
  @ApiOperation({ summary: 'Count events by day, hour, domain and type' })
  @ApiOkResponse({ type: DashboardDto })
  @ApiErrors(400, 403)
  async dashboard(@Caller() caller: Principal, @Query() query: PeriodQuery): Promise<DashboardDto> {
    return DashboardDto.from(await this.reports.dashboard(caller, toPeriod(query, WEEK)));
  }

  @Get('time-spent')
  @RequireScope('read')
  @ApiOperation({
    summary: 'Measure the time spent on each domain',
    description:
      'Time goes to the domain of the active tab of the focused window, while somebody is there. It stops when the browser ' +
      'loses the focus, when nobody is there, and when the tab is closed; the last event counts nothing. Of two browsers ' +
      'at once (told apart by `payload.deviceId`) the one heard of last has the time: it is never counted twice.',
  })
  @ApiOkResponse({ type: TimeSpentDto })
  @ApiErrors(400, 403)
  async timeSpent(@Caller() caller: Principal, @Query() query: TimeQuery): Promise<TimeSpentDto> {
    return TimeSpentDto.from(await this.reports.timeSpent(caller, toTimePeriod(query, WEEK)));
  }

  @Get('productivity')
  @RequireScope('read')
  @ApiOperation({
    summary: 'Score how productive the browsing was, by events and by time',
    description:
      'Categories are those of the product, with `settings.categorization` in their place where it names a domain.',
  })
  @ApiOkResponse({ type: ProductivityDto })
  @ApiErrors(400, 403)
  async productivity(@Caller() caller: Principal, @Query() query: TimeQuery): Promise<ProductivityDto> {
    return ProductivityDto.from(await this.reports.productivity(caller, toTimePeriod(query, WEEK)));
  }

  @Get('patterns')
  @RequireScope('read')
  @ApiOperation({ summary: 'Find the busiest hour and day of the week' })
  @ApiOkResponse({ type: PatternsDto })
  @ApiErrors(400, 403)
  async patterns(@Caller() caller: Principal, @Query() query: PatternsQuery): Promise<PatternsDto> {
    return PatternsDto.from(await this.reports.patterns(caller, toPeriod(query, MONTH)));
  }
}
