import { Injectable } from '@nestjs/common';
import type { EventSelection } from '../event-selection.js';
import { undecidedIds } from '../person.js';
import { RawEventSourceRepository } from '../raw/raw-event-source.repository.js';
import { ProductProcessRepository } from './product-process.repository.js';
import type { ProcessStepRow, SessionRow } from './product-run-rows.js';
import { ProductSessionsRepository } from './product-sessions.repository.js';
import { SessionPersons } from './session-persons.js';

/** What clients mark as belonging together, runs of processes and sessions, from raw events. */
@Injectable()
export class ProductRunsService {
  constructor(
    private readonly processes: ProductProcessRepository,
    private readonly sessions: ProductSessionsRepository,
    private readonly events: RawEventSourceRepository,
  ) {}

  /** Beginnings and ends of the runs of the selection's process, by time; events without a time are left out. */
  streamProcessSteps(selection: EventSelection): AsyncGenerator<ProcessStepRow[]> {
    return this.processes.streamSteps(selection);
  }

  /** The sessions that have a sessionId, each of one person, of events in a time, in no order. */
  async *streamSessions(selection: EventSelection): AsyncGenerator<SessionRow[]> {
    const sessions = new SessionPersons();
    for await (const parts of this.sessions.streamParts(selection)) {
      yield sessions.add(parts, await this.events.findLinks(selection.projectKey, undecidedIds(parts)));
    }
    yield sessions.end();
  }
}
