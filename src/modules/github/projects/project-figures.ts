import type { RepositoryRow } from '../store/github-repositories.repository.js';

const MINUTE_MS = 60_000;

/** Minutes from the first commit to the last, as the old server defined the time spent on a project. */
export function timeSpentMinutes({
  firstCommitAt,
  lastCommitAt,
}: Pick<RepositoryRow, 'firstCommitAt' | 'lastCommitAt'>): number {
  if (firstCommitAt === null || lastCommitAt === null) return 0;
  return Math.max(0, Math.floor((lastCommitAt - firstCommitAt) / MINUTE_MS));
}

export function churnOf({ additions, deletions }: Pick<RepositoryRow, 'additions' | 'deletions'>): number {
  return additions + deletions;
}

export const UNKNOWN_LANGUAGE = 'Unknown';

export function languageOf({ primaryLanguage }: Pick<RepositoryRow, 'primaryLanguage'>): string {
  return primaryLanguage ?? UNKNOWN_LANGUAGE;
}
