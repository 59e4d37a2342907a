import { applyDecorators, Body, Controller, HttpCode, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBasicAuth, ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import { IgnoreCredentials, Public } from '../../../common/auth/auth.decorators.js';
import { ApiErrors } from '../../../common/http/api-errors.decorator.js';
import * as bodies from './dto/segment-examples.js';
import { SegmentResultDto } from './dto/segment-result.dto.js';
import { SegmentIngestService } from './segment-ingest.service.js';
import { WriteKey } from './write-key.decorator.js';

const BATCH_LIMIT = 5 * 1024 * 1024;
// Four times what Segment takes. Texts up to this length reach the verdict as they are: the guard of bulk bodies, which
// replaces single items of a list, begins above it.
const MESSAGE_LIMIT = 128 * 1024;

/** The project key is the credential, and what is at fault within a message is for the verdict to say. */
const SegmentRoute = (bodyLimit: number) =>
  applyDecorators(
    HttpCode(200),
    Public(),
    IgnoreCredentials(),
    ApiBasicAuth('projectKey'),
    // Limited by the project's rate instead: all users of an app may share one address.
    SkipThrottle(),
    RouteConfig({ bulkBody: true, bodyLimit }),
    ApiHeader({ name: 'Content-Encoding', required: false, schema: { type: 'string', enum: ['gzip', 'br'] } }),
    ApiOkResponse({ type: SegmentResultDto, description: 'Also for messages that were refused: see `rejected`.' }),
    ApiErrors(400, 401, 403, 413, 415),
  );

@ApiTags('Segment-compatible ingest')
@Controller('v1')
export class SegmentIngestController {
  constructor(private readonly segment: SegmentIngestService) {}

  @Post('track')
  @SegmentRoute(MESSAGE_LIMIT)
  @ApiOperation({
    summary: 'Record what a user did',
    description: 'Becomes an event of the name `event`, with `properties` as they are.',
  })
  @ApiBody(bodies.TRACK_BODY)
  async track(@WriteKey() writeKey: unknown, @Body() body: unknown): Promise<SegmentResultDto> {
    return SegmentResultDto.from(await this.segment.recordMessage('track', writeKey, body));
  }

  @Post('identify')
  @SegmentRoute(MESSAGE_LIMIT)
  @ApiOperation({
    summary: 'Say who a user is',
    description: 'Becomes an event `identify` with the traits; with both ids it links the anonymous one to the user.',
  })
  @ApiBody(bodies.IDENTIFY_BODY)
  async identify(@WriteKey() writeKey: unknown, @Body() body: unknown): Promise<SegmentResultDto> {
    return SegmentResultDto.from(await this.segment.recordMessage('identify', writeKey, body));
  }

  @Post('page')
  @SegmentRoute(MESSAGE_LIMIT)
  @ApiOperation({
    summary: 'Record that a page was seen',
    description: 'Becomes an event `page_view`; `name` is kept as property `page_name`.',
  })
  @ApiBody(bodies.PAGE_BODY)
  async page(@WriteKey() writeKey: unknown, @Body() body: unknown): Promise<SegmentResultDto> {
    return SegmentResultDto.from(await this.segment.recordMessage('page', writeKey, body));
  }

  @Post('screen')
  @SegmentRoute(MESSAGE_LIMIT)
  @ApiOperation({
    summary: 'Record that a screen was seen',
    description: 'Becomes an event `screen_view`; `name` is kept as property `screen_name`, which the reports read.',
  })
  @ApiBody(bodies.SCREEN_BODY)
  async screen(@WriteKey() writeKey: unknown, @Body() body: unknown): Promise<SegmentResultDto> {
    return SegmentResultDto.from(await this.segment.recordMessage('screen', writeKey, body));
  }

  @Post('group')
  @SegmentRoute(MESSAGE_LIMIT)
  @ApiOperation({
    summary: 'Say which group a user belongs to',
    description: 'Becomes an event `group` with the traits; `groupId` is kept as property `group_id`.',
  })
  @ApiBody(bodies.GROUP_BODY)
  async group(@WriteKey() writeKey: unknown, @Body() body: unknown): Promise<SegmentResultDto> {
    return SegmentResultDto.from(await this.segment.recordMessage('group', writeKey, body));
  }

  @Post('alias')
  @SegmentRoute(MESSAGE_LIMIT)
  @ApiOperation({
    summary: 'Link a former id to a user',
    description:
      'Becomes an event `alias` with `previousId` as anonymous id: whatever that id did, before or after, was done by ' +
      'the user. Two ids that are both known as user ids are never merged.',
  })
  @ApiBody(bodies.ALIAS_BODY)
  async alias(@WriteKey() writeKey: unknown, @Body() body: unknown): Promise<SegmentResultDto> {
    return SegmentResultDto.from(await this.segment.recordMessage('alias', writeKey, body));
  }

  @Post('batch')
  @SegmentRoute(BATCH_LIMIT)
  @ApiOperation({
    summary: 'Record a batch of messages',
    description:
      'What the libraries of Segment send. Each message names its `type` and has its own verdict: a bad one never fails ' +
      'the others, and what is sent again is counted as a duplicate by its `messageId`. With `sentAt` a wrong clock is ' +
      'corrected. Of `context` the names of library, app and system, the page without its query string, the campaign and ' +
      'the locale are kept, as properties `context_page_path` …; never an address, user agent, device or location. The ' +
      'answer comes when the events are safely on disk. At most 5,000 messages and 5 MB unpacked.',
  })
  @ApiBody(bodies.BATCH_BODY)
  async batch(@WriteKey() writeKey: unknown, @Body() body: unknown): Promise<SegmentResultDto> {
    return SegmentResultDto.from(await this.segment.recordBatch(writeKey, body));
  }
}
