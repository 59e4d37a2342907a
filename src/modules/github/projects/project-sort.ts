import type { RepositoryRow } from '../store/github-repositories.repository.js';
import { churnOf, timeSpentMinutes } from './project-figures.js';

/** What projects can be ordered by: the largest or newest first, names from A to Z. */
const KEYS = {
  last_commit_date: (row) => row.lastCommitAt ?? 0,
  first_commit_date: (row) => row.firstCommitAt ?? 0,
  commits: (row) => row.commitCount,
  loc: (row) => row.loc,
  time_spent: timeSpentMinutes,
  coding_time: (row) => row.codingSeconds,
  active_days: (row) => row.activeDays,
  code_churn: churnOf,
  repository_size: (row) => row.sizeKb,
} satisfies Record<string, (row: RepositoryRow) => number>;

export const PROJECT_SORTS = [...(Object.keys(KEYS) as (keyof typeof KEYS)[]), 'name'] as const;
export type ProjectSort = (typeof PROJECT_SORTS)[number];

/** Equal ones by name, so that the order never changes by itself. */
export function sortProjects(rows: readonly RepositoryRow[], sort: ProjectSort): RepositoryRow[] {
  const byName = (a: RepositoryRow, b: RepositoryRow) =>
    compare(a.nameKey, b.nameKey) || compare(a.owner, b.owner) || compare(a.id, b.id);
  if (sort === 'name') return [...rows].sort(byName);
  const key = KEYS[sort];
  return [...rows].sort((a, b) => key(b) - key(a) || byName(a, b));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
