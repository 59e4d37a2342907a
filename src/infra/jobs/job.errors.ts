import { RateLimitedError, UnavailableError } from '../../common/errors/domain.error.js';

/** Seconds after which a client may ask again where the queue or a user's share of it is full. */
const RETRY_SECONDS = 10;

export class JobQueueFullError extends UnavailableError {
  constructor() {
    super('Too much work is waiting; try again in a moment', RETRY_SECONDS, 'QUEUE_FULL');
  }
}

export class TooManyJobsError extends RateLimitedError {
  constructor(limit: number) {
    super(
      `You have ${limit} of these waiting or running already; wait until one is done`,
      RETRY_SECONDS,
      'TOO_MANY_JOBS',
    );
  }
}

export class JobQueueUnreachableError extends UnavailableError {
  constructor(cause?: unknown) {
    super('Work cannot be handed out at the moment; try again in a few seconds', 5, 'QUEUE_UNAVAILABLE', cause);
  }
}

export type AbortCause = 'cancelled' | 'lease-lost' | 'time-limit' | 'stopping';

const SENTENCES: Record<AbortCause, string> = {
  cancelled: 'The job was cancelled',
  'lease-lost': 'The lease of the job was lost',
  'time-limit': 'A step of the job took too long',
  stopping: 'The server is stopping',
};

/** Why the signal of a run is aborted. */
export class JobAbortedError extends Error {
  constructor(readonly abortCause: AbortCause) {
    super(SENTENCES[abortCause]);
    this.name = 'JobAbortedError';
  }
}
