import { applyDecorators, HttpStatus } from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader, ApiOkResponse, ApiParam, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ErrorResponseDto } from '../../../../common/errors/error-response.dto.js';
import { ApiErrors } from '../../../../common/http/api-errors.decorator.js';
import { IDEMPOTENCY_KEY_HEADER, IDEMPOTENCY_REPLAYED_HEADERS } from '../../../../common/http/idempotency-key.js';
import { ProductivityReportDto } from '../dto/productivity-report.dto.js';
import { AcceptedReportDto, ReportTaskStatusDto } from './dto/report-task.dto.js';
import { EVENTS_EXAMPLE, EXPORT_EXAMPLES, STATUS_EXAMPLES, TASK_ID } from './report-tasks.examples.js';

const refusal = (status: HttpStatus, code: string, error: string) =>
  ApiResponse({
    status,
    description: error,
    content: {
      'application/json': {
        schema: { $ref: getSchemaPath(ErrorResponseDto) },
        example: { error, code, statusCode: status, requestId: '4f0c2a9e8b7d4c1f' },
      },
    },
  });

const ApiTaskNotFound = () => refusal(HttpStatus.NOT_FOUND, 'REPORT_TASK_NOT_FOUND', 'task not found');

export const TaskId = () => ApiParam({ name: 'taskId', example: TASK_ID });

/** Documents the routes that take requests for reports. */
export const ApiGeneratedReport = () =>
  applyDecorators(
    ApiHeader(IDEMPOTENCY_KEY_HEADER),
    ApiAcceptedResponse({
      type: AcceptedReportDto,
      headers: IDEMPOTENCY_REPLAYED_HEADERS,
      description: 'The report will be made; `taskId` is that of a running task for the same request, if there is one.',
    }),
    ApiOkResponse({
      type: AcceptedReportDto,
      headers: IDEMPOTENCY_REPLAYED_HEADERS,
      description: 'There is a finished report from the same data already.',
      example: { taskId: TASK_ID, status: 'completed' },
    }),
    ApiErrors(400, 404, 503),
    refusal(
      HttpStatus.UNPROCESSABLE_ENTITY,
      'IDEMPOTENCY_KEY_REUSED',
      'This Idempotency-Key was used for another request; choose a new one',
    ),
    refusal(
      HttpStatus.TOO_MANY_REQUESTS,
      'TOO_MANY_REPORT_TASKS',
      'You have 3 reports waiting or running already; wait until one is done',
    ),
  );

export const ApiTaskStatus = () =>
  applyDecorators(
    ApiOkResponse({ type: ReportTaskStatusDto, description: 'The task as it is now.', examples: STATUS_EXAMPLES }),
    ApiTaskNotFound(),
  );

/** Documents the end of a task by its owner. */
export const ApiCancelledTask = () =>
  applyDecorators(
    ApiOkResponse({
      type: ReportTaskStatusDto,
      description: 'The task, which has ended now.',
      example: { taskId: TASK_ID, status: 'failed', progress: 40, error: 'cancelled', code: 'CANCELLED' },
    }),
    ApiTaskNotFound(),
    refusal(HttpStatus.CONFLICT, 'REPORT_TASK_ENDED', 'The task has ended already'),
  );

/** Documents the stream of events. */
export const ApiReportEvents = () =>
  applyDecorators(
    ApiResponse({
      status: HttpStatus.OK,
      description: 'Messages whose data are the answer of `GET /api/reports/status/{taskId}`.',
      content: { 'text/event-stream': { schema: { type: 'string' }, example: EVENTS_EXAMPLE } },
    }),
    ApiTaskNotFound(),
    ApiErrors(503),
  );

/** Documents the exports. */
export const ApiReportExport = () =>
  applyDecorators(
    ApiResponse({
      status: HttpStatus.OK,
      description: 'The file.',
      content: {
        'application/json': {
          schema: { $ref: getSchemaPath(ProductivityReportDto) },
          example: EXPORT_EXAMPLES.json,
        },
        'text/html': { schema: { type: 'string' }, example: EXPORT_EXAMPLES.html },
        'text/csv': { schema: { type: 'string' }, example: EXPORT_EXAMPLES.csv },
      },
    }),
    ApiErrors(400),
    ApiTaskNotFound(),
    refusal(HttpStatus.CONFLICT, 'REPORT_NOT_READY', 'The task has no report: it has not ended yet, or it failed'),
  );
