import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { ConcurrencyLimit } from '../../../common/concurrency-limit.js';
import { UnavailableError } from '../../../common/errors/domain.error.js';
import { ReportRun, reportRun } from '../../analytics/product/raw/report-run.js';

const RETRY_SECONDS = 2;

/** A report over millions of events holds its persons in memory and keeps a core of the database busy. */
const MAX_RUNNING = 8;
const MAX_WAITING = 100;
/** Together with the time in which a store that hangs is noticed this stays under the 3 s in which a client gets its 503. */
const MAX_WAIT_MS = 900;

/**
 * Raw events may take half a minute where rollups take milliseconds: few of these reports run at once, and outside of
 * the places above, so that the others go on. A dashboard asks for several together, so they may wait longer.
 */
const MAX_READERS = 3;
const MAX_WAITING_READERS = 50;
const MAX_READER_WAIT_MS = 2000;

/** Bounds the memory and time that reports take together; beyond it the caller is told to come back. */
@Injectable()
export class ReportLoadInterceptor implements NestInterceptor {
  private readonly limit = new ConcurrencyLimit({
    maxRunning: MAX_RUNNING,
    maxWaiting: MAX_WAITING,
    maxWaitMs: MAX_WAIT_MS,
    busy: () =>
      new UnavailableError('Too many reports are being computed; try again in a moment', RETRY_SECONDS, 'OVERLOADED'),
  });

  private readonly readers = new ConcurrencyLimit({
    maxRunning: MAX_READERS,
    maxWaiting: MAX_WAITING_READERS,
    maxWaitMs: MAX_READER_WAIT_MS,
    busy: () =>
      new UnavailableError(
        'Too many reports are being computed from raw events; try again in a moment',
        RETRY_SECONDS,
        'OVERLOADED',
      ),
  });

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return from(this.compute(context.switchToHttp().getResponse<FastifyReply>(), next));
  }

  private async compute(reply: FastifyReply, next: CallHandler): Promise<unknown> {
    const run = new ReportRun(this.readers);
    const abandon = () => run.abandon();
    reply.raw.once('close', abandon);
    let report: Promise<unknown> | undefined;
    try {
      await this.limit.run(() => {
        report = reportRun.run(run, () => lastValueFrom(next.handle()));
        return Promise.race([report, run.left]);
      });
      return await report;
    } finally {
      reply.raw.off('close', abandon);
      run.close();
    }
  }
}
