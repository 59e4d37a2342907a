import { AsyncLocalStorage } from 'node:async_hooks';
import { UnavailableError } from '../../../../common/errors/domain.error.js';
import type { ConcurrencyLimit } from '../../../../common/concurrency-limit.js';
import { REPORT_TIMEOUT_MS } from '../../../../infra/mongo/mongo-options.js';

export const TOO_LONG = 'The report takes too long; ask for a shorter time with `from` and `to`';

/** One request for a report, which may take its time only once, however many questions it asks the database. */
export class ReportRun {
  readonly deadline = Date.now() + REPORT_TIMEOUT_MS;
  private isAbandoned = false;
  private entrance: Promise<void> | undefined;
  private leave: () => void = () => undefined;
  private end: () => void = () => undefined;
  /** Resolves when the report begins to wait for a place among the readers of raw events. */
  readonly left = new Promise<void>((resolve) => (this.leave = resolve));
  private readonly ended = new Promise<void>((resolve) => (this.end = resolve));

  /** `readers`: how many reports may read raw events at once. */
  constructor(private readonly readers: ConcurrencyLimit) {}

  /** Nobody waits for the report any more: it ends with the command that runs. */
  abandon(): void {
    this.isAbandoned = true;
  }

  /**
   * Commands that run are left to their end: an engine that does not notice that a connection was closed would go on
   * with them, beside those of the report that got the place.
   *
   * @throws UnavailableError when the report should go no further
   */
  check(): void {
    if (this.isAbandoned) throw new UnavailableError('The caller is gone');
    if (Date.now() >= this.deadline) throw new UnavailableError(TOO_LONG);
  }

  /** Waits for a place among the readers, which the report then keeps to its end. */
  enterReaders(): Promise<void> {
    this.entrance ??= new Promise((resolve, reject) => {
      this.leave();
      this.readers
        .run(() => {
          resolve();
          return this.ended;
        })
        .catch(reject);
    });
    return this.entrance;
  }

  /** To be called once, when the report is computed or has failed. */
  close(): void {
    this.end();
  }
}

/** The request on whose behalf something is read, if any. */
export const reportRun = new AsyncLocalStorage<ReportRun>();

/** Limits of one command of the database. */
export interface ReadingLimits {
  maxTimeMS: number;
}

/**
 * To be called before raw events are read.
 *
 * @returns what is left of the report's time; outside of a request all of it
 * @throws UnavailableError when nothing is left, or too many reports read raw events already
 */
export async function beginReading(): Promise<ReadingLimits> {
  const run = reportRun.getStore();
  if (run === undefined) return { maxTimeMS: REPORT_TIMEOUT_MS };
  await run.enterReaders();
  run.check();
  return { maxTimeMS: Math.max(run.deadline - Date.now(), 1) };
}
