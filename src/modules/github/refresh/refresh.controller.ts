import {
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Sse,
  UseFilters,
  UseInterceptors,
  type MessageEvent,
} from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { Observable } from 'rxjs';
import {
  Caller,
  OpenModeAllowed,
  RequireGrant,
  RequireRole,
  RequireScope,
} from '../../../common/auth/auth.decorators.js';
import type { Principal } from '../../../common/auth/principal.js';
import { SentenceErrorFilter } from '../../../common/errors/error.filter.js';
import { ApiErrors } from '../../../common/http/api-errors.decorator.js';
import { IDEMPOTENCY_KEY_HEADER, IDEMPOTENCY_REPLAYED_HEADERS } from '../../../common/http/idempotency-key.js';
import { RefreshJobDto, RefreshStartedDto } from '../dto/refresh.dto.js';
import { IdempotentRefreshesService, type RefreshAnswer } from './idempotent-refreshes.service.js';
import { RefreshAnswerInterceptor } from './refresh-answer.interceptor.js';
import { RefreshEventsService } from './refresh-events.service.js';
import { RefreshService } from './refresh.service.js';

const JOB = { name: 'job_id', example: 'b0f6d0de-4c1c-4c5e-9a55-6a5b3c1f0e11' };

@ApiTags('GitHub')
@Controller('api')
@OpenModeAllowed()
@UseFilters(SentenceErrorFilter)
export class RefreshController {
  constructor(
    private readonly requests: IdempotentRefreshesService,
    private readonly refreshes: RefreshService,
    private readonly events: RefreshEventsService,
  ) {}

  @Post(['github/refresh', 'refresh'])
  @HttpCode(202)
  @RequireRole('admin')
  @UseInterceptors(RefreshAnswerInterceptor)
  @ApiHeader(IDEMPOTENCY_KEY_HEADER)
  @ApiOperation({
    summary: 'Start a refresh from GitHub',
    description:
      'Always in the background, and one at a time: while one is going on, the answer names that one. It survives ' +
      "restarts, and waits by itself where GitHub's limit is met. Without GITHUB_ACCESS_TOKEN the answer is 400.",
  })
  @ApiAcceptedResponse({ type: RefreshStartedDto, headers: IDEMPOTENCY_REPLAYED_HEADERS })
  @ApiErrors(400, 403, 503)
  async start(@Caller() { userId }: Principal, @Headers('Idempotency-Key') key?: string): Promise<RefreshAnswer> {
    return this.requests.start(userId, key);
  }

  @Get('github/refresh/jobs')
  @RequireGrant('github')
  @RequireScope('read')
  @ApiOperation({ summary: 'The ten newest refreshes' })
  @ApiOkResponse({ type: [RefreshJobDto] })
  @ApiErrors(403)
  async list(): Promise<RefreshJobDto[]> {
    return RefreshJobDto.list(await this.refreshes.list());
  }

  @Get('github/refresh/status/:job_id')
  @RequireGrant('github')
  @RequireScope('read')
  @ApiOperation({ summary: 'How far a refresh is' })
  @ApiParam(JOB)
  @ApiOkResponse({ type: RefreshJobDto })
  @ApiErrors(400, 403, 404)
  async get(@Param('job_id') id: string): Promise<RefreshJobDto> {
    return RefreshJobDto.from(await this.refreshes.get(id));
  }

  @Sse('github/refresh/status/:job_id/events')
  @RequireGrant('github')
  @RequireScope('read')
  @ApiOperation({
    summary: 'Watch a refresh as server-sent events',
    description:
      'Each message holds what `GET …/status/{job_id}` answers: at once, then with every change, at most once a second. ' +
      '`event: end` follows the last one.',
  })
  @ApiParam(JOB)
  @ApiProduces('text/event-stream')
  @ApiOkResponse({
    description: 'Messages as long as the refresh goes on.',
    content: {
      'text/event-stream': { schema: { type: 'string' }, example: 'data: {"status":"running","progress":12.5}\n\n' },
    },
  })
  @ApiErrors(400, 403, 404, 503)
  async watch(@Param('job_id') id: string): Promise<Observable<MessageEvent>> {
    return this.events.watch(id);
  }

  @Delete('github/refresh/jobs/:job_id')
  @RequireRole('admin')
  @ApiOperation({
    summary: 'Cancel a refresh',
    description: 'It ends as `failed`, "Cancelled". Repositories that were read by then keep their new figures.',
  })
  @ApiParam(JOB)
  @ApiOkResponse({ type: RefreshJobDto })
  @ApiErrors(400, 403, 404)
  async cancel(@Param('job_id') id: string): Promise<RefreshJobDto> {
    return RefreshJobDto.from(await this.refreshes.cancel(id));
  }
}
