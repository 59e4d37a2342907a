import { Controller, Get, HttpCode, Param, Post, UseInterceptors } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { RequireRole } from '../../common/auth/auth.decorators.js';
import { ApiErrors } from '../../common/http/api-errors.decorator.js';
import { NoStoreInterceptor } from '../../common/http/no-store.interceptor.js';
import { ScheduleService } from '../../infra/schedule/schedule.service.js';
import { AdminScheduleDto, AdminScheduleListDto } from './dto/admin-schedule.dto.js';

@ApiTags('Admin')
@Controller('api/admin/schedules')
@RequireRole('admin')
@UseInterceptors(NoStoreInterceptor)
export class AdminSchedulesController {
  constructor(private readonly schedules: ScheduleService) {}

  @Get()
  @ApiOperation({
    summary: 'What is done by the clock',
    description: 'Once among all replicas. A time that passed while no server ran is made up for once.',
  })
  @ApiOkResponse({ type: AdminScheduleListDto })
  @ApiErrors(403)
  async list(): Promise<AdminScheduleListDto> {
    return AdminScheduleListDto.from(await this.schedules.list());
  }

  @Post(':name/run')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Begin it now',
    description: 'While one runs, that one goes on and no other is begun.',
  })
  @ApiParam({ name: 'name', example: 'github-refresh' })
  @ApiAcceptedResponse({ type: AdminScheduleDto })
  @ApiErrors(400, 403, 404, 503)
  async run(@Param('name') name: string): Promise<AdminScheduleDto> {
    return AdminScheduleDto.from(await this.schedules.runNow(name));
  }
}
