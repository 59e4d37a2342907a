import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  Headers,
  Param,
  Post,
  Query,
  StreamableFile,
  UseInterceptors,
} from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, OpenModeAllowed, RequireScope } from '../../../../common/auth/auth.decorators.js';
import type { Principal } from '../../../../common/auth/principal.js';
import { ApiErrors } from '../../../../common/http/api-errors.decorator.js';
import { NoStoreInterceptor } from '../../../../common/http/no-store.interceptor.js';
import { GenerateReportDto, GenerateWeeklyReportDto, ReportUserDto } from './dto/generate-report.dto.js';
import {
  ExportReportQuery,
  ListReportTasksQuery,
  ReportTaskListDto,
  ReportTaskStatusDto,
} from './dto/report-task.dto.js';
import { IdempotentReportRequests, type ReportAnswer } from './idempotent-report-requests.service.js';
import { ReportAnswerInterceptor } from './report-answer.interceptor.js';
import { ReportEventsService } from './report-events.service.js';
import { exportAnswer, statusAnswer } from './report-stream.js';
import {
  ApiCancelledTask,
  ApiGeneratedReport,
  ApiReportEvents,
  ApiReportExport,
  ApiTaskStatus,
  TaskId,
} from './report-tasks.docs.js';
import { ReportTasksService } from './report-tasks.service.js';

@ApiTags('Productivity reports')
@ApiExtraModels(ReportUserDto)
@Controller('api/reports')
@OpenModeAllowed()
@RequireScope('read')
@UseInterceptors(NoStoreInterceptor)
export class ReportTasksController {
  constructor(
    private readonly requests: IdempotentReportRequests,
    private readonly tasks: ReportTasksService,
    private readonly events: ReportEventsService,
  ) {}

  @Post('generate')
  @UseInterceptors(ReportAnswerInterceptor)
  @ApiGeneratedReport()
  @ApiOperation({
    summary: 'Ask for a report on people of an organization',
    description:
      'Answers at once with a task; ask for its status, listen to its events, or wait for a webhook. While a task for the ' +
      'same request is running, or a report from the same data is fresh, it is that one.',
  })
  async generate(
    @Caller() caller: Principal,
    @Body() body: GenerateReportDto,
    @Headers('Idempotency-Key') key?: string,
  ): Promise<ReportAnswer> {
    return this.requests.submit(caller, GenerateReportDto.toOrder(body, caller), key);
  }

  @Post('generate-weekly')
  @UseInterceptors(ReportAnswerInterceptor)
  @ApiGeneratedReport()
  @ApiOperation({ summary: 'Ask for a report on 7 days, with weekly summaries' })
  async generateWeekly(
    @Caller() caller: Principal,
    @Body() body: GenerateWeeklyReportDto,
    @Headers('Idempotency-Key') key?: string,
  ): Promise<ReportAnswer> {
    return this.requests.submit(caller, GenerateWeeklyReportDto.toOrder(body, caller), key);
  }

  @Get('status/:taskId')
  @TaskId()
  @ApiTaskStatus()
  @ApiOperation({ summary: 'How far a task is, and its report when it is completed' })
  async status(
    @Caller() caller: Principal,
    @Param('taskId') taskId: string,
  ): Promise<ReportTaskStatusDto | StreamableFile> {
    return statusAnswer(this.tasks, await this.tasks.get(caller, taskId));
  }

  @Get('status/:taskId/events')
  @TaskId()
  @ApiReportEvents()
  @Header('x-accel-buffering', 'no')
  @ApiOperation({
    summary: 'The status of a task as server-sent events, until it has ended',
    description:
      'Messages without an event name. The last one says `failed`, or `completed` and holds the report: close the stream ' +
      'then, for an EventSource would connect again. When the stream ends before, connect again. One caller may listen to ' +
      '50 streams at once.',
  })
  async statusEvents(@Caller() caller: Principal, @Param('taskId') taskId: string): Promise<StreamableFile> {
    return new StreamableFile(await this.events.open(caller, taskId), { type: 'text/event-stream; charset=utf-8' });
  }

  @Get('tasks')
  @ApiOperation({ summary: "List one's report tasks", description: 'The newest first; an administrator sees all.' })
  @ApiOkResponse({ type: ReportTaskListDto })
  @ApiErrors(400)
  async list(@Caller() caller: Principal, @Query() query: ListReportTasksQuery): Promise<ReportTaskListDto> {
    return ReportTaskListDto.from(
      await this.tasks.list(caller, query.status || undefined, ListReportTasksQuery.toLimit(query)),
    );
  }

  @Delete('tasks/:taskId')
  @RequireScope('admin')
  @TaskId()
  @ApiCancelledTask()
  @ApiOperation({
    summary: 'Cancel a task',
    description: 'Its status is then `failed` with the error `cancelled`. 409 when it has ended.',
  })
  async cancel(@Caller() caller: Principal, @Param('taskId') taskId: string): Promise<ReportTaskStatusDto> {
    return ReportTaskStatusDto.from(await this.tasks.cancel(caller, taskId));
  }

  @Get(':taskId/export')
  @TaskId()
  @ApiReportExport()
  @ApiOperation({
    summary: 'Download a report',
    description: '`html`: a page with charts, complete in itself; `csv`: a row for each user, day and hour; `json`.',
  })
  async export(
    @Caller() caller: Principal,
    @Param('taskId') taskId: string,
    @Query() query: ExportReportQuery,
  ): Promise<StreamableFile> {
    return exportAnswer(await this.tasks.export(caller, taskId, query.format || 'json'));
  }
}
