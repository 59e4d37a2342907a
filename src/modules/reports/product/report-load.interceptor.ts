import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { ConcurrencyLimit } from '../../../common/concurrency-limit.js';
import { UnavailableError } from '../../../common/errors/domain.error.js';

/** A report over millions of events holds its persons in memory and keeps a core of the database busy. */
const MAX_RUNNING = 8;
const MAX_WAITING = 100;
/** Together with the time in which a store that hangs is noticed this stays under the 3 s in which a client gets its 503. */
const MAX_WAIT_MS = 900;

/** Bounds the memory and time that reports take together; beyond it the caller is told to come back. */
@Injectable()
export class ReportLoadInterceptor implements NestInterceptor {
  private readonly limit = new ConcurrencyLimit({
    maxRunning: MAX_RUNNING,
    maxWaiting: MAX_WAITING,
    maxWaitMs: MAX_WAIT_MS,
    busy: () => new UnavailableError('Too many reports are being computed; try again in a moment', 2, 'OVERLOADED'),
  });

  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return from(this.limit.run(() => lastValueFrom(next.handle())));
  }
}
