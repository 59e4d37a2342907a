import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, OpenModeAllowed, RequireScope } from '../../../../common/auth/auth.decorators.js';
import type { Principal } from '../../../../common/auth/principal.js';
import { ApiErrors } from '../../../../common/http/api-errors.decorator.js';
import { ActiveUsersQuery, DaysQuery } from '../dto/usage-queries.dto.js';
import { UsageActiveUsersDto, TotalUsersDto, UserStatsDayDto } from '../dto/user-stats.dto.js';
import { dayRequest, zoneOf } from './day-request.js';
import { UserStatsService } from './user-stats.service.js';

@ApiTags('Usage analytics')
@Controller('api/v1/user-stats')
@OpenModeAllowed()
@RequireScope('read')
export class UserStatsController {
  constructor(private readonly users: UserStatsService) {}

  @Get()
  @ApiOperation({
    summary: 'Logins, registrations, active users and sessions by day',
    description:
      'One item for each local day, also for those without any activity. A session belongs to the day it began.',
  })
  @ApiOkResponse({ type: [UserStatsDayDto] })
  @ApiErrors(400, 403)
  async perDay(@Caller() caller: Principal, @Query() query: DaysQuery): Promise<UserStatsDayDto[]> {
    return this.users.perDay(dayRequest(caller, query));
  }

  @Get('active')
  @ApiOperation({ summary: 'Active users of today, the week, the month, and how often they come back' })
  @ApiOkResponse({ type: UsageActiveUsersDto })
  @ApiErrors(400, 403)
  async active(@Caller() caller: Principal, @Query() query: ActiveUsersQuery): Promise<UsageActiveUsersDto> {
    return this.users.active(query.days ? Number(query.days) : undefined, zoneOf(caller, query));
  }

  @Get('total')
  @ApiOperation({ summary: 'Users who were ever active' })
  @ApiOkResponse({ type: TotalUsersDto })
  @ApiErrors(403)
  async total(): Promise<TotalUsersDto> {
    return TotalUsersDto.from(await this.users.total());
  }
}
