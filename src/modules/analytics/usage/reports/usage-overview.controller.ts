import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, OpenModeAllowed, RequireScope } from '../../../../common/auth/auth.decorators.js';
import type { Principal } from '../../../../common/auth/principal.js';
import { ApiErrors } from '../../../../common/http/api-errors.decorator.js';
import { DailyStatsDto, PeriodStatsDto, StatsSummaryDto, UsageDashboardDto } from '../dto/usage-overview.dto.js';
import { DailyStatsQuery, DaysQuery, ZoneQuery } from '../dto/usage-queries.dto.js';
import { dayRequest, weekStartOf, zoneOf } from './day-request.js';
import { UsageOverviewService } from './usage-overview.service.js';

@ApiTags('Usage analytics')
@Controller('api/v1')
@OpenModeAllowed()
@RequireScope('read')
export class UsageOverviewController {
  constructor(private readonly overview: UsageOverviewService) {}

  @Get('stats/daily')
  @ApiOperation({ summary: 'Users and AI calls of one day' })
  @ApiOkResponse({ type: DailyStatsDto })
  @ApiErrors(400, 403)
  async daily(@Caller() caller: Principal, @Query() query: DailyStatsQuery): Promise<DailyStatsDto> {
    return this.overview.daily(query.date, zoneOf(caller, query));
  }

  @Get('stats/summary')
  @ApiOperation({
    summary: 'Totals, averages, and the change against the time before',
    description: 'The time before has as many local days, directly before the first.',
  })
  @ApiOkResponse({ type: StatsSummaryDto })
  @ApiErrors(400, 403)
  async summary(@Caller() caller: Principal, @Query() query: DaysQuery): Promise<StatsSummaryDto> {
    return this.overview.summary(dayRequest(caller, query));
  }

  @Get('stats/weekly')
  @ApiOperation({
    summary: 'Users and AI calls of the last 12 weeks',
    description:
      "Of the local calendar, in order, the present week at the end. Weeks begin as the caller's settings say, else on Monday.",
  })
  @ApiOkResponse({ type: [PeriodStatsDto] })
  @ApiErrors(400, 403)
  async weekly(@Caller() caller: Principal, @Query() query: ZoneQuery): Promise<PeriodStatsDto[]> {
    return this.overview.periods('week', zoneOf(caller, query), weekStartOf(caller));
  }

  @Get('stats/monthly')
  @ApiOperation({
    summary: 'Users and AI calls of the last 12 months',
    description: 'Of the local calendar, in order, the present month at the end.',
  })
  @ApiOkResponse({ type: [PeriodStatsDto] })
  @ApiErrors(400, 403)
  async monthly(@Caller() caller: Principal, @Query() query: ZoneQuery): Promise<PeriodStatsDto[]> {
    return this.overview.periods('month', zoneOf(caller, query), weekStartOf(caller));
  }

  @Get('dashboard')
  @ApiOperation({ summary: 'Everything a dashboard needs, of one moment' })
  @ApiOkResponse({ type: UsageDashboardDto })
  @ApiErrors(400, 403)
  async dashboard(@Caller() caller: Principal, @Query() query: DaysQuery): Promise<UsageDashboardDto> {
    return this.overview.dashboard(dayRequest(caller, query));
  }
}
