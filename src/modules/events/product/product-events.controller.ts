import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import {
  Caller,
  IgnoreCredentials,
  OpenModeAllowed,
  Public,
  RequireScope,
} from '../../../common/auth/auth.decorators.js';
import type { Principal } from '../../../common/auth/principal.js';
import { ApiErrors } from '../../../common/http/api-errors.decorator.js';
import { EVENT_BATCH_BODY } from './dto/event-batch.dto.js';
import { EventBatchResultDto } from './dto/event-batch-result.dto.js';
import { EventNamesDto, EventNamesQuery } from './dto/event-names.dto.js';
import { ProductEventsService } from './product-events.service.js';

@ApiTags('Product events')
@Controller('v1')
export class ProductEventsController {
  constructor(private readonly events: ProductEventsService) {}

  @Post('events/batch')
  @HttpCode(200)
  @Public()
  @IgnoreCredentials()
  // Limited by the project's rate instead: all users of an app may share one address.
  @SkipThrottle()
  @RouteConfig({ bulkBody: true, bodyLimit: 5 * 1024 * 1024 })
  @ApiOperation({
    summary: 'Record a batch of events',
    description:
      'The project key alone opens this route. Every event has its own verdict: a bad one never fails the others, and ' +
      'what is sent again is counted as a duplicate, with or without an `eventId`. `rejected` lists the first 100 refused ' +
      'events, `rejectedCount` says how many there were: received = inserted + duplicates + rejectedCount. The body may be ' +
      'compressed (gzip, br) and has at most 5 MB unpacked. The answer comes when the events are safely on disk.',
  })
  @ApiHeader({ name: 'Content-Encoding', required: false, schema: { type: 'string', enum: ['gzip', 'br'] } })
  @ApiBody(EVENT_BATCH_BODY)
  @ApiOkResponse({ type: EventBatchResultDto })
  @ApiErrors(400, 403, 413, 415)
  async recordBatch(@Body() body: unknown): Promise<EventBatchResultDto> {
    return EventBatchResultDto.from(await this.events.recordBatch(body));
  }

  @Get('projects/:projectKey/events/names')
  @OpenModeAllowed()
  @RequireScope('read')
  @ApiOperation({
    summary: "List the names of a project's events",
    description: 'Those that happened in the range; by default in the last 30 days.',
  })
  @ApiOkResponse({ type: EventNamesDto })
  @ApiErrors(400, 404)
  async listNames(
    @Caller() caller: Principal,
    @Param('projectKey') projectKey: string,
    @Query() query: EventNamesQuery,
  ): Promise<EventNamesDto> {
    const search = { from: query.from, to: query.to, timeZone: query.tz || undefined };
    return EventNamesDto.from(await this.events.listNames(caller, projectKey, search));
  }
}
