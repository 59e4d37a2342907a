import { Logger } from '@nestjs/common';
import { UnavailableError } from '../../../../common/errors/domain.error.js';
import { isStoreUnavailable } from '../../../../common/errors/store-errors.js';
import { Coalescer } from '../../../../common/write-coalescing.js';

/** Who has waited so long is told to come back, instead of making those behind wait. */
const MAX_WAIT_MS = 2000;
/** A few seconds of work, and what the memory of a small server bears. */
const MAX_WAITING_ROWS = 50_000;

/** Fewer wait for the transaction that is under way: to go together saves more than to begin early. */
const WORTHWHILE_ROWS = 500;

export interface QueuedRow {
  id: string;
  eventId: string | null;
}

interface Waiting<Row> {
  rows: readonly Row[];
  since: number;
  resolve: (stored: ReadonlySet<string>) => void;
  reject: (error: unknown) => void;
}

/** Joins the rows of many requests into few transactions; each request has its own answer once its rows are durable. */
export class WriteQueue<Row extends QueuedRow> {
  private readonly logger = new Logger(WriteQueue.name);
  private readonly groups: Coalescer<Waiting<Row>>;
  private waitingRows = 0;

  /**
   * @param rowsPerWrite the most that one transaction takes
   * @param running how many transactions are under way at once
   * @param store stores rows without two of the same `eventId`, and returns the ids of those that were new
   */
  constructor(
    rowsPerWrite: number,
    running: number,
    private readonly store: (rows: readonly Row[]) => Promise<ReadonlySet<string>>,
  ) {
    // Few at a time: rollups have one writer anyway, and what arrives meanwhile goes together.
    const limits = { running, worthwhile: WORTHWHILE_ROWS, events: rowsPerWrite, bytes: Infinity };
    this.groups = new Coalescer(limits, (group) => this.write(group));
  }

  /**
   * @returns the ids of the rows that were stored; the `eventId`s of the others were there before, or come twice
   * @throws UnavailableError when too many rows wait
   */
  async push(rows: readonly Row[]): Promise<ReadonlySet<string>> {
    if (rows.length === 0) return new Set();
    if (this.waitingRows > 0 && this.waitingRows + rows.length > MAX_WAITING_ROWS) throw overloaded();
    this.waitingRows += rows.length;
    try {
      return await new Promise((resolve, reject) => {
        const waiting = { rows, since: performance.now(), resolve, reject };
        this.groups.push(waiting, { events: rows.length, bytes: 0 });
      });
    } finally {
      this.waitingRows -= rows.length;
    }
  }

  private async write(group: Waiting<Row>[]): Promise<void> {
    const now = performance.now();
    const inTime = group.filter(({ since }) => now - since <= MAX_WAIT_MS);
    for (const waiting of group) if (!inTime.includes(waiting)) waiting.reject(overloaded());
    if (inTime.length === 0) return;
    try {
      const stored = await this.store(distinct(inTime.flatMap(({ rows }) => rows)));
      for (const { resolve } of inTime) resolve(stored);
    } catch (error) {
      if (inTime.length === 1 || isStoreUnavailable(error)) {
        for (const { reject } of inTime) reject(error);
        return;
      }
      // Rows that the store cannot take are to fail nobody else's.
      this.logger.error('A joint write failed; each is tried by itself', error instanceof Error ? error.stack : error);
      for (const { rows, resolve, reject } of inTime) await this.store(distinct(rows)).then(resolve, reject);
    }
  }
}

/** Of rows with the same `eventId` the first. */
function distinct<Row extends QueuedRow>(rows: readonly Row[]): Row[] {
  const seen = new Set<string>();
  return rows.filter(({ eventId }) => {
    if (eventId === null) return true;
    if (seen.has(eventId)) return false;
    seen.add(eventId);
    return true;
  });
}

function overloaded(): UnavailableError {
  return new UnavailableError('Too many rows are being written; try again in a moment', 1, 'OVERLOADED');
}
