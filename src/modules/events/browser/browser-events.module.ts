import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { LeaseModule } from '../../../infra/lease/lease.module.js';
import { AuthModule } from '../../auth/auth.module.js';
import { BrowserAccountData } from './browser-account-data.js';
import { BROWSER_EVENT_MODEL, BrowserEventSchema } from './browser-event.schema.js';
import { BrowserErasure } from './browser-erasure.service.js';
import { BrowserEventsController } from './browser-events.controller.js';
import { BrowserEventWrites } from './browser-event-writes.repository.js';
import { BrowserEventsRepository } from './browser-events.repository.js';
import { BrowserHistoryService } from './browser-history.service.js';
import { BrowserSyncService } from './browser-sync.service.js';
import {
  BROWSER_CHECKPOINT_MODEL,
  BROWSER_COLUMNS_MODEL,
  BROWSER_DAY_MODEL,
  BrowserCheckpointSchema,
  BrowserColumnsSchema,
  BrowserDaySchema,
} from './days/browser-day.schema.js';
import { BrowserDaysRepository } from './days/browser-days.repository.js';
import { CheckpointsRepository } from './days/checkpoints.repository.js';
import { CheckpointsService } from './days/checkpoints.service.js';
import { DayColumnsService } from './days/day-columns.service.js';
import { DayPackingJob } from './days/day-packing.job.js';
import { ReadingLimit } from './days/reading-limit.js';

@Module({
  imports: [
    AuthModule,
    LeaseModule,
    MongooseModule.forFeature([
      { name: BROWSER_EVENT_MODEL, schema: BrowserEventSchema },
      { name: BROWSER_DAY_MODEL, schema: BrowserDaySchema },
      { name: BROWSER_COLUMNS_MODEL, schema: BrowserColumnsSchema },
      { name: BROWSER_CHECKPOINT_MODEL, schema: BrowserCheckpointSchema },
    ]),
  ],
  controllers: [BrowserEventsController],
  providers: [
    BrowserEventsRepository,
    BrowserEventWrites,
    BrowserDaysRepository,
    CheckpointsRepository,
    CheckpointsService,
    DayColumnsService,
    ReadingLimit,
    DayPackingJob,
    BrowserSyncService,
    BrowserHistoryService,
    BrowserErasure,
    BrowserAccountData,
  ],
  exports: [BrowserErasure, BrowserHistoryService, DayColumnsService, CheckpointsService, ReadingLimit],
})
export class BrowserEventsModule {}
