import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { LeaseModule } from '../../../infra/lease/lease.module.js';
import { ScheduledRunsModule } from '../../../infra/schedule/schedule.module.js';
import { ProjectsModule } from '../../projects/projects.module.js';
import { DeletedProjectsJob } from './removal/deleted-projects.job.js';
import { EventRemovalRepository } from './removal/event-removal.repository.js';
import { EventRemovalService } from './removal/event-removal.service.js';
import { EventWritesService } from './event-writes.service.js';
import { IDENTITY_LINK_MODEL, IdentityLinkSchema } from './links/identity-link.schema.js';
import { IdentityLinksRepository } from './links/identity-links.repository.js';
import { IdentityLinksService } from './links/identity-links.service.js';
import { LinkRemovalRepository } from './links/link-removal.repository.js';
import { PendingLinksJob } from './links/pending-links.job.js';
import { PRODUCT_EVENT_MODEL, ProductEventSchema } from './product-event.schema.js';
import { ProductAccountData } from './removal/product-account-data.js';
import { ProductErasureService } from './removal/product-erasure.service.js';
import { ProductEventsController } from './product-events.controller.js';
import { ProductEventsRepository } from './product-events.repository.js';
import { ProductEventsService } from './product-events.service.js';
import { ProductDataErasure } from './segments/product-data-erasure.js';
import { EpochRecoveryJob } from './segments/epoch-recovery.job.js';
import { EpochRecoveryService } from './segments/epoch-recovery.service.js';
import { INGEST_EPOCH_MODEL, IngestEpochSchema } from './segments/ingest-epoch.schema.js';
import { IngestEpochsRepository } from './segments/ingest-epochs.repository.js';
import { IngestEpochsService } from './segments/ingest-epochs.service.js';
import { PRODUCT_SEGMENT_MODEL, ProductSegmentSchema } from './segments/product-segment.schema.js';
import { ProductSegmentsRepository } from './segments/product-segments.repository.js';
import { ProductSegmentsService } from './segments/product-segments.service.js';
import { SegmentRebuildService } from './segments/segment-rebuild.service.js';

@Module({
  imports: [
    ProjectsModule,
    LeaseModule,
    ScheduledRunsModule,
    MongooseModule.forFeature([
      { name: PRODUCT_EVENT_MODEL, schema: ProductEventSchema },
      { name: IDENTITY_LINK_MODEL, schema: IdentityLinkSchema },
      { name: INGEST_EPOCH_MODEL, schema: IngestEpochSchema },
      { name: PRODUCT_SEGMENT_MODEL, schema: ProductSegmentSchema },
    ]),
  ],
  controllers: [ProductEventsController],
  providers: [
    ProductEventsRepository,
    IdentityLinksRepository,
    IdentityLinksService,
    EventWritesService,
    ProductEventsService,
    ProductErasureService,
    PendingLinksJob,
    DeletedProjectsJob,
    ProductAccountData,
    EventRemovalRepository,
    LinkRemovalRepository,
    EventRemovalService,
    ProductDataErasure,
    IngestEpochsRepository,
    ProductSegmentsRepository,
    SegmentRebuildService,
    IngestEpochsService,
    EpochRecoveryService,
    EpochRecoveryJob,
    ProductSegmentsService,
  ],
  exports: [ProductEventsService, EventRemovalService, ProductSegmentsService, ProductDataErasure],
})
export class ProductEventsModule {}
