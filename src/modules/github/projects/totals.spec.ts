import { newRow, type RepositoryRow } from '../store/github-repositories.repository.js';
import { GithubMetricsDto } from '../dto/metrics.dto.js';
import { sortProjects } from './project-sort.js';
import { totalsOf } from './totals.js';

function row(name: string, changes: Partial<RepositoryRow> = {}): RepositoryRow {
  const listed = {
    id: `R_${name}`,
    owner: 'ann',
    name,
    url: '',
    isPrivate: false,
    sizeKb: 0,
    languages: [],
    head: null,
  };
  return { ...newRow(listed), state: 'shown', ...changes };
}

const HOUR = 3_600_000;

describe('the sums over projects', () => {
  it('should be nothing where nothing is stored', () => {
    expect({ ...GithubMetricsDto.from({ totals: totalsOf([]), distinctDays: 0 }) }).toEqual({
      total_projects: 0,
      total_time_spent_hours: 0,
      total_time_spent_minutes: 0,
      total_loc: 0,
      total_commits: 0,
      total_active_days: 0,
      total_code_churn: 0,
      average_project_size_kb: 0,
      project_with_most_loc: null,
      project_with_most_time: null,
      project_with_most_commits: null,
      most_common_language: null,
      languages_breakdown: {},
      averages: { loc_per_project: 0, commits_per_project: 0, time_per_project_hours: 0, active_days_per_project: 0 },
      distinct_active_days: 0,
      total_coding_time_hours: 0,
    });
  });

  it('should be those of the old dashboard, with one decimal', () => {
    const rows = [
      row('a', {
        loc: 100,
        commitCount: 10,
        activeDays: 3,
        additions: 5,
        deletions: 2,
        sizeKb: 10,
        primaryLanguage: 'Python',
        firstCommitAt: 0,
        lastCommitAt: 90 * 60_000,
      }),
      row('b', {
        loc: 301,
        commitCount: 20,
        activeDays: 2,
        sizeKb: 15,
        primaryLanguage: 'Go',
        firstCommitAt: 0,
        lastCommitAt: 10 * HOUR,
        codingSeconds: 5400,
      }),
      row('c', {
        loc: 0,
        commitCount: 1,
        activeDays: 1,
        sizeKb: 0,
        primaryLanguage: 'Python',
        firstCommitAt: HOUR,
        lastCommitAt: HOUR,
        codingSeconds: 1800,
      }),
    ];
    expect({ ...GithubMetricsDto.from({ totals: totalsOf(rows), distinctDays: 4 }) }).toEqual({
      total_projects: 3,
      total_time_spent_hours: 11.5,
      total_time_spent_minutes: 690,
      total_loc: 401,
      total_commits: 31,
      total_active_days: 6,
      total_code_churn: 7,
      average_project_size_kb: 8.3,
      project_with_most_loc: { name: 'b', loc: 301 },
      project_with_most_time: { name: 'b', time_spent_minutes: 600, time_spent_hours: 10 },
      project_with_most_commits: { name: 'b', commits: 20 },
      most_common_language: { language: 'Python', project_count: 2, percentage: 66.7 },
      languages_breakdown: {
        Python: { project_count: 2, total_loc: 100, percentage_of_projects: 66.7 },
        Go: { project_count: 1, total_loc: 301, percentage_of_projects: 33.3 },
      },
      averages: {
        loc_per_project: 133.7,
        commits_per_project: 10.3,
        time_per_project_hours: 3.8,
        active_days_per_project: 2,
      },
      distinct_active_days: 4,
      total_coding_time_hours: 2,
    });
  });

  it('should name an unknown language as the most common one only where there is no other', () => {
    const unknown = [row('a'), row('b'), row('c', { primaryLanguage: 'Go' })];
    expect(totalsOf(unknown).mostCommonLanguage).toBe('Go');
    expect(totalsOf(unknown.slice(0, 2)).mostCommonLanguage).toBe('Unknown');
    expect([...totalsOf(unknown).languages.keys()]).toEqual(['Unknown', 'Go']);
  });
});

describe('sortProjects', () => {
  const rows = [
    row('b', { loc: 5, lastCommitAt: 1 }),
    row('a', { loc: 5, lastCommitAt: 9 }),
    row('c', { loc: 9, lastCommitAt: null }),
  ];
  it.each([
    ['loc', ['c', 'a', 'b']],
    ['name', ['a', 'b', 'c']],
    ['last_commit_date', ['a', 'b', 'c']],
  ] as const)('should order by %s, equal ones by name', (sort, names) => {
    expect(sortProjects(rows, sort).map(({ name }) => name)).toEqual(names);
  });
});
