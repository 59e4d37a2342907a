import { Module } from '@nestjs/common';
import { WebhooksService } from './webhooks.service.js';

/** Messages to other systems by Standard Webhooks. */
@Module({ providers: [WebhooksService], exports: [WebhooksService] })
export class WebhooksModule {}
