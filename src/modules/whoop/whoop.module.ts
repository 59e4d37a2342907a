import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountLifecycleModule } from '../../common/lifecycle/account-lifecycle.module.js';
import { LeaseModule } from '../../infra/lease/lease.module.js';
import { ScheduledRunsModule } from '../../infra/schedule/schedule.module.js';
import { WhoopDirectController } from './api/whoop-direct.controller.js';
import { WhoopDirectService } from './api/whoop-direct.service.js';
import { WhoopOauthClient } from './api/whoop-oauth.client.js';
import { USUAL_WHOOP_TIMINGS, WHOOP_TIMINGS } from './api/whoop-timings.js';
import { WhoopTransport } from './api/whoop-transport.client.js';
import { WhoopClient } from './api/whoop.client.js';
import { WhoopDashboardController } from './dashboard/whoop-dashboard.controller.js';
import { WhoopDashboardService } from './dashboard/whoop-dashboard.service.js';
import { WhoopExportService } from './dashboard/whoop-export.service.js';
import { WhoopAuthStateEntity, WhoopGrantEntity } from './grant/whoop-grant.entity.js';
import { WhoopGrantRepository } from './grant/whoop-grant.repository.js';
import { WhoopLinkingController } from './grant/whoop-linking.controller.js';
import { WhoopLinkingService } from './grant/whoop-linking.service.js';
import { WhoopLinksService } from './grant/whoop-links.service.js';
import { WhoopTokensService } from './grant/whoop-tokens.service.js';
import { WhoopVault } from './grant/whoop-vault.service.js';
import { SampleMemberService } from './records/sample-member.service.js';
import { WhoopRecordStoreRepository } from './records/whoop-record-store.repository.js';
import {
  WhoopCycleEntity,
  WhoopProfileEntity,
  WhoopRecoveryEntity,
  WhoopSleepEntity,
  WhoopWorkoutEntity,
} from './records/whoop-record.entity.js';
import { WhoopRecordsRepository } from './records/whoop-records.repository.js';
import { WhoopSyncRequestsService } from './sync/whoop-sync-requests.service.js';
import { WhoopSyncRunEntity } from './sync/whoop-sync-run.entity.js';
import { WhoopSyncRunService } from './sync/whoop-sync-run.service.js';
import { WhoopSyncRunsRepository } from './sync/whoop-sync-runs.repository.js';
import { WhoopSyncController } from './sync/whoop-sync.controller.js';
import { WhoopSyncJob } from './sync/whoop-sync.job.js';
import { WhoopSyncService } from './sync/whoop-sync.service.js';
import { WhoopWebhookController } from './webhook/whoop-webhook.controller.js';
import { WhoopWebhookJob } from './webhook/whoop-webhook.job.js';
import { WhoopWebhookService } from './webhook/whoop-webhook.service.js';
import { WhoopAccountData } from './whoop-account-data.js';

export const WHOOP_ENTITIES = [
  WhoopGrantEntity,
  WhoopAuthStateEntity,
  WhoopProfileEntity,
  WhoopCycleEntity,
  WhoopRecoveryEntity,
  WhoopSleepEntity,
  WhoopWorkoutEntity,
  WhoopSyncRunEntity,
];

/** The dashboard of one WHOOP member: records in SQL, kept in step with WHOOP. */
@Module({
  imports: [AccountLifecycleModule, LeaseModule, ScheduledRunsModule, TypeOrmModule.forFeature(WHOOP_ENTITIES)],
  controllers: [
    WhoopDirectController,
    WhoopWebhookController,
    WhoopLinkingController,
    WhoopSyncController,
    WhoopDashboardController,
  ],
  providers: [
    { provide: WHOOP_TIMINGS, useValue: USUAL_WHOOP_TIMINGS },
    WhoopTransport,
    WhoopOauthClient,
    WhoopClient,
    WhoopDirectService,
    WhoopGrantRepository,
    WhoopVault,
    WhoopTokensService,
    WhoopLinksService,
    WhoopLinkingService,
    WhoopRecordStoreRepository,
    WhoopRecordsRepository,
    WhoopSyncRunsRepository,
    WhoopSyncService,
    WhoopSyncRunService,
    WhoopSyncRequestsService,
    WhoopSyncJob,
    WhoopWebhookService,
    WhoopWebhookJob,
    WhoopDashboardService,
    WhoopExportService,
    WhoopAccountData,
    SampleMemberService,
  ],
  exports: [WhoopSyncService, WhoopLinksService],
})
export class WhoopModule {}
