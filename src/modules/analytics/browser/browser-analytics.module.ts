import { Module } from '@nestjs/common';
import { BrowserAnalyticsService } from './browser-analytics.service.js';

@Module({ providers: [BrowserAnalyticsService], exports: [BrowserAnalyticsService] })
export class BrowserAnalyticsModule {}
