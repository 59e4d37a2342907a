import { Injectable } from '@nestjs/common';
import type { TimeRange } from '../../../../common/time/range.js';
import type { EventSelection } from '../event-selection.js';
import { ProductProcessRepository } from './product-process.repository.js';
import type { ProcessStepRow, SessionRow } from './product-run-rows.js';
import { ProductSessionsRepository } from './product-sessions.repository.js';

/** What clients mark as belonging together, runs of processes and sessions, from raw events. */
@Injectable()
export class ProductRunsService {
  constructor(
    private readonly processes: ProductProcessRepository,
    private readonly sessions: ProductSessionsRepository,
  ) {}

  /** Beginnings and ends of the runs of the selection's process, by time; events without a time are left out. */
  streamProcessSteps(selection: EventSelection): AsyncGenerator<ProcessStepRow[]> {
    return this.processes.streamSteps(selection);
  }

  /** The sessions that have a sessionId, of events in a time, in no order. */
  streamSessions(projectKey: string, range: TimeRange): AsyncGenerator<SessionRow[]> {
    return this.sessions.stream(projectKey, range);
  }
}
