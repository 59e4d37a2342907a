import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches, ValidateIf } from 'class-validator';
import { ProductivityReportDto } from '../../dto/productivity-report.dto.js';
import { EXPORT_FORMATS, type ExportFormat } from '../../exports/report-export.service.js';
import { statusFields } from '../report-answers.js';
import type { AcceptedReport } from '../report-requests.service.js';
import { TASK_STATUSES, type TaskStatus } from '../report-task-state.js';
import { TASK_ID } from '../report-tasks.examples.js';
import type { ListedTask } from '../report-tasks.service.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

export class ReportWebhookDto {
  @ApiProperty({ example: 'we_3f1c9a77b2d04e58' })
  id: string;

  @ApiProperty({ example: 'https://hooks.example.com/almanac' })
  url: string;

  @ApiPropertyOptional({
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=',
    description: 'Only in the answer to the first request with this address; verify signatures with it.',
  })
  secret?: string;
}

export class AcceptedReportDto {
  @ApiProperty({ example: TASK_ID })
  taskId: string;

  @ApiProperty({ enum: ['pending', 'processing', 'completed'], example: 'pending' })
  status: AcceptedReport['status'];

  @ApiPropertyOptional({
    type: ReportWebhookDto,
    description: 'When `webhookUrl` was given: the webhook that this address is, made at its first use.',
  })
  webhook?: ReportWebhookDto;

  static from({ taskId, status, webhook }: AcceptedReport): AcceptedReportDto {
    const dto = new AcceptedReportDto();
    dto.taskId = taskId;
    dto.status = status;
    if (webhook !== undefined) {
      const { id, url, secret } = webhook;
      dto.webhook = { id, url, ...(secret !== undefined && { secret }) };
    }
    return dto;
  }
}

export class ReportTaskStatusDto {
  @ApiProperty({ example: TASK_ID })
  taskId: string;

  @ApiProperty({ enum: TASK_STATUSES, example: 'completed' })
  status: TaskStatus;

  @ApiProperty({ type: 'integer', minimum: 0, maximum: 100, example: 100 })
  progress: number;

  @ApiPropertyOptional({
    example: 'InfluxDB did not answer within 15 s',
    description: 'When it failed: why, as a sentence.',
  })
  error?: string;

  @ApiPropertyOptional({ example: 'INFLUXDB_SLOW', description: 'When it failed: a stable code.' })
  code?: string;

  @ApiPropertyOptional({ type: ProductivityReportDto, description: 'When it is completed.' })
  report?: ProductivityReportDto;

  /** Without the report, which is streamed. */
  static from({ task, state }: ListedTask): ReportTaskStatusDto {
    return Object.assign(new ReportTaskStatusDto(), statusFields(task, state));
  }
}

export class ListedReportTaskDto {
  @ApiProperty({ example: TASK_ID })
  taskId: string;

  @ApiProperty({ enum: TASK_STATUSES, example: 'completed' })
  status: TaskStatus;

  @ApiProperty({ type: 'integer', minimum: 0, maximum: 100, example: 100 })
  progress: number;

  @ApiPropertyOptional({ example: 'InfluxDB did not answer within 15 s' })
  error?: string;

  @ApiPropertyOptional({ example: 'INFLUXDB_SLOW' })
  code?: string;

  @ApiProperty({ example: 'Turbo' })
  org: string;

  @ApiProperty({ type: [String], example: ['ben'] })
  users: string[];

  @ApiProperty({ format: 'date', example: '2025-11-19' })
  startDate: string;

  @ApiProperty({ format: 'date', example: '2025-11-19' })
  endDate: string;

  @ApiProperty({ example: 'UTC' })
  tz: string;

  @ApiProperty({ example: false })
  weekly: boolean;

  @ApiProperty({ format: 'date-time', example: '2025-11-20T07:00:00.000Z' })
  createdAt: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: '2025-11-20T07:00:02.000Z' })
  endedAt: string | null;

  static from({ task, state }: ListedTask): ListedReportTaskDto {
    const { request, createdAt, endedAt } = task;
    const dto = new ListedReportTaskDto();
    const { taskId, status, progress, error, code } = statusFields(task, state);
    dto.taskId = taskId;
    dto.status = status;
    dto.progress = progress;
    if (error !== undefined) dto.error = error;
    if (code !== undefined) dto.code = code;
    dto.org = request.org;
    dto.users = request.users.map(({ name }) => name);
    dto.startDate = request.startDate;
    dto.endDate = request.endDate;
    dto.tz = request.timeZone;
    dto.weekly = request.weekly;
    dto.createdAt = createdAt.toISOString();
    dto.endedAt = endedAt?.toISOString() ?? null;
    return dto;
  }
}

export class ReportTaskListDto {
  @ApiProperty({ type: [ListedReportTaskDto] })
  tasks: ListedReportTaskDto[];

  static from(tasks: readonly ListedTask[]): ReportTaskListDto {
    const dto = new ReportTaskListDto();
    dto.tasks = tasks.map((task) => ListedReportTaskDto.from(task));
    return dto;
  }
}

export class ListReportTasksQuery {
  @ApiPropertyOptional({ enum: TASK_STATUSES, example: 'completed' })
  @ValidateIf((query: ListReportTasksQuery) => query.status !== undefined && (query.status as string) !== '')
  @IsIn(TASK_STATUSES)
  status?: TaskStatus;

  @ApiPropertyOptional({ type: Number, minimum: 0, maximum: MAX_LIMIT, default: DEFAULT_LIMIT, example: 50 })
  @IsOptional()
  @Matches(/^\d*$/, { message: 'limit must be a whole number from 0 on' })
  limit?: string;

  static toLimit({ limit }: ListReportTasksQuery): number {
    return Math.max(1, Math.min(Number(limit || DEFAULT_LIMIT), MAX_LIMIT));
  }
}

export class ExportReportQuery {
  @ApiPropertyOptional({ enum: EXPORT_FORMATS, default: 'json', example: 'html' })
  @ValidateIf((query: ExportReportQuery) => query.format !== undefined && (query.format as string) !== '')
  @IsIn(EXPORT_FORMATS)
  format?: ExportFormat;
}
