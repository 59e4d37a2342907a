import { Module } from '@nestjs/common';
import { collectProcessMetrics } from '../../common/metrics/metrics.js';
import { MetricsAccessGuard } from './metrics-access.guard.js';
import { MetricsController } from './metrics.controller.js';

@Module({ controllers: [MetricsController], providers: [MetricsAccessGuard] })
export class MetricsModule {
  constructor() {
    collectProcessMetrics();
  }
}
