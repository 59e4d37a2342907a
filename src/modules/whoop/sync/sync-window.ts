import { RECORD_KINDS, type RecordKind } from '../records/whoop-rows.js';
import type { SyncProgress } from './sync-progress.js';

const DAY_MS = 86_400_000;
/** WHOOP scores records again, and filters by their own time: what is known of the last days is asked for again. */
const OVERLAP_MS = 7 * DAY_MS;
/** A record that has not been scored by then never will be. */
const LONGEST_PENDING_MS = 30 * DAY_MS;
export const FIRST_SYNC_DAYS = 90;
export const MAX_SYNC_DAYS = 365;

/** What is stored of one kind, epoch milliseconds; null: nothing. */
export interface KnownTimes {
  newest: number | null;
  /** Of what is not at its end: being scored, or a cycle that goes on. */
  oldestOpen: number | null;
}

/** From when on each kind is asked for, in a sync of so many days. */
export function startsOfDays(days: number, now: number): Record<RecordKind, number> {
  return forEach(() => now - days * DAY_MS);
}

/**
 * From when on each kind is asked for to make up for what happened since it was last synced.
 * @param gaps from when on earlier syncs have left something out, see `gapsOf`
 * @param hasFirst kinds of which the first ninety days were fetched, see `firstsOf`
 */
export function startsSince(
  known: Record<RecordKind, KnownTimes>,
  gaps: Record<RecordKind, number | null>,
  hasFirst: ReadonlySet<RecordKind>,
  now: number,
): Record<RecordKind, number> {
  return forEach((kind) => {
    const { newest, oldestOpen } = known[kind];
    const isFirst = newest === null || !hasFirst.has(kind);
    const starts = [isFirst ? now - FIRST_SYNC_DAYS * DAY_MS : Math.min(newest, now) - OVERLAP_MS];
    if (oldestOpen !== null) starts.push(Math.max(oldestOpen, now - LONGEST_PENDING_MS));
    const gap = gaps[kind];
    if (gap !== null) starts.push(Math.max(gap, now - MAX_SYNC_DAYS * DAY_MS));
    return Math.min(...starts);
  });
}

/**
 * From when on records of a kind may be missing although newer ones are there: a walk goes from the newest to the oldest, so one
 * that broke off leaves a gap, until a later one has walked as far.
 * @param syncs that have ended, the oldest first
 */
export function gapsOf(syncs: readonly SyncProgress[], memberId: string | null): Record<RecordKind, number | null> {
  const gaps = Object.fromEntries(RECORD_KINDS.map((kind) => [kind, null])) as Record<RecordKind, number | null>;
  for (const sync of syncs) {
    if (sync.memberId !== null && sync.memberId !== memberId) continue;
    for (const kind of RECORD_KINDS) {
      const { status, start } = sync.kinds[kind];
      const gap = gaps[kind];
      if (status !== 'completed') gaps[kind] = gap === null ? start : Math.min(gap, start);
      else if (gap !== null && start <= gap) gaps[kind] = null;
    }
  }
  return gaps;
}

/**
 * Kinds of which a sync has walked through ninety days to its end. That there are records says nothing: a page that was opened
 * or a webhook may have brought the newest ones before the first sync.
 */
export function firstsOf(syncs: readonly SyncProgress[], memberId: string | null): Set<RecordKind> {
  const firsts = new Set<RecordKind>();
  for (const sync of syncs) {
    if (sync.memberId !== null && sync.memberId !== memberId) continue;
    for (const kind of RECORD_KINDS) {
      const { status, start } = sync.kinds[kind];
      // To the millisecond: the start is counted from the end.
      if (status === 'completed' && sync.end - start >= FIRST_SYNC_DAYS * DAY_MS) firsts.add(kind);
    }
  }
  return firsts;
}

function forEach(start: (kind: RecordKind) => number): Record<RecordKind, number> {
  return Object.fromEntries(RECORD_KINDS.map((kind) => [kind, Math.floor(start(kind))])) as Record<RecordKind, number>;
}
