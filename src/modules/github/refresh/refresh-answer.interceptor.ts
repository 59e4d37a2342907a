import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';
import { RefreshStartedDto } from '../dto/refresh.dto.js';
import type { RefreshAnswer } from './idempotent-refreshes.service.js';

/** A repeated answer says so. */
@Injectable()
export class RefreshAnswerInterceptor implements NestInterceptor<RefreshAnswer, RefreshStartedDto> {
  intercept(context: ExecutionContext, next: CallHandler<RefreshAnswer>): Observable<RefreshStartedDto> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((answer) => {
        if (answer.isReplayed) void reply.header('Idempotency-Replayed', 'true');
        return RefreshStartedDto.from(answer);
      }),
    );
  }
}
