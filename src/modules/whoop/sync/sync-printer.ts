import type { WriteStream } from 'node:tty';
import { RECORD_KINDS, type RecordKind } from '../records/whoop-rows.js';
import { recordsOf, type SyncProgress, type SyncStatus } from './sync-progress.js';
import type { SyncRunRow } from './whoop-sync-runs.repository.js';

const BAR_WIDTH = 24;
const DAY_MS = 86_400_000;
/** About 1.2 records of a kind a day, in pages of 25. */
const DAYS_PER_PAGE = 21;

/** What a shell is told. `partial` is neither. */
export const EXIT_CODES: Record<Exclude<SyncStatus, 'running'>, number> = { completed: 0, failed: 1, partial: 2 };

/** Tells a terminal, or a log, how a sync goes on: a bar there, plain lines elsewhere. Counts only, no health values. */
export class SyncPrinter {
  private readonly told = new Set<RecordKind>();

  constructor(private readonly output: Pick<WriteStream, 'write' | 'isTTY'>) {}

  show({ progress }: SyncRunRow): void {
    if (this.output.isTTY) this.output.write(`\r\x1b[K${barOf(progress)}`);
    else this.tellEnded(progress);
  }

  /** The last words. @returns the exit code */
  end(run: SyncRunRow): number {
    this.show(run);
    if (this.output.isTTY) this.output.write('\n');
    this.output.write(`WHOOP: ${run.status}, ${run.recordsSynced} records\n`);
    if (run.errorMessage !== null) this.output.write(`${run.errorMessage}\n`);
    return run.status === 'running' ? 1 : EXIT_CODES[run.status];
  }

  private tellEnded({ kinds }: SyncProgress): void {
    for (const kind of RECORD_KINDS) {
      const { status, error } = kinds[kind];
      if (this.told.has(kind) || (status !== 'completed' && status !== 'failed')) continue;
      this.told.add(kind);
      this.output.write(`${kind}: ${status}, ${recordsOf(kinds[kind])} records${error === null ? '' : `: ${error}`}\n`);
    }
  }
}

function barOf(progress: SyncProgress): string {
  const shares = RECORD_KINDS.map((kind) => shareOf(progress, kind));
  const share = shares.reduce((sum, one) => sum + one, 0) / shares.length;
  const bar = '#'.repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, '.');
  const counts = RECORD_KINDS.map((kind) => `${kind} ${recordsOf(progress.kinds[kind])}`).join(', ');
  return `[${bar}] ${Math.floor(share * 100)} % ${counts}`;
}

/** How much of a kind is done, by the pages that are to be expected. */
function shareOf({ kinds, end }: SyncProgress, kind: RecordKind): number {
  const { status, pages, start } = kinds[kind];
  if (status === 'completed' || status === 'failed') return 1;
  return Math.min(0.95, pages / Math.max(1, (end - start) / DAY_MS / DAYS_PER_PAGE));
}
