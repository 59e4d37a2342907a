import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ApiIndexController } from './api-index.controller.js';
import { ApiIndexService } from './api-index.service.js';
import { ConnectionTestRepository } from './connection-test.repository.js';
import { DataDisk } from './data-disk.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { ReplicaSharing } from './replica-sharing.js';
import { StoreChecks } from './store-checks.js';

@Module({
  // Terminus would log every failed probe with its reason; readiness is polled every few seconds.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [ApiIndexController, HealthController],
  providers: [ApiIndexService, HealthService, StoreChecks, ReplicaSharing, DataDisk, ConnectionTestRepository],
})
export class HealthModule {}
