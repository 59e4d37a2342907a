import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Post,
  Query,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Caller,
  IgnoreCredentials,
  OpenModeAllowed,
  Public,
  RequireGrant,
  RequireRole,
  RequireScope,
} from '../../../common/auth/auth.decorators.js';
import type { Principal } from '../../../common/auth/principal.js';
import { ApiErrors } from '../../../common/http/api-errors.decorator.js';
import { NoStoreInterceptor } from '../../../common/http/no-store.interceptor.js';
import {
  WhoopAuthorizeUrlDto,
  WhoopAuthTestDto,
  WhoopErasedDto,
  WhoopLinkedDto,
  WhoopStatusDto,
  WhoopUnlinkedDto,
} from '../dto/link.dto.js';
import {
  WhoopAuthorizeQuery,
  WhoopCallbackQuery,
  WhoopEraseQuery,
  WhoopExchangeCodeDto,
  WhoopUnlinkQuery,
} from '../dto/queries.dto.js';
import { WhoopErrorFilter } from '../whoop-error.filter.js';
import { LINKED_PAGE } from './callback-page.js';
import { WhoopLinkingService } from './whoop-linking.service.js';
import { WhoopLinksService } from './whoop-links.service.js';

@ApiTags('WHOOP')
@Controller('api/whoop')
@UseInterceptors(NoStoreInterceptor)
@UseFilters(WhoopErrorFilter)
export class WhoopLinkingController {
  constructor(
    private readonly linking: WhoopLinkingService,
    private readonly links: WhoopLinksService,
  ) {}

  @Get('status')
  @OpenModeAllowed()
  @RequireScope('read')
  @RequireGrant('whoop')
  @ApiOperation({ summary: 'Whether WHOOP is set up and linked', description: 'Without asking WHOOP.' })
  @ApiOkResponse({ type: WhoopStatusDto })
  async status(): Promise<WhoopStatusDto> {
    return WhoopStatusDto.from(await this.links.state());
  }

  @Get('auth/test')
  @RequireRole('admin')
  @ApiOperation({ summary: 'Ask WHOOP whether the tokens are good' })
  @ApiOkResponse({ type: WhoopAuthTestDto })
  @ApiErrors(400, 401, 404, 422)
  async test(): Promise<WhoopAuthTestDto> {
    return WhoopAuthTestDto.from(await this.linking.test());
  }

  @Get('auth/authorize-url')
  @RequireRole('admin')
  @ApiOperation({
    summary: 'Begin to link a WHOOP account',
    description: 'The member opens the URL and allows access.',
  })
  @ApiOkResponse({ type: WhoopAuthorizeUrlDto })
  @ApiErrors(400, 503)
  async authorize(@Caller() caller: Principal, @Query() query: WhoopAuthorizeQuery): Promise<WhoopAuthorizeUrlDto> {
    return WhoopAuthorizeUrlDto.from(await this.linking.authorize(caller.userId, query.redirect_uri || undefined));
  }

  @Get('auth/callback')
  @Public()
  @IgnoreCredentials()
  @Header('content-type', 'text/html; charset=utf-8')
  @ApiOperation({
    summary: 'Where WHOOP sends the browser',
    description: 'Closed by the state of the authorize URL, which is good once, for ten minutes.',
  })
  @ApiOkResponse({ content: { 'text/html': { schema: { type: 'string' }, example: '<h1>WHOOP is linked</h1>' } } })
  @ApiErrors(400, 401)
  async callback(@Query() query: WhoopCallbackQuery): Promise<string> {
    await this.linking.finish(WhoopCallbackQuery.toRequest(query));
    return LINKED_PAGE;
  }

  @Post('auth/exchange-code')
  @HttpCode(200)
  @RequireRole('admin')
  @ApiOperation({
    summary: 'Link with a code that was copied out of the browser',
    description: 'The tokens are stored encrypted and never answered.',
  })
  @ApiOkResponse({ type: WhoopLinkedDto })
  @ApiErrors(400, 401, 503)
  async exchange(@Caller() caller: Principal, @Body() body: WhoopExchangeCodeDto): Promise<WhoopLinkedDto> {
    return WhoopLinkedDto.from(await this.linking.exchangeCode(caller.userId, WhoopExchangeCodeDto.toRequest(body)));
  }

  @Delete('auth')
  @RequireRole('admin')
  @ApiOperation({
    summary: 'End the link',
    description: 'Revokes it at WHOOP and forgets the tokens; `erase=true` erases all stored records too.',
  })
  @ApiOkResponse({ type: WhoopUnlinkedDto })
  @ApiErrors(400)
  async unlink(@Query() query: WhoopUnlinkQuery): Promise<WhoopUnlinkedDto> {
    const erase = query.erase === 'true';
    return WhoopUnlinkedDto.from(await this.linking.unlink(erase), erase);
  }

  @Delete('data')
  @RequireRole('admin')
  @ApiOperation({ summary: 'Erase all stored WHOOP data', description: 'Records, profile and syncs; the link stays.' })
  @ApiOkResponse({ type: WhoopErasedDto })
  @ApiErrors(400)
  async erase(@Query() _query: WhoopEraseQuery): Promise<WhoopErasedDto> {
    await this.linking.eraseData();
    return WhoopErasedDto.done();
  }
}
