import { counter, gauge } from './metrics.js';

export type SyncProvider = 'github' | 'whoop';
export type SyncOutcome = 'completed' | 'partial' | 'failed' | 'cancelled';

const lastSuccess = gauge({
  name: 'almanac_sync_last_success_timestamp_seconds',
  help: 'When a sync with the provider last ended as completed, in seconds since 1970; absent before the first.',
  labelNames: ['provider'],
});

const due = gauge({
  name: 'almanac_sync_due_timestamp_seconds',
  help: 'When a scheduled sync with the provider has to have begun, in seconds since 1970; absent where none is scheduled.',
  labelNames: ['provider'],
});

const runs = counter({
  name: 'almanac_sync_runs_total',
  help: 'Syncs that ended, by provider and outcome.',
  labelNames: ['provider', 'outcome'],
});

export function countSyncRun(provider: SyncProvider, outcome: SyncOutcome): void {
  runs.inc({ provider, outcome });
}

/** @param at epoch milliseconds: the first time by the schedule after the last success; null: nothing is scheduled */
export function showSyncDue(provider: SyncProvider, at: number | null): void {
  if (at === null) due.remove({ provider });
  else due.set({ provider }, at / 1000);
}

/** @param at epoch milliseconds. Also called at start, with what is stored: a restart is no failure. */
export function showLastSync(provider: SyncProvider, at: number): void {
  lastSuccess.set({ provider }, at / 1000);
}
