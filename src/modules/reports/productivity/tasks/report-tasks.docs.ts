import { applyDecorators } from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader, ApiOkResponse, ApiParam, ApiProduces, ApiResponse } from '@nestjs/swagger';
import { ApiErrors } from '../../../../common/http/api-errors.decorator.js';
import { AcceptedReportDto, ReportTaskStatusDto } from './dto/report-task.dto.js';

const TASK_ID = '0b9f5a1e-6c2d-4f7a-9b3e-8d1c2a4f6e70';

const REPLAYED = {
  'Idempotency-Replayed': {
    description: '`true`: the `Idempotency-Key` was seen before, and this is the answer of then.',
    schema: { type: 'string' as const, enum: ['true'] },
  },
};

export const TaskId = () => ApiParam({ name: 'taskId', example: TASK_ID });

/** Documents the routes that take requests for reports. */
export const ApiGeneratedReport = () =>
  applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: '1 to 255 characters. The same request with the same key within 24 h is carried out once.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$', example: 'nightly-2025-11-19' },
    }),
    ApiAcceptedResponse({
      type: AcceptedReportDto,
      headers: REPLAYED,
      description: 'The report will be made; `taskId` is that of a running task for the same request, if there is one.',
    }),
    ApiOkResponse({
      type: AcceptedReportDto,
      headers: REPLAYED,
      description: 'There is a finished report from the same data already.',
      example: { taskId: TASK_ID, status: 'completed' },
    }),
    ApiErrors(400, 404, 422, 429, 503),
  );

/** Documents the stream of events. */
export const ApiReportEvents = () =>
  applyDecorators(
    ApiProduces('text/event-stream'),
    ApiResponse({
      status: 200,
      description: 'Messages whose data are the answer of `GET /api/reports/status/{taskId}`.',
      content: {
        'text/event-stream': {
          schema: { type: 'string' },
          example: `retry: 2000\n\ndata: {"taskId":"${TASK_ID}","status":"processing","progress":40}\n\n`,
        },
      },
    }),
    ApiErrors(404, 503),
  );

/** Documents the exports. */
export const ApiReportExport = () =>
  applyDecorators(
    ApiProduces('application/json', 'text/html', 'text/csv'),
    ApiOkResponse({
      description: 'The file.',
      content: {
        'application/json': { schema: { type: 'object', additionalProperties: true } },
        'text/html': { schema: { type: 'string' } },
        'text/csv': { schema: { type: 'string' } },
      },
    }),
    ApiErrors(400, 404, 409),
  );

export const ApiTaskStatus = () => applyDecorators(ApiOkResponse({ type: ReportTaskStatusDto }), ApiErrors(404));
