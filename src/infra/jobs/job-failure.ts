import { DomainError, type ErrorKind } from '../../common/errors/domain.error.js';
import { isStoreUnavailable } from '../../common/errors/store-errors.js';
import { JobAbortedError } from './job.errors.js';
import type { JobKind } from './job-kinds.js';
import { PermanentJobError, type JobFailure } from './job-queue.js';

/** A DomainError of these kinds may be gone at the next attempt; of the others it is said once more. */
const WORTH_RETRYING: ReadonlySet<ErrorKind> = new Set(['unavailable', 'rate_limited', 'conflict', 'internal']);

export function isPermanent(error: unknown): boolean {
  return error instanceof PermanentJobError || (error instanceof DomainError && !WORTH_RETRYING.has(error.kind));
}

/** A stable code and a sentence for a person: never the text of a driver or of another server. */
export function describeFailure(error: unknown, kind: Pick<JobKind, 'describeError'>): JobFailure {
  const described = kind.describeError?.(error);
  if (described) return { code: described.code, message: described.message };
  if (error instanceof PermanentJobError || error instanceof DomainError)
    return { code: error.code, message: error.message };
  if (error instanceof JobAbortedError && error.abortCause === 'time-limit')
    return { code: 'TIME_LIMIT', message: 'The work took too long and was stopped' };
  if (isStoreUnavailable(error)) return { code: 'STORE_UNAVAILABLE', message: 'A store of this server did not answer' };
  return { code: 'INTERNAL', message: 'The work failed by a fault of this server' };
}

/** The worker died, or stopped telling that it lives, as often as a job may be tried. */
export const INTERRUPTED: JobFailure = {
  code: 'INTERRUPTED',
  message: 'The server stopped again and again while it did this, so it was given up',
};

/** Full jitter: any time up to a limit that doubles with each attempt, so that jobs which failed together part. */
export function retryDelay(
  attempt: number,
  backoff: { firstDelayMs: number; maxDelayMs: number },
  random: () => number = Math.random,
): number {
  return random() * Math.min(backoff.maxDelayMs, backoff.firstDelayMs * 2 ** (attempt - 1));
}

/** Milliseconds that the error itself asks for. */
export function askedDelay(error: unknown): number {
  return error instanceof DomainError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
}
