import { Body, Controller, Delete, Get, HttpCode, Param, Post, UseInterceptors } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { Caller, SessionOnly } from '../../common/auth/auth.decorators.js';
import type { Principal } from '../../common/auth/principal.js';
import { ApiErrors } from '../../common/http/api-errors.decorator.js';
import { NoStoreInterceptor } from '../../common/http/no-store.interceptor.js';
import { ApiKeysService } from './api-keys.service.js';
import { ApiKeyListDto, CreateApiKeyDto, CreatedApiKeyDto } from './dto/api-key.dto.js';

@ApiTags('Auth')
@Controller('api/auth/api-keys')
@SessionOnly()
@UseInterceptors(NoStoreInterceptor)
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Post()
  @ApiOperation({ summary: 'Create an API key', description: 'The answer is the only place where the key is shown.' })
  @ApiCreatedResponse({ type: CreatedApiKeyDto })
  @ApiErrors(400, 403, 409)
  async create(@Caller() caller: Principal, @Body() body: CreateApiKeyDto): Promise<CreatedApiKeyDto> {
    return CreatedApiKeyDto.from(await this.keys.create(caller, CreateApiKeyDto.toRequest(body)));
  }

  @Get()
  @ApiOperation({ summary: "List one's API keys" })
  @ApiOkResponse({ type: ApiKeyListDto })
  @ApiErrors(403)
  async list(@Caller() caller: Principal): Promise<ApiKeyListDto> {
    return ApiKeyListDto.from(await this.keys.list(caller));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete an API key', description: 'It is refused within seconds.' })
  @ApiParam({ name: 'id', example: '3f1c9a77b2d04e58' })
  @ApiNoContentResponse({ description: 'Deleted.' })
  @ApiErrors(403, 404)
  async delete(@Caller() caller: Principal, @Param('id') id: string): Promise<void> {
    await this.keys.delete(caller, id);
  }
}
