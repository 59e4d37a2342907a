import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { AccountLifecycleModule } from '../../../../common/lifecycle/account-lifecycle.module.js';
import { LeaseModule } from '../../../../infra/lease/lease.module.js';
import { OrgsModule } from '../../../orgs/orgs.module.js';
import { WebhooksModule } from '../../../webhooks/webhooks.module.js';
import { ProductivityReportsModule } from '../productivity-reports.module.js';
import { GeminiKeys } from './gemini-keys.js';
import { IdempotentReportRequests } from './idempotent-report-requests.service.js';
import { ReportAccountData } from './report-account-data.js';
import { ReportContentsService } from './report-contents.service.js';
import { ReportEventsService } from './report-events.service.js';
import { ReportPartsRepository } from './report-parts.repository.js';
import { ReportRequestKeysRepository } from './report-request-keys.repository.js';
import { ReportRequestsService } from './report-requests.service.js';
import { ReportTaskJob } from './report-task.job.js';
import { ReportTaskRunService } from './report-task-run.service.js';
import { ReportTaskTelling } from './report-task-telling.service.js';
import { ReportTaskUpkeepJob } from './report-task-upkeep.job.js';
import {
  REPORT_PART_MODEL,
  REPORT_REQUEST_KEY_MODEL,
  REPORT_TASK_MODEL,
  ReportPartSchema,
  ReportRequestKeySchema,
  ReportTaskSchema,
} from './report-task.schema.js';
import { ReportTasksController } from './report-tasks.controller.js';
import { ReportTasksRepository } from './report-tasks.repository.js';
import { ReportTasksService } from './report-tasks.service.js';

/** Reports are asked for, made in the background, and read. */
@Module({
  imports: [
    AccountLifecycleModule,
    LeaseModule,
    OrgsModule,
    WebhooksModule,
    ProductivityReportsModule,
    MongooseModule.forFeature([
      { name: REPORT_TASK_MODEL, schema: ReportTaskSchema },
      { name: REPORT_PART_MODEL, schema: ReportPartSchema },
      { name: REPORT_REQUEST_KEY_MODEL, schema: ReportRequestKeySchema },
    ]),
  ],
  controllers: [ReportTasksController],
  providers: [
    ReportTasksRepository,
    ReportPartsRepository,
    ReportRequestKeysRepository,
    ReportContentsService,
    GeminiKeys,
    ReportTaskTelling,
    ReportRequestsService,
    IdempotentReportRequests,
    ReportTasksService,
    ReportEventsService,
    ReportTaskRunService,
    ReportTaskJob,
    ReportTaskUpkeepJob,
    ReportAccountData,
  ],
})
export class ReportTasksModule {}
