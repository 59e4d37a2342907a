import { applyDecorators, Controller, Get, HttpCode, Post, Query, UseFilters, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OpenModeAllowed, RequireGrant, RequireRole, RequireScope } from '../../../common/auth/auth.decorators.js';
import { ApiErrors } from '../../../common/http/api-errors.decorator.js';
import { NoStoreInterceptor } from '../../../common/http/no-store.interceptor.js';
import { WhoopDaysQuery } from '../dto/queries.dto.js';
import { WhoopRefreshDto, WhoopSyncDto, WhoopSyncStatusDto, WhoopTodayDto } from '../dto/sync.dto.js';
import { WhoopErrorFilter } from '../whoop-error.filter.js';
import { WhoopSyncRequestsService, type TodayAnswer } from './whoop-sync-requests.service.js';
import { WhoopSyncService } from './whoop-sync.service.js';

const WAITS =
  'One sync runs at a time, on all replicas; who comes second waits for the end of the first and gets its outcome.';
const Admin = () => applyDecorators(RequireRole('admin'), ApiErrors(400, 401));
const Today = () =>
  applyDecorators(
    RequireRole('admin'),
    ApiOperation({
      summary: 'Sync the last two days, for the opening of a page',
      description: 'Always 200: without WHOOP what is stored is shown anyway.',
    }),
    ApiOkResponse({ type: WhoopTodayDto }),
  );

@ApiTags('WHOOP')
@Controller('api/whoop')
@OpenModeAllowed()
@UseInterceptors(NoStoreInterceptor)
@UseFilters(WhoopErrorFilter)
export class WhoopSyncController {
  constructor(
    private readonly requests: WhoopSyncRequestsService,
    private readonly syncs: WhoopSyncService,
  ) {}

  @Get('sync/status')
  @RequireScope('read')
  @RequireGrant('whoop')
  @ApiOperation({ summary: 'How the last sync ended, and what is stored' })
  @ApiOkResponse({ type: WhoopSyncStatusDto })
  async status(): Promise<WhoopSyncStatusDto> {
    return WhoopSyncStatusDto.from(await this.syncs.overview());
  }

  @Post('refresh')
  @HttpCode(200)
  @Admin()
  @ApiOperation({ summary: 'Sync the last days', description: `At most 365, default 7. ${WAITS}` })
  @ApiOkResponse({ type: WhoopRefreshDto })
  async refresh(@Query() query: WhoopDaysQuery): Promise<WhoopRefreshDto> {
    return WhoopRefreshDto.from((await this.requests.refresh(WhoopDaysQuery.toDays(query))).run);
  }

  @Get('refresh/today')
  @Today()
  async today(): Promise<WhoopTodayDto> {
    return answerOf(await this.requests.today());
  }

  @Post('refresh/today')
  @HttpCode(200)
  @Today()
  async refreshToday(): Promise<WhoopTodayDto> {
    return answerOf(await this.requests.today());
  }

  @Post('sync/incremental')
  @HttpCode(200)
  @Admin()
  @ApiOperation({
    summary: 'Sync what is new',
    description: `From seven days before the newest record on, for WHOOP scores records again. ${WAITS}`,
  })
  @ApiOkResponse({ type: WhoopSyncDto })
  async incremental(): Promise<WhoopSyncDto> {
    const { run, totals } = await this.requests.incremental();
    return WhoopSyncDto.from(run, totals);
  }

  @Post('sync/full')
  @HttpCode(200)
  @Admin()
  @ApiOperation({ summary: 'Sync many days', description: `At most 365, default 90. ${WAITS}` })
  @ApiOkResponse({ type: WhoopSyncDto })
  async full(@Query() query: WhoopDaysQuery): Promise<WhoopSyncDto> {
    const { run, totals } = await this.requests.full(WhoopDaysQuery.toDays(query));
    return WhoopSyncDto.from(run, totals);
  }
}

function answerOf(answer: TodayAnswer): WhoopTodayDto {
  return answer.status === 'success'
    ? WhoopTodayDto.success(answer.run)
    : WhoopTodayDto.cached(answer.status, answer.reason);
}
