import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { BrowserAnalyticsModule } from '../analytics/browser/browser-analytics.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { BrowserEventsModule } from '../events/browser/browser-events.module.js';
import { BrowsingFiguresService } from './browsing-figures.service.js';
import { CategorizationService } from './categorization.service.js';
import { INSIGHT_MODEL, InsightSchema } from './insight.schema.js';
import { InsightTexts } from './insight-texts.service.js';
import { InsightsAccountData } from './insights-account-data.js';
import { InsightsController } from './insights.controller.js';
import { InsightsRepository } from './insights.repository.js';
import { InsightsService } from './insights.service.js';

/** Browsing put into words. */
@Module({
  imports: [
    MongooseModule.forFeature([{ name: INSIGHT_MODEL, schema: InsightSchema }]),
    AuthModule,
    BrowserAnalyticsModule,
    BrowserEventsModule,
  ],
  controllers: [InsightsController],
  providers: [
    InsightsRepository,
    BrowsingFiguresService,
    InsightTexts,
    InsightsService,
    CategorizationService,
    InsightsAccountData,
  ],
})
export class InsightsModule {}
