import { Body, Controller, Get, Header, HttpCode, Post, Query } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiBody,
  ApiConsumes,
  ApiHeader,
  ApiNoContentResponse,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import { Caller, IgnoreCredentials, Public, RequireScope } from '../../common/auth/auth.decorators.js';
import type { Principal } from '../../common/auth/principal.js';
import { PROBE_ROUTE } from '../../common/http/load-shedding.js';
import { AlwaysServed } from '../../common/lifecycle/startup.guard.js';
import { LINE_PROTOCOL_BODY, WriteErrorDto, WritePointsQuery } from './dto/write-points.dto.js';
import { ActivityWritesService } from './ingest/activity-writes.service.js';
import { toWriteRequest } from './write-requests.js';

const BODY_LIMIT = 10 * 1024 * 1024;
/** Whose API this is, for clients that ask; they look at the first number. */
const INFLUX_VERSION = 'v2.7.0';
const PING_HEADERS = {
  'X-Influxdb-Version': { description: 'The version of the API.', schema: { type: 'string', example: INFLUX_VERSION } },
  'X-Influxdb-Build': { description: 'Who answers.', schema: { type: 'string', example: 'Almanac' } },
};

/** The part of InfluxDB's API that collectors use, so that they send to Almanac by changing an address. */
@ApiTags('Activity data')
@Controller()
export class ActivityController {
  constructor(private readonly writes: ActivityWritesService) {}

  @Post('api/v2/write')
  @HttpCode(204)
  @RequireScope('ingest')
  // Limited by the sender's rate of points instead: all collectors of a company may share one address.
  @SkipThrottle()
  @RouteConfig({ rawBody: true, bulkBody: true, bodyLimit: BODY_LIMIT })
  @ApiOperation({
    summary: "Write activity points: InfluxDB's write API",
    description:
      'Line protocol, from any collector, Telegraf or `@influxdata/influxdb-client`. Send an API key with the scope ' +
      '`ingest` as `Authorization: Token …` (or Bearer). Reports read `afk_status`, `window_activity`, `app_usage` and ' +
      '`daily_metrics`; other measurements are stored and exported. The same measurement, tags and time again: fields are ' +
      'united, the new value wins. A point belongs to the organization of its tag `org`, else of the parameter; whoever ' +
      'writes first owns it. Every line has its own verdict: 400 names the first one that was refused, all others are ' +
      'stored. The answer comes when the points are safely on disk.',
  })
  @ApiHeader({ name: 'Content-Encoding', required: false, schema: { type: 'string', enum: ['gzip', 'br'] } })
  @ApiConsumes('text/plain')
  @ApiBody(LINE_PROTOCOL_BODY)
  @ApiNoContentResponse({ description: 'All points are stored.' })
  @ApiResponse({
    status: 400,
    type: WriteErrorDto,
    description: 'Some lines were refused, or the request is not valid.',
  })
  @ApiResponse({ status: 401, type: WriteErrorDto, description: 'No, expired or wrong credentials.' })
  @ApiResponse({ status: 403, type: WriteErrorDto, description: 'The API key lacks the scope `ingest`.' })
  @ApiResponse({ status: 413, type: WriteErrorDto, description: 'The body is too large.' })
  @ApiResponse({ status: 415, type: WriteErrorDto, description: 'The content encoding is not supported.' })
  @ApiResponse({ status: 429, type: WriteErrorDto, description: 'Too many points; wait for `Retry-After` seconds.' })
  @ApiResponse({ status: 503, type: WriteErrorDto, description: 'Try again after `Retry-After` seconds.' })
  async write(@Caller() caller: Principal, @Query() query: WritePointsQuery, @Body() body: unknown): Promise<void> {
    await this.writes.write(caller, toWriteRequest(query, body));
  }

  @Get(['ping', 'api/v2/ping'])
  @HttpCode(204)
  @Public()
  @IgnoreCredentials()
  @AlwaysServed()
  @SkipThrottle()
  @RouteConfig(PROBE_ROUTE)
  @Header('X-Influxdb-Version', INFLUX_VERSION)
  @Header('X-Influxdb-Build', 'Almanac')
  @ApiOperation({ summary: "Health check of InfluxDB's clients" })
  @ApiNoContentResponse({ headers: PING_HEADERS })
  ping(): void {
    // There is nothing to say beyond the headers.
  }
}
