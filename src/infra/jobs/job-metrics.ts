import { counter, gauge, histogram } from '../../common/metrics/metrics.js';
import type { QueueDepth } from './job-upkeep.repository.js';

export type RunOutcome = 'done' | 'waiting' | 'retried' | 'failed' | 'cancelled' | 'lost' | 'interrupted';

const outcomes = counter({
  name: 'almanac_job_runs_total',
  help: 'Runs of jobs, by kind and what came of them.',
  labelNames: ['kind', 'outcome'],
});

const duration = histogram({
  name: 'almanac_job_run_duration_seconds',
  help: 'Time that runs of jobs took, by kind.',
  labelNames: ['kind'],
  buckets: [0.05, 0.25, 1, 5, 15, 60, 300],
});

const depth = gauge({
  name: 'almanac_job_queue_depth',
  help: 'Jobs that are due and wait for a worker, by kind.',
  labelNames: ['kind'],
});

const oldest = gauge({
  name: 'almanac_job_queue_oldest_seconds',
  help: 'How long the oldest job that is due has waited for a worker, by kind.',
  labelNames: ['kind'],
});

const running = gauge({
  name: 'almanac_jobs_running',
  help: 'Jobs that workers of all replicas are running, by kind.',
  labelNames: ['kind'],
});

export function countOutcome(kind: string, outcome: RunOutcome): void {
  outcomes.inc({ kind, outcome });
}

export function observeRun(kind: string, seconds: number): void {
  duration.observe({ kind }, seconds);
}

/** @param kinds all that this process knows: those without jobs are shown as 0 */
export function showDepths(kinds: readonly string[], depths: readonly QueueDepth[]): void {
  for (const kind of kinds) {
    const found = depths.find((candidate) => candidate.kind === kind);
    depth.set({ kind }, found?.due ?? 0);
    oldest.set({ kind }, (found?.oldestMs ?? 0) / 1000);
    running.set({ kind }, found?.running ?? 0);
  }
}
