import { Body, Controller, Delete, Get, HttpCode, Post, Query, StreamableFile, UseInterceptors } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import { Caller, RequireScope } from '../../../common/auth/auth.decorators.js';
import type { Principal } from '../../../common/auth/principal.js';
import { ApiErrors } from '../../../common/http/api-errors.decorator.js';
import { NDJSON_TYPE } from '../../../common/http/ndjson.js';
import { NoStoreInterceptor } from '../../../common/http/no-store.interceptor.js';
import { toDomainLimit, toEventFilter, toPageRequest, toRecentRequest } from './browser-event-requests.js';
import { BrowserErasure } from './browser-erasure.service.js';
import { BrowserHistoryService } from './browser-history.service.js';
import { BrowserSyncService } from './browser-sync.service.js';
import {
  DeletedEventsDto,
  DomainListDto,
  BrowserEventCountDto,
  EventPageDto,
  EventStatsDto,
  EXPORT_EXAMPLE,
  RecentEventsDto,
} from './dto/browser-events.dto.js';
import {
  DeleteEventsQuery,
  DomainsQuery,
  EventRangeQuery,
  ListEventsQuery,
  RecentEventsQuery,
} from './dto/browser-events.query.js';
import { SYNC_BODY, SyncResultDto } from './dto/sync.dto.js';
import { exportEvents } from './event-export.js';

const EXPORT_FILE = { type: NDJSON_TYPE, disposition: 'attachment; filename="browser-events.ndjson"' };

@ApiTags('Browser events')
@Controller('api/events')
@UseInterceptors(NoStoreInterceptor)
export class BrowserEventsController {
  constructor(
    private readonly syncs: BrowserSyncService,
    private readonly history: BrowserHistoryService,
    private readonly erasure: BrowserErasure,
  ) {}

  @Post('sync')
  @HttpCode(200)
  @RequireScope('ingest')
  // Limited by the user's rate instead: an extension stops at the first 429.
  @SkipThrottle()
  @RouteConfig({ bulkBody: true, bodyLimit: 8 * 1024 * 1024 })
  @ApiOperation({
    summary: 'Record what the browser did',
    description:
      'Every event has its own verdict: a bad one never fails the others, and one that is sent again is a success and ' +
      'stores nothing. Private windows are not recorded, and of `settings.excluded_domains` only that a tab showed ' +
      'something, without domain, address and title; query strings and fragments are cut off unless `settings.keep_query_strings` names the domain. At most 5,000 events and 8 MB unpacked; the body ' +
      'may be compressed (gzip, br). The answer comes when the events are safely on disk.',
  })
  @ApiHeader({ name: 'Content-Encoding', required: false, schema: { type: 'string', enum: ['gzip', 'br'] } })
  @ApiBody(SYNC_BODY)
  @ApiOkResponse({ type: SyncResultDto })
  @ApiErrors(400, 403, 413, 415)
  async sync(@Caller() caller: Principal, @Body() body: unknown): Promise<SyncResultDto> {
    return SyncResultDto.from(await this.syncs.sync(caller, body));
  }

  @Get()
  @RequireScope('read')
  @ApiOperation({
    summary: "List one's events",
    description: 'The newest first. A slash at the end makes no difference.',
  })
  @ApiOkResponse({ type: EventPageDto })
  @ApiErrors(400, 403)
  async list(@Caller() caller: Principal, @Query() query: ListEventsQuery): Promise<EventPageDto> {
    return EventPageDto.from(await this.history.list(caller.userId, toPageRequest(caller, query)));
  }

  @Get('count')
  @RequireScope('read')
  @ApiOperation({ summary: "Count one's events" })
  @ApiOkResponse({ type: BrowserEventCountDto })
  @ApiErrors(403)
  async count(@Caller() caller: Principal): Promise<BrowserEventCountDto> {
    return BrowserEventCountDto.of(await this.history.count(caller.userId));
  }

  @Get('recent')
  @RequireScope('read')
  @ApiOperation({ summary: 'List the events of the last hours', description: 'The newest first.' })
  @ApiOkResponse({ type: RecentEventsDto })
  @ApiErrors(400, 403)
  async listRecent(@Caller() caller: Principal, @Query() query: RecentEventsQuery): Promise<RecentEventsDto> {
    const { hours, limit } = toRecentRequest(query);
    return RecentEventsDto.from(await this.history.listRecent(caller.userId, hours, limit), hours);
  }

  @Get('domains')
  @RequireScope('read')
  @ApiOperation({ summary: 'List the domains of the whole history', description: 'Those with the most events first.' })
  @ApiOkResponse({ type: DomainListDto })
  @ApiErrors(400, 403)
  async listDomains(@Caller() caller: Principal, @Query() query: DomainsQuery): Promise<DomainListDto> {
    return DomainListDto.from(await this.history.listDomains(caller.userId), toDomainLimit(query));
  }

  @Get('stats')
  @RequireScope('read')
  @ApiOperation({ summary: 'Count events by type' })
  @ApiOkResponse({ type: EventStatsDto })
  @ApiErrors(400, 403)
  async stats(@Caller() caller: Principal, @Query() query: EventRangeQuery): Promise<EventStatsDto> {
    return EventStatsDto.from(await this.history.countTypes(caller.userId, toEventFilter(caller, query)));
  }

  @Get('export')
  @RequireScope('read')
  @ApiOperation({
    summary: "Download one's events",
    description: 'One JSON object a line, with its payload, the oldest first.',
  })
  @ApiProduces(NDJSON_TYPE)
  @ApiOkResponse({ description: 'The events.', schema: { type: 'string', example: EXPORT_EXAMPLE } })
  @ApiErrors(400, 403)
  async export(@Caller() caller: Principal, @Query() query: EventRangeQuery): Promise<StreamableFile> {
    return new StreamableFile(
      await exportEvents(this.history.stream(caller.userId, toEventFilter(caller, query))),
      EXPORT_FILE,
    );
  }

  @Delete()
  @RequireScope('admin')
  @ApiOperation({
    summary: "Erase one's whole history",
    description: 'All that was received until now. Answers when it is gone, which takes a while for a long history.',
  })
  @ApiOkResponse({ type: DeletedEventsDto })
  @ApiErrors(400, 403)
  async delete(@Caller() caller: Principal, @Query() _query: DeleteEventsQuery): Promise<DeletedEventsDto> {
    return DeletedEventsDto.of(await this.erasure.delete(caller.userId));
  }
}
