import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountLifecycleModule } from '../../../../common/lifecycle/account-lifecycle.module.js';
import { WebhooksModule } from '../../../webhooks/webhooks.module.js';
import { UsageAnalyticsModule } from '../usage-analytics.module.js';
import { BudgetAlertsService } from './budget-alerts.service.js';
import { BudgetEvaluationJob } from './budget-evaluation.job.js';
import { BudgetEntity, BudgetFiringEntity } from './budget.entity.js';
import { BudgetsController } from './budgets.controller.js';
import { BudgetsRepository } from './budgets.repository.js';
import { BudgetsService } from './budgets.service.js';

/** Limits on what AI calls may cost, and the messages when they are reached. */
@Module({
  imports: [
    AccountLifecycleModule,
    TypeOrmModule.forFeature([BudgetEntity, BudgetFiringEntity]),
    UsageAnalyticsModule,
    WebhooksModule,
  ],
  controllers: [BudgetsController],
  providers: [BudgetsRepository, BudgetsService, BudgetAlertsService, BudgetEvaluationJob],
})
export class BudgetsModule {}
