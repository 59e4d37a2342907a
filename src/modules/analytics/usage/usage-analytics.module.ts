import { Module } from '@nestjs/common';
import { PricesModule } from './prices/prices.module.js';
import { SpendSignal } from './spend-signal.js';
import { UsageMetrics } from './usage-metrics.service.js';
import { UsageSpendService } from './usage-spend.service.js';

/** User activity and AI calls of the product's services: who is active, and what models cost. */
@Module({
  imports: [PricesModule],
  providers: [SpendSignal, UsageMetrics, UsageSpendService],
  exports: [SpendSignal, UsageSpendService],
})
export class UsageAnalyticsModule {}
