import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, OpenModeAllowed, RequireScope } from '../../../../common/auth/auth.decorators.js';
import type { Principal } from '../../../../common/auth/principal.js';
import { ApiErrors } from '../../../../common/http/api-errors.decorator.js';
import { AiStatsDayDto, ModelShareDto, UnpricedModelDto, UserShareDto } from '../dto/ai-stats.dto.js';
import { AiStatsQuery, RankingQuery } from '../dto/usage-queries.dto.js';
import { AiStatsService } from './ai-stats.service.js';
import { callQuery, dayRequest } from './day-request.js';

@ApiTags('Usage analytics')
@Controller('api/v1/ai-stats')
@OpenModeAllowed()
@RequireScope('read')
export class AiStatsController {
  constructor(private readonly stats: AiStatsService) {}

  @Get()
  @ApiOperation({
    summary: 'AI calls by day',
    description: 'One item for each local day, also for those without a call.',
  })
  @ApiOkResponse({ type: [AiStatsDayDto] })
  @ApiErrors(400, 403)
  async perDay(@Caller() caller: Principal, @Query() query: AiStatsQuery): Promise<AiStatsDayDto[]> {
    return this.stats.perDay(dayRequest(caller, query), callQuery(query));
  }

  @Get('models')
  @ApiOperation({ summary: 'AI calls by model', description: 'Most used first, equal ones by name.' })
  @ApiOkResponse({ type: [ModelShareDto] })
  @ApiErrors(400, 403)
  async models(@Caller() caller: Principal, @Query() query: RankingQuery): Promise<ModelShareDto[]> {
    return this.stats.models(dayRequest(caller, query), RankingQuery.limitOf(query));
  }

  @Get('users')
  @ApiOperation({ summary: 'AI calls by user', description: 'Most calls first, equal ones by name.' })
  @ApiOkResponse({ type: [UserShareDto] })
  @ApiErrors(400, 403)
  async users(@Caller() caller: Principal, @Query() query: RankingQuery): Promise<UserShareDto[]> {
    return this.stats.users(dayRequest(caller, query), RankingQuery.limitOf(query));
  }

  @Get('unpriced')
  @ApiOperation({
    summary: 'AI calls whose cost is not known',
    description:
      'By model, most calls first: what the price file lacks. Once it names a model (POST /api/v1/prices/reload), former ' +
      'calls of that model have a cost too.',
  })
  @ApiOkResponse({ type: [UnpricedModelDto] })
  @ApiErrors(400, 403)
  async unpriced(@Caller() caller: Principal, @Query() query: RankingQuery): Promise<UnpricedModelDto[]> {
    return this.stats.unpriced(dayRequest(caller, query), RankingQuery.limitOf(query));
  }
}
