import { UnavailableError } from '../../../../common/errors/domain.error.js';
import { REPORT_TIMEOUT_MS } from '../../../../infra/mongo/mongo-options.js';
import { reportRun, TOO_LONG } from './report-run.js';

// Rows per batch: large enough that round trips do not count, small enough not to hold the event loop.
export const BATCH_SIZE = 5000;
// The engine's own limit is for each command; `batchesOf` watches the whole. The driver's `timeoutMS` does nothing any more.
export const SCAN = { allowDiskUse: true, cursor: { batchSize: BATCH_SIZE } } as const;

export { TOO_LONG } from './report-run.js';

/** What is used of the driver's cursors. */
interface Cursor<T> {
  hasNext(): Promise<boolean>;
  readBufferedDocuments(): T[];
  close(): Promise<void>;
}

/**
 * The cursor's rows as they arrive, the next batch being fetched while the reader works on the last; closes the
 * cursor when the reader stops early.
 *
 * @throws UnavailableError when it all takes longer than a report may
 */
export async function* batchesOf<T>(cursor: Cursor<T>): AsyncGenerator<T[]> {
  const run = reportRun.getStore();
  const deadline = Date.now() + REPORT_TIMEOUT_MS;
  let next = cursor.hasNext();
  try {
    while (await next) {
      run?.check();
      if (Date.now() > deadline) throw new UnavailableError(TOO_LONG);
      const rows = cursor.readBufferedDocuments();
      next = cursor.hasNext();
      // Its failure is met by the next `await`, or does not matter any more.
      next.catch(() => undefined);
      yield rows;
    }
  } finally {
    await next.catch(() => undefined);
    await cursor.close();
  }
}
