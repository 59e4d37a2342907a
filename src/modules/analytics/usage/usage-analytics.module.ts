import { Module } from '@nestjs/common';
import { SpendSignal } from './spend-signal.js';
import { UsageSpendService } from './usage-spend.service.js';

/** User activity and AI calls of the product's services: who is active, and what models cost. */
@Module({ providers: [SpendSignal, UsageSpendService], exports: [SpendSignal, UsageSpendService] })
export class UsageAnalyticsModule {}
