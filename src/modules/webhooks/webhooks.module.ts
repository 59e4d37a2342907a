import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountLifecycleModule } from '../../common/lifecycle/account-lifecycle.module.js';
import { LeaseModule } from '../../infra/lease/lease.module.js';
import { WebhookAccountData } from './webhook-account-data.js';
import { WebhookDeliveriesController } from './webhook-deliveries.controller.js';
import { WebhookDeliveriesRepository } from './webhook-deliveries.repository.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';
import { WebhookAttemptEntity, WebhookDeliveryEntity } from './webhook-delivery.entity.js';
import { WebhookDeliveryJob } from './webhook-delivery.job.js';
import { WebhookEndpointEntity } from './webhook-endpoint.entity.js';
import { WebhookEndpointsRepository } from './webhook-endpoints.repository.js';
import { WebhookEndpointsService } from './webhook-endpoints.service.js';
import { WebhookSendingService } from './webhook-sending.service.js';
import { WebhookUpkeepJob } from './webhook-upkeep.job.js';
import { WebhookClient, WebhookNetwork } from './webhook.client.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksService } from './webhooks.service.js';

const ENTITIES = [WebhookEndpointEntity, WebhookDeliveryEntity, WebhookAttemptEntity];

/** Messages to other systems by Standard Webhooks. */
@Module({
  imports: [AccountLifecycleModule, LeaseModule, TypeOrmModule.forFeature(ENTITIES)],
  controllers: [WebhookDeliveriesController, WebhooksController],
  providers: [
    WebhookEndpointsRepository,
    WebhookDeliveriesRepository,
    WebhookEndpointsService,
    WebhookDeliveriesService,
    WebhooksService,
    WebhookSendingService,
    { provide: WebhookNetwork, useValue: {} },
    WebhookClient,
    WebhookDeliveryJob,
    WebhookUpkeepJob,
    WebhookAccountData,
  ],
  exports: [WebhooksService],
})
export class WebhooksModule {}
