import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { IgnoreCredentials, Public } from '../../common/auth/auth.decorators.js';
import { AlwaysServed } from '../../common/lifecycle/startup.guard.js';
import { ApiIndexService } from './api-index.service.js';
import { ApiIndexDto } from './health.dto.js';

@ApiTags('Health')
@Controller()
export class ApiIndexController {
  constructor(private readonly index: ApiIndexService) {}

  @Get()
  @Public()
  @IgnoreCredentials()
  @AlwaysServed()
  @ApiOperation({ summary: 'The API by module, with links to its documentation' })
  @ApiOkResponse({ type: ApiIndexDto })
  list(): ApiIndexDto {
    return this.index.list();
  }
}
