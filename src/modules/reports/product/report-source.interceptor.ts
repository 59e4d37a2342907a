import {
  applyDecorators,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';
import { ApiErrors } from '../../../common/http/api-errors.decorator.js';
import type { EventSource } from '../../analytics/product/event-source.js';

const HEADER = 'X-Report-Source';

/** A report, and where its figures came from. */
export interface SourcedReport<T> {
  source: EventSource['kind'];
  report: T;
}

/** Answers with the report itself and names its source in a header. */
@Injectable()
export class ReportSourceInterceptor implements NestInterceptor<SourcedReport<unknown>, unknown> {
  intercept(context: ExecutionContext, next: CallHandler<SourcedReport<unknown>>): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map(({ source, report }) => {
        void reply.header(HEADER, source);
        return report;
      }),
    );
  }
}

/** Documents the answers of a route under `ReportSourceInterceptor`. */
export function ApiReport(type: Type): MethodDecorator {
  return applyDecorators(
    ApiOkResponse({
      type,
      headers: {
        [HEADER]: {
          description: 'What the figures were computed from: rollups, or raw events. They are the same figures.',
          schema: { type: 'string', enum: ['rollup', 'raw'] },
        },
      },
    }),
    ApiErrors(400, 403),
  );
}
