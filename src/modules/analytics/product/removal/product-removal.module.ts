import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { LeaseModule } from '../../../../infra/lease/lease.module.js';
import { ScheduledRunsModule } from '../../../../infra/schedule/schedule.module.js';
import { ProductEventsModule } from '../../../events/product/product-events.module.js';
import { ProjectsModule } from '../../../projects/projects.module.js';
import { ProductAnalyticsModule } from '../product-analytics.module.js';
import { ErasedLinksService } from './erased-links.service.js';
import { ErasureTargetsService } from './erasure-targets.service.js';
import { EventRetentionJob } from './event-retention.job.js';
import { EventRetentionService } from './event-retention.service.js';
import { PersonErasureJob } from './person-erasure.job.js';
import { PERSON_ERASURE_MODEL, PersonErasureSchema } from './person-erasure.schema.js';
import { PersonErasureService } from './person-erasure.service.js';
import { PersonErasuresRepository } from './person-erasures.repository.js';
import { ProductPersonsController } from './product-persons.controller.js';
import { ProductPersonsService } from './product-persons.service.js';
import { ReplicaDelay } from './replica-delay.js';
import { RollupDaysRepository } from './rollup-days.repository.js';

/** What takes events away: the erasure of persons and the retention of events. */
@Module({
  imports: [
    ProjectsModule,
    ProductEventsModule,
    ProductAnalyticsModule,
    LeaseModule,
    ScheduledRunsModule,
    MongooseModule.forFeature([{ name: PERSON_ERASURE_MODEL, schema: PersonErasureSchema }]),
  ],
  controllers: [ProductPersonsController],
  providers: [
    ReplicaDelay,
    RollupDaysRepository,
    PersonErasuresRepository,
    ErasureTargetsService,
    ErasedLinksService,
    PersonErasureService,
    PersonErasureJob,
    ProductPersonsService,
    EventRetentionService,
    EventRetentionJob,
  ],
})
export class ProductRemovalModule {}
