import { Module } from '@nestjs/common';
import { AccountLifecycleModule } from '../../../common/lifecycle/account-lifecycle.module.js';
import { AiModule } from '../../../infra/ai/ai.module.js';
import { LeaseModule } from '../../../infra/lease/lease.module.js';
import { ScheduledRunsModule } from '../../../infra/schedule/schedule.module.js';
import { ActivitiesRepository } from './activity/activities.repository.js';
import { ActivityCellsRepository } from './activity/activity-cells.repository.js';
import { ActivityFiguresRepository } from './activity/activity-figures.repository.js';
import { ActivityFiguresService } from './activity/activity-figures.service.js';
import { ActivityWrites } from './activity/activity-writes.service.js';
import { SessionUpdates } from './activity/session-updates.service.js';
import { SessionsRepository } from './activity/sessions.repository.js';
import { AiCallWrites } from './calls/ai-call-writes.service.js';
import { AiCallsRepository } from './calls/ai-calls.repository.js';
import { AiCellsRepository } from './calls/ai-cells.repository.js';
import { AiFiguresRepository } from './calls/ai-figures.repository.js';
import { AiFiguresService } from './calls/ai-figures.service.js';
import { OwnAiCalls } from './ingest/own-ai-calls.service.js';
import { UsageIngestController } from './ingest/usage-ingest.controller.js';
import { UsageIngest } from './ingest/usage-ingest.service.js';
import { CallSeriesRepository } from './names/call-series.repository.js';
import { CallSeriesNames } from './names/call-series.service.js';
import { UsageNamesRepository } from './names/usage-names.repository.js';
import { UsageNames } from './names/usage-names.service.js';
import { PricesModule } from './prices/prices.module.js';
import { AiStatsController } from './reports/ai-stats.controller.js';
import { AiStatsService } from './reports/ai-stats.service.js';
import { UsageOverviewController } from './reports/usage-overview.controller.js';
import { UsageOverviewService } from './reports/usage-overview.service.js';
import { UserStatsController } from './reports/user-stats.controller.js';
import { UserStatsService } from './reports/user-stats.service.js';
import { RawRowsRepository } from './retention/raw-rows.repository.js';
import { UsageAccountData } from './retention/usage-account-data.js';
import { UsageRetentionJob } from './retention/usage-retention.job.js';
import { UserRowsRepository } from './retention/user-rows.repository.js';
import { SpendSignal } from './spend-signal.js';
import { UsageMetrics } from './usage-metrics.service.js';
import { UsageSpendService } from './usage-spend.service.js';
import { UsageTransactions } from './usage-transaction.repository.js';

const STORES = [
  UsageTransactions,
  UsageNamesRepository,
  UsageNames,
  CallSeriesRepository,
  CallSeriesNames,
  ActivitiesRepository,
  ActivityCellsRepository,
  ActivityFiguresRepository,
  SessionsRepository,
  AiCallsRepository,
  AiCellsRepository,
  AiFiguresRepository,
  RawRowsRepository,
  UserRowsRepository,
];
const INGEST = [SessionUpdates, ActivityWrites, AiCallWrites, UsageMetrics, SpendSignal, UsageIngest, OwnAiCalls];
const REPORTS = [
  ActivityFiguresService,
  AiFiguresService,
  UserStatsService,
  AiStatsService,
  UsageOverviewService,
  UsageSpendService,
];

/** User activity and AI calls of the product's services: who is active, and what models cost. */
@Module({
  imports: [AccountLifecycleModule, AiModule, LeaseModule, PricesModule, ScheduledRunsModule],
  controllers: [UsageIngestController, UserStatsController, AiStatsController, UsageOverviewController],
  providers: [...STORES, ...INGEST, ...REPORTS, UsageRetentionJob, UsageAccountData],
  exports: [SpendSignal, UsageSpendService],
})
export class UsageAnalyticsModule {}
