import { Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OpenModeAllowed, RequireRole, RequireScope } from '../../../../common/auth/auth.decorators.js';
import { ApiErrors } from '../../../../common/http/api-errors.decorator.js';
import { PricesDto, ReloadedPricesDto } from './dto/prices.dto.js';
import { PricesQuery } from './dto/prices.query.js';
import { PricesService } from './prices.service.js';

@ApiTags('Usage analytics')
@Controller('api/v1/prices')
export class PricesController {
  constructor(private readonly prices: PricesService) {}

  @Get()
  @OpenModeAllowed()
  @RequireScope('read')
  @ApiOperation({ summary: 'What models cost', description: 'The prices in force, by which calls get their cost.' })
  @ApiOkResponse({ type: PricesDto })
  @ApiErrors(400, 403)
  async list(@Query() query: PricesQuery): Promise<PricesDto> {
    return PricesDto.from(this.prices.find(query.model || undefined));
  }

  @Post('reload')
  @HttpCode(200)
  @RequireRole('admin')
  @RequireScope('admin')
  @ApiOperation({
    summary: 'Read the price files again',
    description:
      'For administrators. Changed files are also noticed within seconds, by every replica. When a file is broken (422, ' +
      '`details` say where), the former prices stay in force.',
  })
  @ApiOkResponse({ type: ReloadedPricesDto })
  @ApiErrors(403, 422)
  async reload(): Promise<ReloadedPricesDto> {
    return ReloadedPricesDto.from(await this.prices.reload());
  }
}
