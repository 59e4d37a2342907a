import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { InfluxClient } from '../../infra/influx/influx.client.js';
import { LeaseModule } from '../../infra/lease/lease.module.js';
import { OrgsModule } from '../orgs/orgs.module.js';
import { ActivityAccountData } from './activity-account-data.js';
import { ActivityStore } from './activity-store.js';
import { ActivityController } from './activity.controller.js';
import { ActivityService } from './activity.service.js';
import { ActivityDaysRepository } from './embedded/activity-days.repository.js';
import { ActivityFieldsRepository } from './embedded/activity-fields.repository.js';
import { ActivityGatheringJob } from './embedded/activity-gathering.job.js';
import { ActivityGatheringService } from './embedded/activity-gathering.service.js';
import { ActivityInserts } from './embedded/activity-inserts.service.js';
import { ActivityRemovalService } from './embedded/activity-removal.service.js';
import { ActivityWritesRepository } from './embedded/activity-writes.repository.js';
import {
  ACTIVITY_DAY_MODEL,
  ACTIVITY_FIELD_MODEL,
  ACTIVITY_WRITE_MODEL,
  ActivityDaySchema,
  ActivityFieldSchema,
  ActivityWriteSchema,
} from './embedded/activity.schema.js';
import { DataVersionsService } from './embedded/data-versions.service.js';
import { EmbeddedActivityStore } from './embedded/embedded-activity.store.js';
import { FieldTypesService } from './embedded/field-types.service.js';
import { StoredPoints } from './embedded/stored-points.service.js';
import { ActivityWritesService } from './ingest/activity-writes.service.js';

/** InfluxDB's client takes its time to load, which a server without InfluxDB need not spend. */
async function chooseStore(client: InfluxClient, embedded: EmbeddedActivityStore): Promise<ActivityStore> {
  if (!client.isConfigured) return embedded;
  const { InfluxActivityStore } = await import('./influx/influx-activity.store.js');
  return new InfluxActivityStore(client);
}

@Module({
  imports: [
    OrgsModule,
    LeaseModule,
    MongooseModule.forFeature([
      { name: ACTIVITY_WRITE_MODEL, schema: ActivityWriteSchema },
      { name: ACTIVITY_DAY_MODEL, schema: ActivityDaySchema },
      { name: ACTIVITY_FIELD_MODEL, schema: ActivityFieldSchema },
    ]),
  ],
  controllers: [ActivityController],
  providers: [
    ActivityWritesRepository,
    ActivityDaysRepository,
    ActivityFieldsRepository,
    FieldTypesService,
    ActivityInserts,
    StoredPoints,
    DataVersionsService,
    ActivityGatheringService,
    ActivityGatheringJob,
    ActivityRemovalService,
    EmbeddedActivityStore,
    { provide: ActivityStore, inject: [InfluxClient, EmbeddedActivityStore], useFactory: chooseStore },
    ActivityWritesService,
    { provide: ActivityService, useExisting: ActivityStore },
    ActivityAccountData,
  ],
  exports: [ActivityService],
})
export class ActivityModule {}
