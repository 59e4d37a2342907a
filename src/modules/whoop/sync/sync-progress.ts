import { RECORD_KINDS, type RecordKind } from '../records/whoop-rows.js';

export const SYNC_TYPES = ['startup', 'scheduled', 'manual', 'today', 'incremental', 'full', 'command'] as const;
export type SyncType = (typeof SYNC_TYPES)[number];
export type SyncStatus = 'running' | 'completed' | 'partial' | 'failed';

/** What is known of one kind of records in a sync. */
export interface KindProgress {
  status: 'waiting' | 'running' | 'completed' | 'failed';
  /** Epoch milliseconds: what is asked for, from the start (inclusive) to the end of the sync. */
  start: number;
  nextToken: string | null;
  /** Short hashes of the tokens of this walk, to notice one that comes again. */
  seenTokens: string[];
  /** Times the walk was begun anew because WHOOP did not know a token any more. */
  restarts: number;
  pages: number;
  new: number;
  updated: number;
  unchanged: number;
  deleted: number;
  /** Records that were no records: they keep the walk from being complete. */
  malformed: number;
  error: string | null;
  errorCode: string | null;
}

/** Where a sync is; written together with the page that it tells of, so that a sync goes on where it stopped. */
export interface SyncProgress {
  /** Epoch milliseconds; fixed when the sync begins, for pages would shift under it. */
  end: number;
  memberId: string | null;
  kinds: Record<RecordKind, KindProgress>;
}

export function newProgress(end: number, starts: Record<RecordKind, number>): SyncProgress {
  const kinds = {} as Record<RecordKind, KindProgress>;
  for (const kind of RECORD_KINDS) kinds[kind] = newKindProgress(starts[kind]);
  return { end, memberId: null, kinds };
}

function newKindProgress(start: number): KindProgress {
  return {
    status: 'waiting',
    start,
    nextToken: null,
    seenTokens: [],
    restarts: 0,
    pages: 0,
    new: 0,
    updated: 0,
    unchanged: 0,
    deleted: 0,
    malformed: 0,
    error: null,
    errorCode: null,
  };
}

const DAY_MS = 86_400_000;

/** How many days a sync goes back, at most: of one that was joined, not what was asked for. */
export function periodDays({ end, kinds }: SyncProgress): number {
  return Math.round((end - Math.min(...RECORD_KINDS.map((kind) => kinds[kind].start))) / DAY_MS);
}

/** Records that the sync has looked at, of one kind. */
export function recordsOf({ new: added, updated, unchanged }: KindProgress): number {
  return added + updated + unchanged;
}

export function totalRecords({ kinds }: SyncProgress): number {
  return RECORD_KINDS.reduce((sum, kind) => sum + recordsOf(kinds[kind]), 0);
}

/** `completed` only where every kind is: an error of one never hides in the success of the others. */
export function endStatus({ kinds }: SyncProgress): Exclude<SyncStatus, 'running'> {
  const completed = RECORD_KINDS.filter((kind) => kinds[kind].status === 'completed').length;
  if (completed === RECORD_KINDS.length) return 'completed';
  const hasStored = RECORD_KINDS.some((kind) => recordsOf(kinds[kind]) > 0);
  return completed > 0 || hasStored ? 'partial' : 'failed';
}

/** What went wrong, as one sentence; null: nothing. Kinds that failed for the same reason share it. */
export function errorSentence({ kinds }: SyncProgress): string | null {
  const byError = new Map<string, RecordKind[]>();
  for (const kind of RECORD_KINDS) {
    const { error } = kinds[kind];
    if (error !== null) byError.set(error, [...(byError.get(error) ?? []), kind]);
  }
  if (byError.size === 0) return null;
  const parts = [...byError].map(([error, failed]) =>
    failed.length === RECORD_KINDS.length ? error : `${failed.join(', ')}: ${error}`,
  );
  return parts.join('; ');
}
