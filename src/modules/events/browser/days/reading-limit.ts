import { Injectable } from '@nestjs/common';
import { ConcurrencyLimit } from '../../../../common/concurrency-limit.js';
import { UnavailableError } from '../../../../common/errors/domain.error.js';

const RETRY_SECONDS = 2;
const MAX_RUNNING = 8;
const MAX_WAITING = 100;
/** Together with the time in which a store that hangs is noticed this stays under the 3 s in which a client gets its 503. */
const MAX_WAIT_MS = 900;

/** Bounds the memory and time that readings of whole histories take together; beyond it the caller is told to come back. */
@Injectable()
export class ReadingLimit extends ConcurrencyLimit {
  constructor() {
    super({
      maxRunning: MAX_RUNNING,
      maxWaiting: MAX_WAITING,
      maxWaitMs: MAX_WAIT_MS,
      busy: () =>
        new UnavailableError('Too many histories are being read; try again in a moment', RETRY_SECONDS, 'OVERLOADED'),
    });
  }
}
