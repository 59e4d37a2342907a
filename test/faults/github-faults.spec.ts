import { startGithub, type GithubApp } from '../support/github/github-app.js';
import { DOUBLE_TOKEN, GithubDouble } from '../support/github/github-double.mjs';
import {
  answers,
  brokenRepository,
  gitAnswers,
  pagesUpTo,
  rateLimited,
  revokedAfter,
  secondaryLimit,
} from '../support/github/github-faults.mjs';
import { gitFacts } from '../support/github/git-facts.js';
import { linear } from '../support/github/sample-histories.js';
import { JobQueue } from '../../src/infra/jobs/job-queue.js';
import { REFRESH_KIND, type Refresh } from '../../src/modules/github/refresh/refresh.service.js';
import { temporaryFolder } from '../support/server.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

const LIMIT_MS = 120_000;
const COMMITS = 130;

const targets = await sqlTestTargets();

describe.each(targets)('GitHub when it does not answer as it should, on $dialect', (target) => {
  let database: SqlTestDatabase;
  let double: GithubDouble;
  let app: GithubApp;
  let web: Awaited<ReturnType<GithubDouble['addRepository']>>;
  const outcomes: string[] = [];

  beforeEach(async () => {
    double = await GithubDouble.start(temporaryFolder());
    web = await double.addRepository('web', linear(COMMITS));
    await double.addRepository('small', linear(3, 5));
    database = await target.create();
    app = await startGithub(database, double, { GITHUB_TIMEOUT_MS: '4000' });
  });

  afterEach(async () => {
    await app.close();
    await double.stop();
    await database.drop();
  });

  afterAll(() => void process.stderr.write(`Faults on ${target.dialect}:\n${outcomes.join('\n')}\n`));

  function tell({ job, items }: Refresh): void {
    const name = expect.getState().currentTestName?.split(' on ').at(-1);
    const list = items.map((item) => `${item.name} ${item.status}`).join(', ');
    outcomes.push(
      `  ${name}: ${job.status} (${list}) ${job.errorMessage ?? ''} [${double.questions.length} questions]`,
    );
  }

  async function expectGitsFigures(): Promise<void> {
    const facts = await gitFacts(web.git);
    expect((await app.shown()).web).toMatchObject({
      commit_count: facts.commits,
      additions: facts.additions,
      deletions: facts.deletions,
      active_days: facts.activeDays,
      churn_complete: true,
    });
  }

  /** Runs a refresh to its end; pauses that GitHub gave no end for are cut short. */
  async function refreshWithoutPauses(): Promise<Refresh> {
    const { id } = await app.refreshes.start();
    const queue = app.module.get(JobQueue);
    for (;;) {
      const refresh = await app.until(id, ({ job }) => job.completedAt !== null || job.pausedUntil !== null, LIMIT_MS);
      if (refresh.job.completedAt !== null) return refresh;
      await queue.runNow(REFRESH_KIND, id);
      await app.until(id, ({ job }) => job.pausedUntil === null || job.completedAt !== null, LIMIT_MS);
    }
  }

  it.each(['RATE_LIMITED', 'RATE_LIMIT'] as const)(
    'should pause until the reset at %s, and go on',
    async (type) => {
      const limit = rateLimited(type, 10_000, 2);
      double.faults.push(limit.fault);
      const { id } = await app.refreshes.start();
      const paused = await app.until(id, ({ job }) => job.pausedUntil !== null, LIMIT_MS);
      expect(paused.job).toMatchObject({ status: 'running', pausedUntil: limit.resetAt() + 1000 });
      const done = await app.until(id, ({ job }) => job.completedAt !== null, LIMIT_MS);
      expect(done.job.status).toBe('completed');
      expect(done.job.pausedUntil).toBeNull();
      await expectGitsFigures();
      tell(done);
    },
    LIMIT_MS,
  );

  it(
    'should leave a part of the points to others, tell what is left, and go on after the reset',
    async () => {
      double.limit = 4;
      double.remaining = 4;
      double.resetAt = Date.now() + 20_000;
      double.periodMs = 20_000;
      const { id } = await app.refreshes.start();
      const paused = await app.until(id, ({ job }) => job.pausedUntil !== null, LIMIT_MS);
      // One of four is left.
      expect(paused.job.rateRemaining).toBe(1);
      expect(paused.job.pausedUntil! - double.resetAt).toBeLessThanOrEqual(2000);
      double.limit = 5000;
      const done = await app.until(id, ({ job }) => job.completedAt !== null, LIMIT_MS);
      expect(done.job.status).toBe('completed');
      expect(double.questions.every(({ points }) => points > 0)).toBe(true);
      await expectGitsFigures();
      tell(done);
    },
    LIMIT_MS,
  );

  it(
    'X1 should wait as long as a secondary limit says',
    async () => {
      double.faults.push(secondaryLimit(10, { after: 1 }));
      const { id } = await app.refreshes.start();
      const { job } = await app.until(id, (refresh) => refresh.job.pausedUntil !== null, LIMIT_MS);
      const seconds = (job.pausedUntil! - Date.now()) / 1000;
      expect(seconds).toBeLessThanOrEqual(10);
      const done = await app.until(id, (refresh) => refresh.job.completedAt !== null, LIMIT_MS);
      expect(done.job.status).toBe('completed');
      const [before, limited, after] = double.questions.map(({ at }) => at);
      expect(before! <= limited!).toBe(true);
      expect(after! - limited!).toBeGreaterThanOrEqual(9900);
      tell(done);
    },
    LIMIT_MS,
  );

  it.each([
    ['502 whatever is asked', { status: 502, body: 'Bad Gateway' }],
    ['nonsense', { body: { data: { rateLimit: null, node: { object: { history: 7 } } } } }],
    ['FORBIDDEN', { body: { data: null, errors: [{ type: 'FORBIDDEN', message: 'SAML enforcement <secret text>' }] } }],
    ['a commit that is gone', { body: { data: { rateLimit: null, node: { object: null } } } }],
  ])(
    'X3 should not let one broken repository (%s) spoil the others',
    async (_, answer) => {
      double.faults.push(brokenRepository(web.id, answer));
      const done = await refreshWithoutPauses();
      expect(done.job.status).toBe('partial');
      const item = done.items.find(({ name }) => name === 'ann/web');
      expect(item?.status).toBe('failed');
      expect(item?.error).toBeTruthy();
      expect(done.job.errorMessage).toContain('ann/web');
      expect(done.job.errorMessage).not.toContain('secret text');
      expect(Object.keys(await app.shown())).toEqual(['small']);
      double.faults = [];
      expect((await app.refresh(LIMIT_MS)).job.status).toBe('completed');
      await expectGitsFigures();
      tell(done);
    },
    LIMIT_MS,
  );

  it(
    'X3 should make nothing worse that is stored',
    async () => {
      await app.refresh(LIMIT_MS);
      const before = await app.shown();
      await web.git.commit(linear(5, 77));
      double.faults.push(brokenRepository(web.id, { status: 502, body: 'x' }), gitAnswers({ status: 500, body: 'x' }));
      const done = await refreshWithoutPauses();
      expect(done.job.status).toBe('partial');
      const after = await app.shown();
      expect(after.web).toEqual({ ...before.web, repository_size_kb: after.web?.repository_size_kb });
      expect(after.small).toEqual({ ...before.small, refreshed_at: after.small?.refreshed_at });
      tell(done);
    },
    LIMIT_MS,
  );

  it(
    'should never put an estimate in place of lines that were counted',
    async () => {
      await app.refresh(LIMIT_MS);
      const { loc } = (await app.shown()).web!;
      await web.git.commit(linear(5, 78));
      double.faults.push(gitAnswers({ status: 500, body: 'x' }, '/ann/web.git'));
      const done = await app.refresh(LIMIT_MS);
      expect(done.items.find(({ name }) => name === 'ann/web')).toMatchObject({
        status: 'partial',
        error: 'The lines were not counted: git could not download the repository',
      });
      expect((await app.shown()).web).toMatchObject({ loc, loc_source: 'counted', commit_count: COMMITS + 5 });
      double.faults = [];
      await app.refresh(LIMIT_MS);
      expect((await app.shown()).web).toMatchObject({ loc: (await gitFacts(web.git)).loc, loc_source: 'counted' });
      tell(done);
    },
    LIMIT_MS,
  );

  it(
    'J4 should not hold a worker while GitHub is silent, and give up in the end',
    async () => {
      double.faults.push(answers(Infinity, { wire: 'reset' }));
      const { id } = await app.refreshes.start();
      const queue = app.module.get(JobQueue);
      let pauses = 0;
      for (;;) {
        const { job } = await app.until(
          id,
          (one) => one.job.pausedUntil !== null || one.job.completedAt !== null,
          LIMIT_MS,
        );
        if (job.completedAt !== null) {
          expect(job).toMatchObject({ status: 'failed', errorMessage: expect.stringMatching(/reached|answer/) });
          break;
        }
        pauses += 1;
        expect((await queue.find(REFRESH_KIND, id))?.state).toBe('queued');
        await queue.runNow(REFRESH_KIND, id);
        await app.until(id, (one) => one.job.pausedUntil !== job.pausedUntil || one.job.completedAt !== null, LIMIT_MS);
      }
      expect(pauses).toBe(12);
      tell(await app.refreshes.get(id));
    },
    LIMIT_MS,
  );

  // What is made of these answers is the same whichever database keeps it.
  if (target !== targets[0]) return;

  it.each([403, 429])(
    'should wait a minute, and twice as long each time, where a limit (%i) says nothing',
    async (status) => {
      double.faults.push(secondaryLimit(undefined, { times: 3, status }));
      const { id } = await app.refreshes.start();
      const queue = app.module.get(JobQueue);
      for (const expected of [60, 120, 240]) {
        const { job } = await app.until(id, (refresh) => refresh.job.pausedUntil !== null, LIMIT_MS);
        const seconds = (job.pausedUntil! - Date.now()) / 1000;
        expect(seconds).toBeGreaterThan(expected - 10);
        expect(seconds).toBeLessThanOrEqual(expected);
        await queue.runNow(REFRESH_KIND, id);
        await app.until(id, (refresh) => refresh.job.pausedUntil !== job.pausedUntil, LIMIT_MS);
      }
      const done = await app.until(id, (refresh) => refresh.job.completedAt !== null, LIMIT_MS);
      expect(done.job.status).toBe('completed');
      tell(done);
    },
    LIMIT_MS,
  );

  it.each(['502', 'nulls', 'wrong'] as const)(
    'should ask for less until GitHub can do it (%s)',
    async (how) => {
      double.faults.push(pagesUpTo(12, how));
      const done = await app.refresh(LIMIT_MS);
      expect(done.job.status).toBe('completed');
      await expectGitsFigures();
      expect(double.questions.length).toBeLessThan(35);
      tell(done);
    },
    LIMIT_MS,
  );

  it(
    'should ask for less where answers are too slow',
    async () => {
      // More than half a page: what grows again from a half stays below.
      double.faults.push((request) =>
        request.kind === 'graphql' && request.operation === 'History' && request.variables.first > 40
          ? { wire: 'hang' }
          : undefined,
      );
      const done = await app.refresh(LIMIT_MS);
      expect(done.job.status).toBe('completed');
      await expectGitsFigures();
      tell(done);
    },
    LIMIT_MS,
  );

  it(
    'should give up churn, and say so, where it is what GitHub cannot do',
    async () => {
      double.faults.push(pagesUpTo(0, '502', { repositoryId: web.id, onlyWithChurn: true }));
      const done = await app.refresh(LIMIT_MS);
      expect(done.job.status).toBe('completed');
      const { web: project, small } = await app.shown();
      const facts = await gitFacts(web.git);
      expect(project).toMatchObject({
        commit_count: facts.commits,
        active_days: facts.activeDays,
        churn_complete: false,
        code_churn: 0,
      });
      expect(small).toMatchObject({ churn_complete: true });
      tell(done);
    },
    LIMIT_MS,
  );

  it(
    'should leave out the churn of one commit that is too much, not of all',
    async () => {
      // The newest commit: as the first of a page it can only be asked for without churn.
      double.faults.push((request) =>
        request.kind === 'graphql' &&
        request.operation === 'History' &&
        request.variables.id === web.id &&
        request.variables.after === null &&
        request.variables.withChurn === true
          ? { status: 502, body: 'Bad Gateway' }
          : undefined,
      );
      const done = await app.refresh(LIMIT_MS);
      const facts = await gitFacts(web.git);
      const [line = ''] = (await web.git.git('log', '-1', '--numstat', '--format=')).trim().split('\n');
      const project = (await app.shown()).web!;
      expect(project.churn_complete).toBe(false);
      expect(project.additions).toBeLessThan(facts.additions);
      expect(project.additions).toBeGreaterThanOrEqual(facts.additions - Number(line.split('\t')[0]) - 100);
      tell(done);
    },
    LIMIT_MS,
  );

  it.each([
    ['an HTML page at 200', { body: '<html>Unicorn!</html>' }],
    ['truncated JSON', { body: { data: { rateLimit: {} } }, wire: 'truncate' as const }],
    ['a reset', { wire: 'reset' as const }],
    ['a 500', { status: 500, body: 'oops' }],
    ['a 503 page', { status: 503, body: '<html>busy</html>' }],
    ['JSON of another form', { body: { data: { rateLimit: 5, owner: { repositories: 'x' } } } }],
  ])(
    'X1 should bear %s now and then',
    async (_, answer) => {
      double.faults.push(answers(1, answer), answers(2, answer, { operation: 'History', after: 1 }));
      const done = await app.refresh(LIMIT_MS);
      expect(done.job.status).toBe('completed');
      await expectGitsFigures();
      tell(done);
    },
    LIMIT_MS,
  );

  it(
    'X1 should bear an answer without end',
    async () => {
      double.faults.push(answers(1, { wire: 'endless', body: '{"data":' }, { operation: 'History' }));
      const done = await app.refresh(LIMIT_MS);
      expect(done.job.status).toBe('completed');
      await expectGitsFigures();
      tell(done);
    },
    LIMIT_MS,
  );

  it(
    'should estimate lines that could never be counted',
    async () => {
      double.faults.push(gitAnswers({ status: 500, body: 'x' }, '/ann/web.git'));
      await app.refresh(LIMIT_MS);
      const { loc, loc_source: source } = (await app.shown()).web!;
      const languages = await web.languages(web.git.head()!);
      const expected = languages.reduce((sum, { name, size }) => sum + size / (name === 'Python' ? 45 : 36), 0);
      expect([loc, source]).toEqual([Math.round(expected), 'estimated']);
    },
    LIMIT_MS,
  );

  it(
    'should end at once when the token is revoked, keep what it read, and never show the token',
    async () => {
      double.faults.push(revokedAfter(3));
      const done = await app.refresh(LIMIT_MS);
      expect(done.job.status).toBe('failed');
      expect(done.job.errorMessage).toContain('GITHUB_ACCESS_TOKEN');
      expect(JSON.stringify(done)).not.toContain(DOUBLE_TOKEN);
      expect(Object.keys(await app.shown())).toEqual(['small']);
      expect(double.questions).toHaveLength(4);
      double.faults = [];
      expect((await app.refresh(LIMIT_MS)).job.status).toBe('completed');
      await expectGitsFigures();
      tell(done);
    },
    LIMIT_MS,
  );

  it(
    'should stop within seconds while GitHub is silent',
    async () => {
      double.faults.push(answers(Infinity, { wire: 'hang' }));
      await app.refreshes.start();
      await new Promise((resolve) => setTimeout(resolve, 300));
      const began = Date.now();
      await app.close();
      expect(Date.now() - began).toBeLessThan(10_000);
      app = await startGithub(database, double);
    },
    LIMIT_MS,
  );
});
