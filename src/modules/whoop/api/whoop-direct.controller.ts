import { applyDecorators, Controller, Get, Param, Query, UseFilters, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { RequireRole } from '../../../common/auth/auth.decorators.js';
import { ApiErrors } from '../../../common/http/api-errors.decorator.js';
import { NoStoreInterceptor } from '../../../common/http/no-store.interceptor.js';
import { WhoopDirectDashboardDto, WhoopDirectRecordsDto } from '../dto/direct.dto.js';
import { WhoopDaysQuery, WhoopDirectQuery } from '../dto/queries.dto.js';
import { WhoopErrorFilter } from '../whoop-error.filter.js';
import { CycleIdPipe, RecordIdPipe } from './record-id.pipe.js';
import { WhoopDirectService } from './whoop-direct.service.js';

const Errors = () => ApiErrors(400, 401, 404, 422, 429, 503);
const RawAnswer = (summary: string, example: object) =>
  applyDecorators(
    ApiOperation({ summary, description: 'WHOOP’s own answer; nothing is stored.' }),
    ApiOkResponse({
      content: { 'application/json': { schema: { type: 'object', additionalProperties: true }, example } },
    }),
    Errors(),
  );
const RawRecords = (what: string) =>
  applyDecorators(
    ApiOperation({
      summary: `${what}, straight from WHOOP`,
      description: 'All pages, up to `limit`. Without `start` and `end` the last `days`; nothing is stored.',
    }),
    ApiOkResponse({ type: WhoopDirectRecordsDto }),
    Errors(),
  );
const UUID = '9f0c1a52-7c1e-4a63-b1a5-6d1f0a9c2e11';

@ApiTags('WHOOP: direct')
@Controller('api/whoop/api')
@RequireRole('admin')
@UseInterceptors(NoStoreInterceptor)
@UseFilters(WhoopErrorFilter)
export class WhoopDirectController {
  constructor(private readonly direct: WhoopDirectService) {}

  @Get('profile')
  @RawAnswer('The profile, straight from WHOOP', { user_id: 10129, first_name: 'Jo', last_name: 'Example' })
  async profile(): Promise<object> {
    return this.direct.profile();
  }

  @Get('body')
  @RawAnswer('Body measurements, straight from WHOOP', { height_meter: 1.7, weight_kilogram: 65, max_heart_rate: 190 })
  async body(): Promise<object> {
    return this.direct.body();
  }

  @Get('recovery')
  @RawRecords('Recoveries')
  async recovery(@Query() query: WhoopDirectQuery): Promise<WhoopDirectRecordsDto> {
    return WhoopDirectRecordsDto.from(await this.direct.records('recovery', WhoopDirectQuery.toRequest(query)));
  }

  @Get('sleep')
  @RawRecords('Sleeps')
  async sleep(@Query() query: WhoopDirectQuery): Promise<WhoopDirectRecordsDto> {
    return WhoopDirectRecordsDto.from(await this.direct.records('sleep', WhoopDirectQuery.toRequest(query)));
  }

  @Get('workouts')
  @RawRecords('Workouts')
  async workouts(@Query() query: WhoopDirectQuery): Promise<WhoopDirectRecordsDto> {
    return WhoopDirectRecordsDto.from(await this.direct.records('workouts', WhoopDirectQuery.toRequest(query)));
  }

  @Get('cycles')
  @RawRecords('Cycles')
  async cycles(@Query() query: WhoopDirectQuery): Promise<WhoopDirectRecordsDto> {
    return WhoopDirectRecordsDto.from(await this.direct.records('cycles', WhoopDirectQuery.toRequest(query)));
  }

  @Get('dashboard')
  @ApiOperation({
    summary: 'Cycles with their recovery and main sleep, straight from WHOOP',
    description: 'Nothing is stored.',
  })
  @ApiOkResponse({ type: WhoopDirectDashboardDto })
  @Errors()
  async dashboard(@Query() query: WhoopDaysQuery): Promise<WhoopDirectDashboardDto> {
    return WhoopDirectDashboardDto.from(await this.direct.dashboard(WhoopDaysQuery.toDays(query, 90)));
  }

  @Get('cycles/:id')
  @ApiParam({ name: 'id', example: '93842' })
  @RawAnswer('One cycle, straight from WHOOP', { id: 93842, score_state: 'SCORED' })
  async cycle(@Param('id', CycleIdPipe) id: string): Promise<object> {
    return this.direct.record('cycles', id);
  }

  @Get('sleep/:id')
  @ApiParam({ name: 'id', example: UUID })
  @RawAnswer('One sleep, straight from WHOOP', { id: UUID, score_state: 'SCORED' })
  async oneSleep(@Param('id', RecordIdPipe) id: string): Promise<object> {
    return this.direct.record('sleep', id);
  }

  @Get('workouts/:id')
  @ApiParam({ name: 'id', example: UUID })
  @RawAnswer('One workout, straight from WHOOP', { id: UUID, score_state: 'SCORED' })
  async workout(@Param('id', RecordIdPipe) id: string): Promise<object> {
    return this.direct.record('workouts', id);
  }
}
