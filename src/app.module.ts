import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { LifecycleModule } from './common/lifecycle/lifecycle.module.js';
import { StartupGuard } from './common/lifecycle/startup.guard.js';
import { HTTP_CONFIG, type AppConfig, type HttpConfig } from './config/app.config.js';
import { ConfigModule } from './config/config.module.js';
import { AiModule } from './infra/ai/ai.module.js';
import { CryptoModule } from './infra/crypto/crypto.module.js';
import { JobsModule } from './infra/jobs/jobs.module.js';
import { InfluxModule } from './infra/influx/influx.module.js';
import { LeaseModule } from './infra/lease/lease.module.js';
import { MongoModule } from './infra/mongo/mongo.module.js';
import { RedisConnector } from './infra/redis/redis-connector.js';
import { RedisModule } from './infra/redis/redis.module.js';
import { RequestLimitStorage } from './infra/redis/request-limit.storage.js';
import { SqlModule } from './infra/sql/sql.module.js';
import { StoreStartup } from './infra/store-startup.service.js';
import { ActivityModule } from './modules/activity/activity.module.js';
import { AdminModule } from './modules/admin/admin.module.js';
import { BrowserAnalyticsModule } from './modules/analytics/browser/browser-analytics.module.js';
import { ProductAnalyticsModule } from './modules/analytics/product/product-analytics.module.js';
import { ProductRemovalModule } from './modules/analytics/product/removal/product-removal.module.js';
import { BudgetsModule } from './modules/analytics/usage/budgets/budgets.module.js';
import { PricesModule } from './modules/analytics/usage/prices/prices.module.js';
import { UsageAnalyticsModule } from './modules/analytics/usage/usage-analytics.module.js';
import { AuthModule } from './modules/auth/auth.module.js';
import { AuthenticationGuard } from './modules/auth/authentication.guard.js';
import { BrowserEventsModule } from './modules/events/browser/browser-events.module.js';
import { ProductEventsModule } from './modules/events/product/product-events.module.js';
import { SegmentIngestModule } from './modules/events/segment/segment-ingest.module.js';
import { GithubModule } from './modules/github/github.module.js';
import { HealthModule } from './modules/health/health.module.js';
import { InsightsModule } from './modules/insights/insights.module.js';
import { MetricsModule } from './modules/metrics/metrics.module.js';
import { OrgsModule } from './modules/orgs/orgs.module.js';
import { ProjectsModule } from './modules/projects/projects.module.js';
import { ProductReportsModule } from './modules/reports/product/product-reports.module.js';
import { ReportTasksModule } from './modules/reports/productivity/tasks/report-tasks.module.js';
import { WebhooksModule } from './modules/webhooks/webhooks.module.js';
import { WhoopModule } from './modules/whoop/whoop.module.js';

@Module({})
export class AppModule {
  static forRoot(config: AppConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        LifecycleModule,
        ScheduleModule.forRoot(),
        ThrottlerModule.forRootAsync({
          inject: [HTTP_CONFIG, RedisConnector],
          useFactory: (http: HttpConfig, redis: RedisConnector) => ({
            storage: new RequestLimitStorage(redis),
            throttlers: [{ ttl: 60_000, limit: http.rateLimitPerMinute }],
            // One budget for all routes; the default is one for each.
            generateKey: (_context, address) => address,
            skipIf: () => !http.rateLimitEnabled,
          }),
        }),
        MongoModule,
        SqlModule,
        RedisModule,
        InfluxModule,
        CryptoModule,
        LeaseModule,
        JobsModule,
        AiModule,
        AuthModule,
        AdminModule,
        OrgsModule,
        ActivityModule,
        ProjectsModule,
        ProductEventsModule,
        BrowserEventsModule,
        SegmentIngestModule,
        BrowserAnalyticsModule,
        ProductAnalyticsModule,
        ProductRemovalModule,
        ProductReportsModule,
        ReportTasksModule,
        WebhooksModule,
        PricesModule,
        InsightsModule,
        UsageAnalyticsModule,
        BudgetsModule,
        GithubModule,
        WhoopModule,
        HealthModule,
        MetricsModule,
      ],
      providers: [
        StoreStartup,
        // In this order: is the server up, is the caller within its limits, who is it and may it do this.
        { provide: APP_GUARD, useExisting: StartupGuard },
        { provide: APP_GUARD, useClass: ThrottlerGuard },
        { provide: APP_GUARD, useExisting: AuthenticationGuard },
      ],
    };
  }
}
