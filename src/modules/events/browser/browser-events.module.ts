import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { LeaseModule } from '../../../infra/lease/lease.module.js';
import { AuthModule } from '../../auth/auth.module.js';
import { BrowserAccountData } from './browser-account-data.js';
import { BROWSER_EVENT_MODEL, BrowserEventSchema } from './browser-event.schema.js';
import { BrowserErasure } from './browser-erasure.service.js';
import { BrowserEventsController } from './browser-events.controller.js';
import { BrowserEventsRepository } from './browser-events.repository.js';
import { BrowserHistoryService } from './browser-history.service.js';
import { BrowserSyncService } from './browser-sync.service.js';
import {
  BROWSER_COLUMNS_MODEL,
  BROWSER_DAY_MODEL,
  BrowserColumnsSchema,
  BrowserDaySchema,
} from './days/browser-day.schema.js';
import { BrowserDaysRepository } from './days/browser-days.repository.js';
import { DayColumnsService } from './days/day-columns.service.js';
import { DayPackingJob } from './days/day-packing.job.js';

@Module({
  imports: [
    AuthModule,
    LeaseModule,
    MongooseModule.forFeature([
      { name: BROWSER_EVENT_MODEL, schema: BrowserEventSchema },
      { name: BROWSER_DAY_MODEL, schema: BrowserDaySchema },
      { name: BROWSER_COLUMNS_MODEL, schema: BrowserColumnsSchema },
    ]),
  ],
  controllers: [BrowserEventsController],
  providers: [
    BrowserEventsRepository,
    BrowserDaysRepository,
    DayColumnsService,
    DayPackingJob,
    BrowserSyncService,
    BrowserHistoryService,
    BrowserErasure,
    BrowserAccountData,
  ],
  exports: [BrowserErasure, BrowserHistoryService, DayColumnsService],
})
export class BrowserEventsModule {}
