import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/auth.module.js';
import { BrowserEventsModule } from '../../events/browser/browser-events.module.js';
import { BrowserAnalyticsController } from './browser-analytics.controller.js';
import { BrowserAnalyticsService } from './browser-analytics.service.js';
import { BrowserReportsService } from './browser-reports.service.js';
import { BrowsingReader } from './browsing-reader.service.js';

@Module({
  imports: [AuthModule, BrowserEventsModule],
  controllers: [BrowserAnalyticsController],
  providers: [BrowsingReader, BrowserAnalyticsService, BrowserReportsService],
  exports: [BrowserAnalyticsService],
})
export class BrowserAnalyticsModule {}
