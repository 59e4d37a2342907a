import { Body, Controller, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiCreatedResponse, ApiExtraModels, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import { OpenModeAllowed, RequireScope } from '../../../../common/auth/auth.decorators.js';
import { ApiErrors } from '../../../../common/http/api-errors.decorator.js';
import { AI_CALL_BODY, AiCallDto } from '../dto/ai-call.dto.js';
import { RECORDED, RecordedRowDto, RecordedRowsDto, recordedDto } from '../dto/recorded.dto.js';
import { USER_ACTIVITY_BODY, UserActivityDto } from '../dto/user-activity.dto.js';
import { UsageIngest } from './usage-ingest.service.js';

const BULK = { bulkBody: true, bodyLimit: 5 * 1024 * 1024 };
const EACH_BY_ITSELF =
  'An array of up to 1,000 rows is judged row by row: received = inserted + duplicates + rejected. A row with an `event_id` ' +
  'is stored once, however often it is sent. The answer comes when the rows are safely on disk, and all figures hold them.';

@ApiTags('Usage analytics')
@Controller('api/v1')
@OpenModeAllowed()
@RequireScope('ingest')
// The services of a product send all that its users do, from few addresses, and with credentials.
@SkipThrottle()
export class UsageIngestController {
  constructor(private readonly ingest: UsageIngest) {}

  @Post('user-activity')
  @RouteConfig(BULK)
  @ApiOperation({ summary: 'Record what users do', description: EACH_BY_ITSELF })
  @ApiExtraModels(UserActivityDto, RecordedRowDto, RecordedRowsDto)
  @ApiBody(USER_ACTIVITY_BODY)
  @ApiCreatedResponse(RECORDED)
  @ApiErrors(400, 403, 413, 415)
  async recordActivity(@Body() body: unknown): Promise<RecordedRowDto | RecordedRowsDto> {
    return recordedDto(await this.ingest.recordActivity(body));
  }

  @Post('ai-call')
  @RouteConfig(BULK)
  @ApiOperation({
    summary: 'Record AI calls',
    description: `${EACH_BY_ITSELF} Almanac's own calls are recorded by themselves, as project \`almanac\`.`,
  })
  @ApiExtraModels(AiCallDto)
  @ApiBody(AI_CALL_BODY)
  @ApiCreatedResponse(RECORDED)
  @ApiErrors(400, 403, 413, 415)
  async recordAiCall(@Body() body: unknown): Promise<RecordedRowDto | RecordedRowsDto> {
    return recordedDto(await this.ingest.recordAiCall(body));
  }
}
