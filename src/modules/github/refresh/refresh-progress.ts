import type { RefreshJobRow } from '../store/refresh-jobs.repository.js';

type Counted = Pick<RefreshJobRow, 'status' | 'totalRepositories' | 'repositoriesProcessed' | 'currentShare'>;

/** Percent of the repositories with one decimal, the commits of the one that is being read included. */
export function progressOf(job: Counted): number {
  if (job.status === 'completed' || job.status === 'partial') return 100;
  const { totalRepositories: total, repositoriesProcessed: processed, currentShare } = job;
  if (total === null || total === 0) return 0;
  return Math.min(100, Math.round((1000 * (processed + currentShare / 1000)) / total) / 10);
}
