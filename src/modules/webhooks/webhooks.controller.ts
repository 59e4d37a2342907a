import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, UseInterceptors } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { Caller, OpenModeAllowed, RequireScope } from '../../common/auth/auth.decorators.js';
import type { Principal } from '../../common/auth/principal.js';
import { ApiErrors } from '../../common/http/api-errors.decorator.js';
import { NoStoreInterceptor } from '../../common/http/no-store.interceptor.js';
import { WebhookDeliveryDto } from './dto/webhook-delivery.dto.js';
import {
  CreatedWebhookDto,
  CreateWebhookDto,
  UpdateWebhookDto,
  WebhookDto,
  WebhookListDto,
} from './dto/webhook.dto.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';
import { WebhookEndpointsService } from './webhook-endpoints.service.js';

const Id = () => ApiParam({ name: 'id', example: 'we_3f1c9a77b2d04e58' });

@ApiTags('Webhooks')
@Controller('api/reports/webhooks')
@OpenModeAllowed()
@UseInterceptors(NoStoreInterceptor)
export class WebhooksController {
  constructor(
    private readonly webhooks: WebhookEndpointsService,
    private readonly deliveries: WebhookDeliveriesService,
  ) {}

  @Post()
  @RequireScope('admin')
  @ApiOperation({
    summary: 'Register a webhook',
    description:
      'Messages are signed as Standard Webhooks says and retried 10 times within three days. The answer is the only place where the secret is shown.',
  })
  @ApiCreatedResponse({ type: CreatedWebhookDto })
  @ApiErrors(400, 403, 409, 503)
  async create(@Caller() caller: Principal, @Body() body: CreateWebhookDto): Promise<CreatedWebhookDto> {
    return CreatedWebhookDto.withSecret(await this.webhooks.create(caller.userId, CreateWebhookDto.toRequest(body)));
  }

  @Get()
  @RequireScope('read')
  @ApiOperation({ summary: "List one's webhooks", description: 'With what disabled them, if anything.' })
  @ApiOkResponse({ type: WebhookListDto })
  @ApiErrors(403)
  async list(@Caller() caller: Principal): Promise<WebhookListDto> {
    return WebhookListDto.from(await this.webhooks.list(caller.userId));
  }

  @Patch(':id')
  @RequireScope('admin')
  @Id()
  @ApiOperation({ summary: 'Change a webhook, switch it off or on again' })
  @ApiOkResponse({ type: WebhookDto })
  @ApiErrors(400, 403, 404)
  async update(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() body: UpdateWebhookDto,
  ): Promise<WebhookDto> {
    return WebhookDto.from(await this.webhooks.update(caller.userId, id, UpdateWebhookDto.toChanges(body)));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('admin')
  @Id()
  @ApiOperation({ summary: 'Delete a webhook', description: 'Its log goes with it.' })
  @ApiNoContentResponse({ description: 'Deleted.' })
  @ApiErrors(403, 404)
  async delete(@Caller() caller: Principal, @Param('id') id: string): Promise<void> {
    await this.webhooks.delete(caller.userId, id);
  }

  @Post(':id/rotate-secret')
  @HttpCode(200)
  @RequireScope('admin')
  @Id()
  @ApiOperation({
    summary: 'Give a webhook a new secret',
    description: 'For a day messages carry two signatures, of the new secret and of the former one.',
  })
  @ApiOkResponse({ type: CreatedWebhookDto })
  @ApiErrors(403, 404, 503)
  async rotateSecret(@Caller() caller: Principal, @Param('id') id: string): Promise<CreatedWebhookDto> {
    return CreatedWebhookDto.withSecret(await this.webhooks.rotateSecret(caller.userId, id));
  }

  @Post(':id/test')
  @HttpCode(202)
  @RequireScope('admin')
  @Id()
  @ApiOperation({
    summary: 'Send a test message',
    description: 'Of type `webhook.test`; see what came of it in the log.',
  })
  @ApiAcceptedResponse({ type: WebhookDeliveryDto })
  @ApiErrors(403, 404, 409, 503)
  async sendTest(@Caller() caller: Principal, @Param('id') id: string): Promise<WebhookDeliveryDto> {
    return WebhookDeliveryDto.from(await this.deliveries.sendTest(caller.userId, id));
  }
}
