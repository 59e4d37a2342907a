import { Controller, Headers, HttpCode, Post, Req, UseFilters } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { IgnoreCredentials, Public } from '../../../common/auth/auth.decorators.js';
import { ApiErrors } from '../../../common/http/api-errors.decorator.js';
import { WhoopErrorFilter } from '../whoop-error.filter.js';
import { WhoopWebhookService } from './whoop-webhook.service.js';

@ApiTags('WHOOP')
@Controller('api/whoop/webhook')
@UseFilters(WhoopErrorFilter)
export class WhoopWebhookController {
  constructor(private readonly webhook: WhoopWebhookService) {}

  @Post()
  @HttpCode(204)
  @Public()
  @IgnoreCredentials()
  // The signature is over the bytes as they came.
  @RouteConfig({ rawBody: true, bodyLimit: 16_384 })
  @ApiOperation({
    summary: 'Where WHOOP tells what has changed',
    description:
      'Enter its address in the WHOOP developer dashboard. Closed by the signature, which the app’s secret makes. The work is ' +
      'done after the answer; a delivery that comes again is done once.',
  })
  @ApiHeader({ name: 'X-WHOOP-Signature', required: true, example: 'yngLa9eO/z0rGxjWUCbWOGf/J5oV2BybyI1lgy3BECU=' })
  @ApiHeader({ name: 'X-WHOOP-Signature-Timestamp', required: true, example: '1748241241000' })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['user_id', 'id', 'type', 'trace_id'],
      properties: {
        user_id: { type: 'integer', example: 10129 },
        id: { type: 'string', example: '9f0c1a52-7c1e-4a63-b1a5-6d1f0a9c2e11' },
        type: { type: 'string', example: 'sleep.updated' },
        trace_id: { type: 'string', example: '0b9d4c1e-2f57-4f0e-8a55-3f8f2a7c9d10' },
      },
    },
  })
  @ApiNoContentResponse({ description: 'Taken, or of no concern to this server.' })
  @ApiErrors(401)
  async receive(
    @Req() request: FastifyRequest,
    @Headers('x-whoop-signature') signature?: string,
    @Headers('x-whoop-signature-timestamp') timestamp?: string,
  ): Promise<void> {
    await this.webhook.receive({ body: request.body, signature, timestamp });
  }
}
