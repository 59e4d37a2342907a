import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import { UnavailableError } from '../../src/common/errors/domain.error.js';
import { JobQueue } from '../../src/infra/jobs/job-queue.js';
import { LineCounterService } from '../../src/modules/github/lines/line-counter.service.js';
import { RefreshRunnerService } from '../../src/modules/github/refresh/refresh-runner.service.js';
import type { Refresh } from '../../src/modules/github/refresh/refresh.service.js';
import { GithubNotConfiguredError } from '../../src/modules/github/github.errors.js';
import { RefreshKeysRepository } from '../../src/modules/github/store/refresh-keys.repository.js';
import { startGithub, type GithubApp } from '../support/github/github-app.js';
import { GithubDouble } from '../support/github/github-double.mjs';
import type { CommitSpec } from '../support/github/git-fixture.mjs';
import { gitFacts } from '../support/github/git-facts.js';
import { unlistable } from '../support/github/github-faults.mjs';
import { branchy, linear, long } from '../support/github/sample-histories.js';
import { temporaryFolder } from '../support/server.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

const LIMIT_MS = 120_000;

const commit = (at: string, content: string, more: Partial<CommitSpec> = {}): CommitSpec => ({
  at,
  files: { 'src/new.ts': content },
  ...more,
});

describe.each(await sqlTestTargets())('GitHub refreshes on $dialect', (target) => {
  let database: SqlTestDatabase;
  let double: GithubDouble;
  let app: GithubApp;
  const spent: string[] = [];

  beforeEach(async () => {
    double = await GithubDouble.start(temporaryFolder());
    database = await target.create();
  });

  afterEach(async () => {
    await app.close();
    expect(double.invalid).toEqual([]);
    expect(double.mostAtOnce).toBeLessThan(2);
    await double.stop();
    await database.drop();
  });

  afterAll(() => void process.stderr.write(`Points on ${target.dialect}:\n${spent.join('\n')}\n`));

  /** What a refresh costs. */
  async function refresh(name: string) {
    double.reset();
    const result = await app.refresh(LIMIT_MS);
    const asked = double.questions.map(({ operation }) => operation);
    const cost = {
      points: double.points,
      lists: asked.filter((operation) => operation.endsWith('Repositories')).length,
      pages: asked.filter((operation) => operation === 'History').length,
      clones: double.clones,
    };
    spent.push(`  ${name}: ${JSON.stringify(cost)}`);
    expect(result.job.pointsUsed).toBe(cost.points);
    return { ...result, cost, statuses: Object.fromEntries(result.items.map((item) => [item.name, item.status])) };
  }

  /** What was asked before a cancellation may still arrive, and would count for what comes next. */
  async function silence(): Promise<void> {
    for (let asked = -1; asked !== double.questions.length;) {
      asked = double.questions.length;
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
  }

  async function expectGitsFigures(name: string): Promise<void> {
    const repository = double.repositories.find((one) => one.name === name)!;
    const facts = await gitFacts(repository.git);
    expect((await app.shown())[name]).toMatchObject({
      commit_count: facts.commits,
      last_commit_date: facts.lastCommit,
      first_commit_date: facts.firstCommit,
      active_days: facts.activeDays,
      additions: facts.additions,
      deletions: facts.deletions,
      coding_time_min: facts.codingMinutes,
      loc: facts.loc,
    });
  }

  it(
    'should cost one point for fifty repositories and no download when nothing has changed',
    async () => {
      for (let i = 0; i < 60; i += 1) await double.addRepository(`r${i}`, linear(1, i));
      app = await startGithub(database, double);
      // Sixty downloads take long and show nothing more than one does.
      const count = jest.spyOn(app.module.get(LineCounterService), 'count');
      count.mockResolvedValue({ loc: 1, source: 'counted' });
      const first = await refresh('60 repositories of one commit, first time');
      expect(first.job.status).toBe('completed');
      expect(first.cost).toEqual({ points: 62, lists: 2, pages: 60, clones: 0 });
      expect(count).toHaveBeenCalledTimes(60);
      count.mockRestore();
      const again = await refresh('60 repositories, nothing changed');
      expect(again.cost).toEqual({ points: 2, lists: 2, pages: 0, clones: 0 });
      expect(new Set(Object.values(again.statuses))).toEqual(new Set(['unchanged']));
    },
    LIMIT_MS,
  );

  it(
    'should cost the list and one page after a push of three commits',
    async () => {
      const repository = await double.addRepository('web', linear(400));
      await double.addRepository('other', linear(3));
      app = await startGithub(database, double);
      await refresh('403 commits in 2 repositories, first time');
      await repository.git.commit([
        commit('2026-01-05T10:00:00Z', 'a\n'),
        commit('2026-01-05T10:10:00Z', 'a\nb\n'),
        commit('2026-01-06T10:00:00Z', 'c\n'),
      ]);
      const { cost, statuses } = await refresh('three commits pushed');
      expect(cost).toEqual({ points: 2, lists: 1, pages: 1, clones: 1 });
      expect(statuses).toEqual({ 'ann/web': 'updated', 'ann/other': 'unchanged' });
      await expectGitsFigures('web');
    },
    LIMIT_MS,
  );

  it(
    'should find the older commits that a merge brings',
    async () => {
      const repository = await double.addRepository('web', linear(200));
      app = await startGithub(database, double);
      await refresh('200 commits, first time');
      const [root = '', , third = ''] = (await repository.git.git('rev-list', '--reverse', 'HEAD')).split('\n');
      expect(root).not.toBe('');
      const head = repository.git.head();
      // Written long ago on a branch that begins at the third commit, and merged only now.
      const old = await repository.git.commit([
        commit('2025-03-01T09:30:00Z', 'old\n', { parents: [third], branch: 'old' }),
        commit('2025-03-01T09:31:00Z', 'older\n', { branch: 'old' }),
      ]);
      await repository.git.commit([commit('2026-01-05T10:00:00Z', 'older\n', { parents: [head!, old[1]!] })]);
      const { cost, statuses } = await refresh('merge of two commits older than 190 others');
      expect(statuses).toEqual({ 'ann/web': 'updated' });
      // All but the first commits are newer than those.
      expect(cost.pages).toBeGreaterThanOrEqual(4);
      await expectGitsFigures('web');
    },
    LIMIT_MS,
  );

  it(
    'should read a history anew that was rewritten, however',
    async () => {
      const repository = await double.addRepository('web', linear(120));
      app = await startGithub(database, double);
      await refresh('120 commits, first time');
      const parent = (await repository.git.git('rev-parse', 'HEAD~1')).trim();

      await repository.git.commit([commit('2026-01-05T10:00:00Z', 'amended\n', { parents: [parent] })]);
      expect((await refresh('last commit amended')).cost).toEqual({ points: 4, lists: 1, pages: 3, clones: 1 });
      await expectGitsFigures('web');

      // One goes, two come: as many as the count grew by are found at once, and yet it is no push.
      await repository.git.commit([
        commit('2026-01-06T10:00:00Z', 'one\n', { parents: [parent] }),
        commit('2026-01-06T11:00:00Z', 'two\n'),
      ]);
      await refresh('one commit replaced by two');
      await expectGitsFigures('web');

      await repository.git.forcePush((await repository.git.git('rev-parse', 'HEAD~40')).trim());
      await refresh('reset by forty commits');
      await expectGitsFigures('web');

      await repository.git.commit(linear(30, 99));
      await repository.git.commit([{ ...commit('2026-02-01T00:00:00Z', 'fresh\n'), parents: [] }]);
      await refresh('a new history of one commit');
      await expectGitsFigures('web');
    },
    LIMIT_MS,
  );

  it(
    'should equal git after any pushes, merges and force pushes',
    async () => {
      const repository = await double.addRepository('web', branchy(6));
      app = await startGithub(database, double);
      await app.refresh(LIMIT_MS);
      for (let round = 0; round < 6; round += 1) {
        const ids = (await repository.git.git('rev-list', 'HEAD')).trim().split('\n');
        const pick = (i: number) => ids[i % ids.length]!;
        const at = `2026-03-${String(round + 10)}T10:00:00Z`;
        const parents = [[pick(0), pick(round * 7 + 3)], [pick(round + 1)], [pick(0)]][round % 3]!;
        await repository.git.commit([commit(at, `round ${round}\n`, { parents: [...new Set(parents)] })]);
        const { job } = await app.refresh(LIMIT_MS);
        expect(job.errorMessage).toBeNull();
        await expectGitsFigures('web');
      }
    },
    LIMIT_MS,
  );

  it(
    'should show what is there: no forks, no empty ones, renamed ones once, gone ones no more',
    async () => {
      const renamed = await double.addRepository('old-name', linear(3));
      await double.addRepository('fork', linear(2), { isFork: true });
      await double.addRepository('empty');
      const gone = await double.addRepository('gone', linear(2));
      await double.addRepository('of-acme', linear(2), { owner: 'acme' });
      app = await startGithub(database, double);
      const first = await app.refresh(LIMIT_MS);
      expect(first.items.map(({ name, status, error }) => [name, status, error]).sort()).toEqual([
        ['ann/empty', 'skipped', 'The repository is empty'],
        ['ann/gone', 'updated', null],
        ['ann/old-name', 'updated', null],
      ]);
      expect(Object.keys(await app.shown())).toEqual(['gone', 'old-name']);

      renamed.name = 'new-name';
      double.removeRepository(gone);
      await app.refresh(LIMIT_MS);
      expect(Object.keys(await app.shown())).toEqual(['new-name']);

      double.repositories.push(gone);
      const back = await app.refresh(LIMIT_MS);
      expect(Object.keys(await app.shown())).toEqual(['gone', 'new-name']);
      expect(back.items.find(({ name }) => name === 'ann/gone')?.status).toBe('unchanged');
    },
    LIMIT_MS,
  );

  it(
    'should show forks and organizations where it is told to, and name one that is not there',
    async () => {
      await double.addRepository('own', linear(1));
      await double.addRepository('fork', linear(1), { isFork: true });
      await double.addRepository('of-acme', linear(1), { owner: 'acme' });
      app = await startGithub(database, double, { GITHUB_INCLUDE_FORKS: 'true', GITHUB_ORGS: 'acme,nowhere' });
      const { job, items } = await app.refresh(LIMIT_MS);
      expect(Object.keys(await app.shown())).toEqual(['fork', 'of-acme', 'own']);
      expect(job.status).toBe('partial');
      expect(items.filter(({ status }) => status === 'failed')).toMatchObject([{ name: 'organization nowhere' }]);
      expect((await app.projects.get('ACME/Of-Acme')).name).toBe('of-acme');
      await expect(app.projects.get('ann/of-acme')).rejects.toThrow('Project not found');
    },
    LIMIT_MS,
  );

  it(
    'should show what was deleted no more, also while an organization is not there',
    async () => {
      const gone = await double.addRepository('gone', linear(1));
      await double.addRepository('kept', linear(1));
      await double.addRepository('of-acme', linear(1), { owner: 'acme' });
      app = await startGithub(database, double, { GITHUB_ORGS: 'acme,nowhere' });
      await app.refresh(LIMIT_MS);
      double.removeRepository(gone);
      double.faults.push((request) =>
        request.kind === 'graphql' && request.variables.login === 'acme'
          ? { body: { data: null, errors: [{ type: 'FORBIDDEN', message: 'SAML' }] } }
          : undefined,
      );
      const { job } = await app.refresh(LIMIT_MS);
      expect(job.status).toBe('partial');
      expect(Object.keys(await app.shown())).toEqual(['kept', 'of-acme']);
    },
    LIMIT_MS,
  );

  it(
    'X3 should name a repository that cannot even be listed, keep what is stored of it, and read the others',
    async () => {
      const repositories = [];
      for (let i = 0; i < 9; i += 1) repositories.push(await double.addRepository(`r${i}`, linear(1, i)));
      app = await startGithub(database, double);
      const count = jest.spyOn(app.module.get(LineCounterService), 'count');
      count.mockResolvedValue({ loc: 1, source: 'counted' });
      await refresh('9 repositories');
      for (const { git } of repositories) await git.commit([commit('2026-01-05T10:00:00Z', 'a\n')]);
      double.reset();
      double.faults.push(unlistable(4));
      const { job, items } = await app.refresh(LIMIT_MS);
      expect(job.status).toBe('partial');
      expect(items.filter(({ status }) => status !== 'updated')).toMatchObject([{ name: 'ann/r4', status: 'failed' }]);
      const commits = Object.values(await app.shown()).map((one) => one.commit_count);
      expect(commits).toEqual([2, 2, 2, 2, 1, 2, 2, 2, 2]);
      const lists = double.questions.filter(({ operation }) => operation.endsWith('Repositories'));
      expect(lists.length).toBeLessThan(20);
    },
    LIMIT_MS,
  );

  it(
    'X3 should not take a repository for empty of which GitHub tells a part only',
    async () => {
      const [, second] = [
        await double.addRepository('one', linear(1)),
        await double.addRepository('two', linear(2)),
        await double.addRepository('three', linear(3)),
      ];
      app = await startGithub(database, double);
      await app.refresh(LIMIT_MS);
      const before = await app.shown();
      await second.git.commit([commit('2026-01-05T10:00:00Z', 'a\n')]);
      double.faults.push((request) =>
        request.kind === 'graphql' && request.operation === 'OwnRepositories'
          ? {
              change: (answer) => {
                answer.data.owner.repositories.nodes[1].defaultBranchRef = null;
                answer.data.owner.repositories.nodes[2] = null;
                answer.errors = [
                  { type: 'FORBIDDEN', path: ['owner', 'repositories', 'nodes', 1, 'defaultBranchRef'], message: 'x' },
                  { type: 'NOT_FOUND', path: ['owner', 'repositories', 'nodes', 2], message: 'x' },
                ];
              },
            }
          : undefined,
      );
      const { job, items } = await app.refresh(LIMIT_MS);
      expect(job.status).toBe('partial');
      expect(items).toMatchObject([
        { name: 'ann/one', status: 'unchanged' },
        { name: 'ann/two', status: 'failed' },
        { name: 'own repositories', status: 'failed' },
      ]);
      const after = await app.shown();
      expect(after).toEqual({ ...before, one: { ...before.one, refreshed_at: after.one?.refreshed_at } });
    },
    LIMIT_MS,
  );

  it(
    'should work where there is no limit of points, as on a server of GitHub Enterprise',
    async () => {
      const repository = await double.addRepository('web', linear(60));
      double.faults.push((request) =>
        request.kind === 'graphql' ? { change: (answer) => (answer.data.rateLimit = null) } : undefined,
      );
      app = await startGithub(database, double);
      const { job } = await app.refresh(LIMIT_MS);
      expect(job).toMatchObject({ status: 'completed', pointsUsed: 0, rateRemaining: null });
      await expectGitsFigures(repository.name);
    },
    LIMIT_MS,
  );

  it(
    'should answer with the refresh that is going on, and begin one among many that ask at once',
    async () => {
      await double.addRepository('web', linear(2));
      double.faults.push((request) => (request.kind === 'graphql' ? { delayMs: 300 } : undefined));
      app = await startGithub(database, double);
      const other = await startGithub(database, double);
      try {
        const jobs = await Promise.all([app, other, app, other, app].map(({ refreshes }) => refreshes.start()));
        expect(new Set(jobs.map(({ id }) => id)).size).toBe(1);
        const { job } = await app.until(jobs[0]!.id, (refresh) => refresh.job.completedAt !== null, LIMIT_MS);
        expect(job.status).toBe('completed');
        expect(await app.refreshes.list()).toHaveLength(1);
      } finally {
        await other.close();
      }
    },
    LIMIT_MS,
  );

  it(
    'should stop a refresh that is cancelled, keep what it read, and go on from there the next time',
    async () => {
      await double.addRepository('small', linear(2));
      await double.addRepository('large', long(2000));
      app = await startGithub(database, double);
      // One page of the small one and fifteen of forty of the large one, and then no answer before the cancellation.
      let asked = 0;
      double.faults.push((request) =>
        request.kind === 'graphql' && request.operation === 'History' && ++asked > 16 ? { wire: 'hang' } : undefined,
      );
      const { id } = await app.refreshes.start();
      await app.until(id, ({ job }) => job.repositoriesProcessed === 1 && job.currentShare > 300, LIMIT_MS);
      const cancelled = await app.refreshes.cancel(id);
      expect(cancelled.job).toMatchObject({ status: 'failed', errorMessage: 'Cancelled' });
      expect(cancelled.items).toMatchObject([
        { name: 'ann/small', status: 'updated' },
        { name: 'ann/large', status: 'failed', error: 'Cancelled' },
      ]);
      expect((await app.refreshes.cancel(id)).job).toMatchObject({ status: 'failed', errorMessage: 'Cancelled' });
      expect(Object.keys(await app.shown())).toEqual(['small']);
      await silence();
      const read = double.questions.filter(({ operation }) => operation === 'History').length;
      const { cost } = await refresh('after a cancelled refresh of 2,000 commits');
      expect(cost.pages).toBeLessThanOrEqual(40 - read + 2);
      await expectGitsFigures('large');
    },
    LIMIT_MS,
  );

  it(
    'X3 should refuse what a run writes that was overtaken by another',
    async () => {
      await double.addRepository('web', linear(2));
      app = await startGithub(database, double, { PROCESS_TYPE: 'api' });
      const { id } = await app.refreshes.start();
      const runner = app.module.get(RefreshRunnerService);
      const order = { jobId: id, signal: new AbortController().signal, keepAlive: async () => undefined };
      double.faults.push((request) => (request.kind === 'graphql' ? { delayMs: 500 } : undefined));
      const first = runner.run({ ...order, token: 1 });
      await new Promise((resolve) => setTimeout(resolve, 200));
      const second = runner.run({ ...order, token: 2 });
      expect(await Promise.all([first, second])).toEqual([{ kind: 'over' }, { kind: 'over' }]);
      expect(await runner.run({ ...order, token: 1 })).toEqual({ kind: 'over' });
      const { job, items } = await app.refreshes.get(id);
      expect([job.status, items.map(({ status }) => status)]).toEqual(['completed', ['updated']]);
      await expectGitsFigures('web');
    },
    LIMIT_MS,
  );

  it(
    'J5 should promise nothing that could not be queued',
    async () => {
      await double.addRepository('web', linear(2));
      app = await startGithub(database, double);
      const queue = app.module.get(JobQueue);
      const enqueue = jest.spyOn(queue, 'enqueue').mockRejectedValueOnce(new UnavailableError('The queue is away'));
      await expect(app.refreshes.start()).rejects.toThrow('The queue is away');
      enqueue.mockRestore();
      expect(await app.refreshes.list()).toEqual([]);
      expect((await app.refresh(LIMIT_MS)).job.status).toBe('completed');
    },
    LIMIT_MS,
  );

  it(
    'J6 should refresh by the schedule, once among three replicas, and not again after a restart',
    async () => {
      await double.addRepository('web', linear(2));
      const env = { GITHUB_SYNC_CRON: '17 3 * * *' };
      const replicas = await Promise.all([1, 2, 3].map(() => startGithub(database, double, env)));
      app = replicas[0]!;
      await app.until((await untilListed())[0]!.job.id, ({ job }) => job.completedAt !== null, LIMIT_MS);
      await Promise.all(replicas.map((one) => one.close()));
      app = await startGithub(database, double, env);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect((await app.refreshes.list()).map(({ job }) => job.status)).toEqual(['completed']);
    },
    LIMIT_MS,
  );

  async function untilListed(): Promise<Refresh[]> {
    const end = Date.now() + LIMIT_MS;
    for (;;) {
      const list = await app.refreshes.list();
      if (list.length > 0) return list;
      if (Date.now() > end) throw new Error('No refresh was begun');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('L1 should forget the keys of one user, and of all those from before a day', async () => {
    app = await startGithub(database, double);
    const keys = new RefreshKeysRepository(app.module.get(DataSource));
    const row = (id: string, userId: string, createdAt: number) => ({ id, userId, jobId: id, status: null, createdAt });
    for (const one of [row('a', 'ann', 1), row('b', 'ann', 2), row('c', 'bob', 3)])
      expect(await keys.claim(one, 0)).toEqual(one);
    expect(await keys.claim(row('a', 'ann', 9), 1)).toEqual(row('a', 'ann', 1));
    expect(await keys.claim(row('a', 'ann', 9), 2)).toEqual(row('a', 'ann', 9));
    expect(await keys.keepAnswer('a', 'first', 'queued')).toMatchObject({ jobId: 'first', status: 'queued' });
    expect(await keys.keepAnswer('a', 'second', 'running')).toMatchObject({ jobId: 'first', status: 'queued' });
    await keys.deleteOfUser('ann');
    expect(await keys.listOfUser('ann')).toEqual([]);
    expect(await keys.listOfUser('bob')).toHaveLength(1);
  });

  it('should not begin without a token', async () => {
    app = await startGithub(database, double, { GITHUB_ACCESS_TOKEN: '' });
    await expect(app.refreshes.start()).rejects.toThrow(GithubNotConfiguredError);
  });

  it(
    'should queue again what a crash left unqueued, and remove downloads that it left',
    async () => {
      await double.addRepository('web', linear(2));
      app = await startGithub(database, double, { PROCESS_TYPE: 'api' });
      const { id } = await app.refreshes.start();
      const { dataDir } = app;
      await app.close();
      const leftover = join(dataDir, 'tmp', 'github', 'repository-dead');
      mkdirSync(leftover, { recursive: true });
      writeFileSync(join(leftover, 'HEAD'), 'x');
      const dataSource = await database.connect([]);
      await dataSource.query('DELETE FROM jobs');
      app = await startGithub(database, double, { DATA_DIR: dataDir });
      const { job } = await app.until(id, (refresh) => refresh.job.completedAt !== null, LIMIT_MS);
      expect(job.status).toBe('completed');
      const left = join(dataDir, 'tmp', 'github');
      expect(existsSync(left) ? readdirSync(left) : []).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'X3 should go on where it was when another process takes over',
    async () => {
      await double.addRepository('large', long(1500));
      await double.addRepository('small', linear(2));
      app = await startGithub(database, double);
      double.faults.push((request) =>
        request.kind === 'graphql' && request.operation === 'History' ? { delayMs: 40 } : undefined,
      );
      const { id } = await app.refreshes.start();
      await app.until(id, ({ job }) => job.repositoriesProcessed === 1 && job.currentShare > 300, LIMIT_MS);
      await app.close();
      double.faults = [];
      app = await startGithub(database, double);
      const { job, items } = await app.until(id, (refresh) => refresh.job.completedAt !== null, LIMIT_MS);
      expect([job.status, items.map(({ status }) => status)]).toEqual(['completed', ['updated', 'updated']]);
      const pages = double.questions.filter(({ operation }) => operation === 'History').length;
      // 30 pages, one more for the small one, and at most one that was asked twice.
      expect(pages).toBeLessThanOrEqual(32);
      expect(double.questions.filter(({ operation }) => operation === 'OwnRepositories')).toHaveLength(1);
      await expectGitsFigures('large');
    },
    LIMIT_MS,
  );
});
