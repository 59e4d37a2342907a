import type { GithubProjectDto } from '../../src/modules/github/dto/project.dto.js';
import { gitFacts, type GitFacts } from '../support/github/git-facts.js';
import { startGithub, type GithubApp } from '../support/github/github-app.js';
import { GithubDouble } from '../support/github/github-double.mjs';
import { branchy, hostile, linear, long, skewed, unicode } from '../support/github/sample-histories.js';
import { temporaryFolder } from '../support/server.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

const LIMIT_MS = 300_000;

/** Every figure that Almanac shows of a repository, in the words of the oracle. */
function factsOf(project: GithubProjectDto): GitFacts {
  return {
    commits: project.commit_count,
    lastCommit: project.last_commit_date!,
    firstCommit: project.first_commit_date!,
    activeDays: project.active_days,
    additions: project.additions,
    deletions: project.deletions,
    timeSpentMinutes: project.time_spent_min,
    codingMinutes: project.coding_time_min,
    loc: project.loc,
    language: project.primary_language,
    sizeKb: Number(project.repository_size_kb),
  };
}

describe.each(await sqlTestTargets())('GitHub figures on $dialect', (target) => {
  let database: SqlTestDatabase;
  let double: GithubDouble;
  let app: GithubApp;

  beforeAll(async () => {
    double = await GithubDouble.start(temporaryFolder());
    await double.addRepository('linear', linear(180));
    await double.addRepository('branchy', branchy(25));
    await double.addRepository('long', long(3000));
    await double.addRepository('unicode', unicode());
    await double.addRepository('hostile', hostile(), { isPrivate: true });
    await double.addRepository('skewed', skewed(), { isArchived: true });
    await double.addRepository('single', [{ at: '2025-02-02T02:02:02Z', files: { 'only.c': 'int a;\n' } }]);
    await double.addRepository('no-source', [{ at: '2025-02-03T02:02:02Z', files: { 'notes.md': '# Notes\n' } }]);
    database = await target.create();
    app = await startGithub(database, double);
  }, LIMIT_MS);

  afterAll(async () => {
    await app.close();
    await double.stop();
    await database.drop();
  });

  const table: string[] = [];

  it(
    'should equal what git itself says, of every repository',
    async () => {
      const { job, items } = await app.refresh(LIMIT_MS);
      expect(items.filter(({ status }) => status !== 'updated')).toEqual([]);
      expect(job).toMatchObject({
        status: 'completed',
        errorMessage: null,
        repositoriesProcessed: 8,
        totalRepositories: 8,
      });
      const shown = await app.shown();
      for (const { name, git } of double.repositories) {
        const [ours, gits] = [factsOf(shown[name]!), await gitFacts(git)];
        expect([name, ours]).toEqual([name, gits]);
        expect([name, shown[name]!.loc_source, shown[name]!.churn_complete]).toEqual([name, 'counted', true]);
        table.push(
          `  ${name.padEnd(10)} ours ${JSON.stringify(ours)}\n  ${''.padEnd(10)} git  ${JSON.stringify(gits)}`,
        );
      }
      process.stderr.write(`Figures on ${target.dialect}:\n${table.join('\n')}\n`);
    },
    LIMIT_MS,
  );

  it('should have asked only what the schema has, one question at a time, and told the token to nobody', () => {
    expect(double.invalid).toEqual([]);
    expect(double.mostAtOnce).toBe(1);
    expect(double.requests.filter((request) => request.kind === 'git' && !request.authorized)).toEqual([]);
  });

  it('should equal git day by day', async () => {
    for (const { name, git } of double.repositories) {
      const counted = new Map<string, number>();
      for (const day of (await git.git('log', '--format=%cd', '--date=format-local:%Y-%m-%d')).trim().split('\n'))
        counted.set(day, (counted.get(day) ?? 0) + 1);
      const days = await app.projects.getActivity(name, 3660);
      const first = days[0]!.date;
      const ours = days.filter(({ commits }) => commits > 0).map(({ date, commits }) => [date, commits]);
      expect([name, ours]).toEqual([name, [...counted].filter(([day]) => day >= first).sort()]);
      expect(days).toHaveLength(3660);
    }
  });

  it('should sum up all repositories', async () => {
    const rows = await app.projects.list('name');
    const days = new Set<string>();
    for (const { git } of double.repositories)
      for (const day of (await git.git('log', '--format=%cd', '--date=format-local:%F')).trim().split('\n'))
        days.add(day);
    const { totals, distinctDays } = await app.projects.getMetrics();
    expect(distinctDays).toBe(days.size);
    expect(totals.projects).toBe(8);
    expect(totals.commits).toBe(rows.reduce((sum, { commitCount }) => sum + commitCount, 0));
    expect([...totals.languages.values()].reduce((sum, { projectCount }) => sum + projectCount, 0)).toBe(8);
  });
});
