import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ApiIndexController } from './api-index.controller.js';
import { ApiIndexService } from './api-index.service.js';
import { ConnectionTestRepository } from './connection-test.repository.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';

@Module({
  // Terminus would log every failed probe with its reason; readiness is polled every few seconds.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [ApiIndexController, HealthController],
  providers: [ApiIndexService, HealthService, ConnectionTestRepository],
})
export class HealthModule {}
