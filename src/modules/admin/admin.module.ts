import { Module } from '@nestjs/common';
import { ScheduledRunsModule } from '../../infra/schedule/schedule.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { AdminSchedulesController } from './admin-schedules.controller.js';
import { AdminUsersController } from './admin-users.controller.js';
import { AdminUsersService } from './admin-users.service.js';

@Module({
  imports: [AuthModule, ScheduledRunsModule],
  controllers: [AdminSchedulesController, AdminUsersController],
  providers: [AdminUsersService],
})
export class AdminModule {}
