import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountLifecycleModule } from '../../common/lifecycle/account-lifecycle.module.js';
import { LeaseModule } from '../lease/lease.module.js';
import { ScheduleService } from './schedule.service.js';
import { ScheduledRunEntity } from './scheduled-run.entity.js';
import { ScheduledRunsRepository } from './scheduled-runs.repository.js';

@Module({
  imports: [AccountLifecycleModule, LeaseModule, TypeOrmModule.forFeature([ScheduledRunEntity])],
  providers: [ScheduleService, ScheduledRunsRepository],
  exports: [ScheduleService],
})
export class ScheduledRunsModule {}
