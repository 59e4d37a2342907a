import type { RepositoryRow } from '../store/github-repositories.repository.js';
import { churnOf, languageOf, timeSpentMinutes, UNKNOWN_LANGUAGE } from './project-figures.js';

export interface LanguageTotals {
  projectCount: number;
  loc: number;
}

export interface ProjectTotals {
  projects: number;
  timeSpentMinutes: number;
  codingSeconds: number;
  loc: number;
  commits: number;
  activeDays: number;
  churn: number;
  sizeKb: number;
  mostLoc: RepositoryRow | null;
  mostTime: RepositoryRow | null;
  mostCommits: RepositoryRow | null;
  /** By name, the most common first. */
  languages: Map<string, LanguageTotals>;
  mostCommonLanguage: string | null;
}

/** Sums over all projects. Of equals the first counts as the most. */
export function totalsOf(rows: readonly RepositoryRow[]): ProjectTotals {
  const sum = (value: (row: RepositoryRow) => number) => rows.reduce((total, row) => total + value(row), 0);
  const languages = sumByLanguage(rows);
  return {
    projects: rows.length,
    timeSpentMinutes: sum(timeSpentMinutes),
    codingSeconds: sum((row) => row.codingSeconds),
    loc: sum((row) => row.loc),
    commits: sum((row) => row.commitCount),
    activeDays: sum((row) => row.activeDays),
    churn: sum(churnOf),
    sizeKb: sum((row) => row.sizeKb),
    mostLoc: largest(rows, (row) => row.loc),
    mostTime: largest(rows, timeSpentMinutes),
    mostCommits: largest(rows, (row) => row.commitCount),
    languages,
    // A language that nobody knows is the most common one only where there is no other.
    mostCommonLanguage:
      [...languages.keys()].find((name) => name !== UNKNOWN_LANGUAGE) ?? languages.keys().next().value ?? null,
  };
}

function sumByLanguage(rows: readonly RepositoryRow[]): Map<string, LanguageTotals> {
  const languages = new Map<string, LanguageTotals>();
  for (const row of rows) {
    const name = languageOf(row);
    const { projectCount, loc } = languages.get(name) ?? { projectCount: 0, loc: 0 };
    languages.set(name, { projectCount: projectCount + 1, loc: loc + row.loc });
  }
  const order = ([a, one]: [string, LanguageTotals], [b, other]: [string, LanguageTotals]) =>
    other.projectCount - one.projectCount || other.loc - one.loc || (a < b ? -1 : 1);
  return new Map([...languages].sort(order));
}

function largest(rows: readonly RepositoryRow[], value: (row: RepositoryRow) => number): RepositoryRow | null {
  return rows.reduce<RepositoryRow | null>(
    (most, row) => (most === null || value(row) > value(most) ? row : most),
    null,
  );
}
