import { Module } from '@nestjs/common';
import { UsageSpendService } from './usage-spend.service.js';

/** User activity and AI calls of the product's services: who is active, and what models cost. */
@Module({ providers: [UsageSpendService], exports: [UsageSpendService] })
export class UsageAnalyticsModule {}
