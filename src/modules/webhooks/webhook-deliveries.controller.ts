import { Controller, Get, HttpCode, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, OpenModeAllowed, RequireScope } from '../../common/auth/auth.decorators.js';
import type { Principal } from '../../common/auth/principal.js';
import { ApiErrors } from '../../common/http/api-errors.decorator.js';
import { NoStoreInterceptor } from '../../common/http/no-store.interceptor.js';
import { ListDeliveriesQuery, WebhookDeliveryDetailDto, WebhookDeliveryListDto } from './dto/webhook-delivery.dto.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';

const Id = () => ApiParam({ name: 'id', example: 'msg_p5jXN8AQM9LWM0D4loKWxJek012' });

@ApiTags('Webhooks')
@Controller('api/reports/webhook-deliveries')
@OpenModeAllowed()
@UseInterceptors(NoStoreInterceptor)
export class WebhookDeliveriesController {
  constructor(private readonly deliveries: WebhookDeliveriesService) {}

  @Get()
  @RequireScope('read')
  @ApiOperation({ summary: 'What was sent to one’s webhooks', description: 'The newest first; kept for 30 days.' })
  @ApiOkResponse({ type: WebhookDeliveryListDto })
  @ApiErrors(400, 403)
  async list(@Caller() caller: Principal, @Query() query: ListDeliveriesQuery): Promise<WebhookDeliveryListDto> {
    return WebhookDeliveryListDto.from(await this.deliveries.list(caller.userId, ListDeliveriesQuery.toSearch(query)));
  }

  @Get(':id')
  @RequireScope('read')
  @Id()
  @ApiOperation({ summary: 'One message with every attempt to deliver it' })
  @ApiOkResponse({ type: WebhookDeliveryDetailDto })
  @ApiErrors(403, 404)
  async get(@Caller() caller: Principal, @Param('id') id: string): Promise<WebhookDeliveryDetailDto> {
    return WebhookDeliveryDetailDto.withLog(await this.deliveries.get(caller.userId, id));
  }

  @Post(':id/redeliver')
  @HttpCode(202)
  @RequireScope('admin')
  @Id()
  @ApiOperation({
    summary: 'Send a message again',
    description: 'With the same `webhook-id`, and all attempts again. One that waits for its next attempt is sent now.',
  })
  @ApiAcceptedResponse({ type: WebhookDeliveryDetailDto })
  @ApiErrors(403, 404, 409, 503)
  async redeliver(@Caller() caller: Principal, @Param('id') id: string): Promise<WebhookDeliveryDetailDto> {
    return WebhookDeliveryDetailDto.withLog(await this.deliveries.redeliver(caller.userId, id));
  }
}
