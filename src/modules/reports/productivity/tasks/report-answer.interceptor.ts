import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';
import { AcceptedReportDto } from './dto/report-task.dto.js';
import type { ReportAnswer } from './idempotent-report-requests.service.js';

/** 200 for a report that is there, 202 for one that will be; a repeated answer says so. */
@Injectable()
export class ReportAnswerInterceptor implements NestInterceptor<ReportAnswer, AcceptedReportDto> {
  intercept(context: ExecutionContext, next: CallHandler<ReportAnswer>): Observable<AcceptedReportDto> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map(({ accepted, isReplayed }) => {
        void reply.status(accepted.status === 'completed' ? 200 : 202);
        if (isReplayed) void reply.header('Idempotency-Replayed', 'true');
        return AcceptedReportDto.from(accepted);
      }),
    );
  }
}
