import { Controller, Get, Query, StreamableFile, UseFilters, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { OpenModeAllowed, RequireGrant, RequireScope } from '../../../common/auth/auth.decorators.js';
import { ApiErrors } from '../../../common/http/api-errors.decorator.js';
import { NoStoreInterceptor } from '../../../common/http/no-store.interceptor.js';
import { WhoopCycleDto } from '../dto/cycle.dto.js';
import { WhoopMetricsDto } from '../dto/metrics.dto.js';
import { WhoopProfileDto } from '../dto/profile.dto.js';
import { WhoopExportQuery, WhoopProfileQuery, WhoopRangeQuery, WhoopSleepQuery } from '../dto/queries.dto.js';
import { WhoopRecoveryDto } from '../dto/recovery.dto.js';
import { WhoopSleepDto } from '../dto/sleep.dto.js';
import { WhoopWorkoutDto } from '../dto/workout.dto.js';
import { WhoopErrorFilter } from '../whoop-error.filter.js';
import { WhoopDashboardService } from './whoop-dashboard.service.js';
import { WhoopExportService } from './whoop-export.service.js';

@ApiTags('WHOOP')
@Controller('api/whoop')
@OpenModeAllowed()
@RequireScope('read')
@RequireGrant('whoop')
@UseInterceptors(NoStoreInterceptor)
@UseFilters(WhoopErrorFilter)
export class WhoopDashboardController {
  constructor(
    private readonly dashboard: WhoopDashboardService,
    private readonly exports: WhoopExportService,
  ) {}

  @Get('recovery')
  @ApiOperation({ summary: 'Recoveries of some local days', description: 'The newest first, from what is stored.' })
  @ApiOkResponse({ type: [WhoopRecoveryDto] })
  @ApiErrors(400)
  async recovery(@Query() query: WhoopRangeQuery): Promise<WhoopRecoveryDto[]> {
    const rows = await this.dashboard.list('recovery', WhoopRangeQuery.toRequest(query));
    return rows.map((row) => WhoopRecoveryDto.from(row));
  }

  @Get('recovery/latest')
  @ApiOperation({ summary: 'The newest recovery' })
  @ApiOkResponse({ type: WhoopRecoveryDto })
  @ApiErrors(404)
  async latestRecovery(): Promise<WhoopRecoveryDto> {
    return WhoopRecoveryDto.from(await this.dashboard.latestRecovery());
  }

  @Get('sleep')
  @ApiOperation({
    summary: 'Sleeps of some local days',
    description: 'By the day on which they ended. Naps are left out unless they are asked for.',
  })
  @ApiOkResponse({ type: [WhoopSleepDto] })
  @ApiErrors(400)
  async sleep(@Query() query: WhoopSleepQuery): Promise<WhoopSleepDto[]> {
    const rows = await this.dashboard.listSleeps(WhoopRangeQuery.toRequest(query), query.include_naps === 'true');
    return rows.map((row) => WhoopSleepDto.from(row));
  }

  @Get('sleep/latest')
  @ApiOperation({ summary: 'The newest main sleep' })
  @ApiOkResponse({ type: WhoopSleepDto })
  @ApiErrors(404)
  async latestSleep(): Promise<WhoopSleepDto> {
    return WhoopSleepDto.from(await this.dashboard.latestSleep());
  }

  @Get('workouts')
  @ApiOperation({
    summary: 'Workouts of some local days',
    description: 'One activity may be in it twice, when another app has recorded it too.',
  })
  @ApiOkResponse({ type: [WhoopWorkoutDto] })
  @ApiErrors(400)
  async workouts(@Query() query: WhoopRangeQuery): Promise<WhoopWorkoutDto[]> {
    const rows = await this.dashboard.list('workouts', WhoopRangeQuery.toRequest(query));
    return rows.map((row) => WhoopWorkoutDto.from(row));
  }

  @Get('cycles')
  @ApiOperation({ summary: 'Cycles of some local days', description: 'From one falling asleep to the next.' })
  @ApiOkResponse({ type: [WhoopCycleDto] })
  @ApiErrors(400)
  async cycles(@Query() query: WhoopRangeQuery): Promise<WhoopCycleDto[]> {
    const rows = await this.dashboard.list('cycles', WhoopRangeQuery.toRequest(query));
    return rows.map((row) => WhoopCycleDto.from(row));
  }

  @Get('metrics')
  @ApiOperation({ summary: 'Averages and extremes of some local days', description: 'Without bounds the last 30.' })
  @ApiOkResponse({ type: WhoopMetricsDto })
  @ApiErrors(400)
  async metrics(@Query() query: WhoopRangeQuery): Promise<WhoopMetricsDto> {
    const { days, figures } = await this.dashboard.metrics(WhoopRangeQuery.toRequest(query));
    return WhoopMetricsDto.from(days, figures);
  }

  @Get('profile')
  @ApiOperation({ summary: 'Who the member is', description: 'As stored; `refresh=true` asks WHOOP.' })
  @ApiOkResponse({ type: WhoopProfileDto })
  @ApiErrors(400, 401, 404, 422)
  async profile(@Query() query: WhoopProfileQuery): Promise<WhoopProfileDto> {
    return WhoopProfileDto.from(await this.dashboard.profile(query.refresh === 'true'));
  }

  @Get('export')
  @ApiOperation({
    summary: 'Download all that is stored',
    description:
      '`json`: an object with the profile and a list of each kind; `csv`: all records in one table, by kind.',
  })
  @ApiProduces('application/json', 'text/csv')
  @ApiOkResponse({
    content: {
      'application/json': {
        schema: { type: 'object', additionalProperties: true },
        example: {
          exported_at: '2025-11-20T10:00:00.000Z',
          profile: null,
          sleep: [],
          cycles: [],
          recovery: [],
          workouts: [],
        },
      },
      'text/csv': { schema: { type: 'string' }, example: 'kind,id,date\nrecovery,93842,2025-11-20\n' },
    },
  })
  @ApiErrors(400)
  async export(@Query() query: WhoopExportQuery): Promise<StreamableFile> {
    const { body, contentType, fileName } = await this.exports.export(query.format || 'json');
    return new StreamableFile(body, { type: contentType, disposition: `attachment; filename="${fileName}"` });
  }
}
