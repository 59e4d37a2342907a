import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { strFromU8, unzipSync } from 'fflate';
import type { DataSource } from 'typeorm';
import { ApiClient } from '../support/api-client.js';
import { gitFacts } from '../support/github/git-facts.js';
import { DOUBLE_TOKEN, GithubDouble } from '../support/github/github-double.mjs';
import { brokenRepository, secondaryLimit } from '../support/github/github-faults.mjs';
import { branchy, linear, long } from '../support/github/sample-histories.js';
import { ServerProcess, temporaryFolder } from '../support/server.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

const LIMIT_MS = 240_000;
const CREDENTIALS = Buffer.from(`x-access-token:${DOUBLE_TOKEN}`).toString('base64');

const PROJECT_FIELDS = {
  name: expect.any(String),
  time_spent: expect.stringMatching(/^\d+m$/),
  loc: expect.any(Number),
  commits: expect.any(Number),
  active_days: expect.any(Number),
  last_finished: expect.stringMatching(/^\d\d\/\d\d\/\d{4}, \d\d:\d\d:\d\d [AP]M$/),
  code_churn: expect.any(Number),
  primary_language: expect.any(String),
  repository_size_kb: expect.stringMatching(/^\d+\.\d$/),
  time_spent_min: expect.any(Number),
  commit_count: expect.any(Number),
  last_commit_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  first_commit_date: expect.stringMatching(/Z$/),
  coding_time_min: expect.any(Number),
  loc_source: 'counted',
  additions: expect.any(Number),
  deletions: expect.any(Number),
  churn_complete: true,
  html_url: expect.stringMatching(/^https:/),
  private: expect.any(Boolean),
  owner: 'ann',
  refreshed_at: expect.stringMatching(/Z$/),
};

async function startServer(
  double: GithubDouble,
  database: SqlTestDatabase | null,
  env: Record<string, string> = {},
  dataDir?: string,
) {
  return ServerProcess.start({
    dataDir,
    env: {
      RATE_LIMIT_ENABLED: 'false',
      LOG_LEVEL: 'debug',
      GITHUB_ACCESS_TOKEN: double.token,
      GITHUB_API_URL: double.url,
      GITHUB_SYNC_CRON: 'off',
      ...(database?.config.dialect === 'postgres' && { DATABASE_URL: database.config.location }),
      ...env,
    },
  });
}

async function untilOver(client: ApiClient, id: string, limitMs = LIMIT_MS): Promise<any> {
  const end = Date.now() + limitMs;
  for (;;) {
    const { status, body } = await client.get(`/api/github/refresh/status/${id}`);
    expect(status).toBe(200);
    if (body.completed_at !== null) return body;
    if (Date.now() > end) throw new Error(`Still ${JSON.stringify(body)}`);
    await sleep(100);
  }
}

describe.each(await sqlTestTargets())('the GitHub dashboard over HTTP, on $dialect', (target) => {
  let double: GithubDouble;
  let database: SqlTestDatabase;
  let store: DataSource;
  let server: ServerProcess;
  let api: ApiClient;
  let admin: ApiClient;
  const replies: string[] = [];

  beforeAll(async () => {
    double = await GithubDouble.start(temporaryFolder());
    await double.addRepository('web', linear(60));
    await double.addRepository('tool', branchy(4), { isPrivate: true });
    await double.addRepository('nothing');
    database = await target.create();
    server = await startServer(double, database);
    store = await database.connect([]);
    api = new ApiClient(server.url);
    admin = (await api.register('admin')).client;
  }, LIMIT_MS);

  afterAll(async () => {
    expect(await server.stop()).toBe(0);
    await double.stop();
    await database.drop();
  });

  it('should answer with nothing, in the old shapes, before the first refresh', async () => {
    expect((await admin.get('/api/github/projects')).body).toEqual([]);
    expect((await admin.get('/api/github/refresh/jobs')).body).toEqual([]);
    const { body } = await admin.get('/api/github/metrics');
    expect(body).toMatchObject({
      total_projects: 0,
      project_with_most_loc: null,
      most_common_language: null,
      languages_breakdown: {},
    });
  });

  it(
    'should start a refresh at once, show how far it is, and tell what became of each repository',
    async () => {
      const { status, body } = await admin.post('/api/github/refresh');
      expect([status, body]).toEqual([
        202,
        {
          message: 'Refresh job started',
          job_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          status: 'queued',
          check_status_url: `/api/github/refresh/status/${body.job_id}`,
        },
      ]);
      const job = await untilOver(admin, body.job_id);
      expect(job).toEqual({
        id: body.job_id,
        status: 'completed',
        started_at: expect.stringMatching(/Z$/),
        completed_at: expect.stringMatching(/Z$/),
        error_message: null,
        repositories_processed: 3,
        total_repositories: 3,
        progress: 100,
        repositories: [
          { name: 'ann/nothing', status: 'skipped', error: 'The repository is empty' },
          { name: 'ann/tool', status: 'updated', error: null },
          { name: 'ann/web', status: 'updated', error: null },
        ],
        rate_limit: { remaining: expect.any(Number), reset_at: expect.stringMatching(/Z$/), used: 4 },
        paused_until: null,
      });
      expect((await admin.get('/api/github/refresh/jobs')).body).toEqual([job]);
    },
    LIMIT_MS,
  );

  it('should show projects as the old dashboards read them, and the exact values beside', async () => {
    const { body } = await admin.get('/api/github/projects');
    expect(body).toEqual([PROJECT_FIELDS, PROJECT_FIELDS]);
    const dates = body.map((project: any) => project.last_commit_date);
    expect(dates).toEqual([...dates].sort().reverse());
    const web = (await admin.get('/api/github/project/web')).body;
    expect(web.commits).toBe((await gitFacts(double.repositories[0]!.git)).commits);
    expect(web.time_spent).toBe(`${web.time_spent_min}m`);
    expect((await admin.get('/api/github/project/WEB')).body).toEqual(web);
    expect((await admin.get('/api/github/project/ann%2Fweb')).body).toEqual(web);
    expect(
      (await admin.get('/api/github/projects?sort=name&language=typescript')).body.map((one: any) => one.name),
    ).toEqual(['tool', 'web']);
    expect((await admin.get('/api/github/projects?language=COBOL')).body).toEqual([]);
    replies.push(JSON.stringify(body));
  });

  it(
    'should answer old names with the same bodies',
    async () => {
      for (const [old, now] of [
        ['/api/projects', '/api/github/projects'],
        ['/api/metrics', '/api/github/metrics'],
      ] as const) {
        expect((await admin.get(old)).body).toEqual((await admin.get(now)).body);
      }
      const { status, body } = await admin.post('/api/refresh', {});
      expect([status, body.message]).toEqual([202, 'Refresh job started']);
      await untilOver(admin, body.job_id);
    },
    LIMIT_MS,
  );

  it('should fill days without commits with zeros', async () => {
    const { body } = await admin.get('/api/github/project/web/activity?days=3');
    expect(body.map(({ date }: { date: string }) => date)).toHaveLength(3);
    expect(body[2].date).toBe(new Date().toISOString().slice(0, 10));
    expect(body[0]).toEqual({ date: body[0].date, commits: 0, additions: 0, deletions: 0 });
    expect((await admin.get('/api/github/project/web/activity')).body).toHaveLength(365);
    expect((await admin.get('/api/github/project/web/activity?days=99999999')).body).toHaveLength(3660);
  });

  it('should answer what is not there and what is wrong with the old sentences', async () => {
    const unknown = await admin.get('/api/github/project/nope');
    expect([unknown.status, unknown.body.error]).toEqual([404, 'Project not found']);
    expect((await admin.get('/api/github/project/nope/activity')).status).toBe(404);
    const job = await admin.get('/api/github/refresh/status/nope');
    expect([job.status, job.body.error]).toEqual([404, 'Job not found']);
    expect((await admin.get('/api/github/refresh/status/nope/events')).body.error).toBe('Job not found');
    expect((await admin.delete('/api/github/refresh/jobs/nope')).body.error).toBe('Job not found');
    const bad = await admin.get('/api/github/projects?sort=colour');
    expect([bad.status, bad.body.error, typeof bad.body.details]).toEqual([
      400,
      expect.stringContaining('sort'),
      'string',
    ]);
    expect((await admin.get('/api/github/project/web/activity?days=-1')).status).toBe(400);
  });

  it(
    'should be read by administrators and those to whom they granted it, and refreshed by administrators',
    async () => {
      const { client: plain } = await api.register('plain');
      const { client: granted, user } = await api.register('granted');
      expect((await admin.patch(`/api/admin/users/${user.id}`, { grants: ['github'] })).status).toBe(200);
      const key = async (client: ApiClient, scope: string) =>
        (await client.post('/api/auth/api-keys', { name: scope, scopes: [scope] })).body.key as string;
      const job = (await admin.get('/api/github/refresh/jobs')).body[0].id;
      const reads = [
        '/api/github/projects',
        '/api/projects',
        '/api/github/metrics',
        '/api/metrics',
        '/api/github/project/web',
        '/api/github/project/web/activity',
        '/api/github/refresh/jobs',
        `/api/github/refresh/status/${job}`,
        `/api/github/refresh/status/${job}/events`,
      ];
      const adminKey = await key(admin, 'admin');
      const callers: [string, object, number, number][] = [
        ['nobody', {}, 401, 401],
        ['a user', { token: tokenOf(plain) }, 403, 403],
        ['a user with the grant', { token: tokenOf(granted) }, 200, 403],
        ['a read key of that user', { apiKey: await key(granted, 'read') }, 200, 403],
        ['an ingest key of that user', { apiKey: await key(granted, 'ingest') }, 403, 403],
        ['a read key of a user', { apiKey: await key(plain, 'read') }, 403, 403],
        ['a read key of an administrator', { apiKey: await key(admin, 'read') }, 200, 403],
        ['an admin key of an administrator', { apiKey: adminKey }, 200, 202],
      ];
      for (const [name, caller, read, write] of callers) {
        for (const path of reads)
          expect([name, path, (await api.get(path, caller)).status]).toEqual([name, path, read]);
        const { status, body } = await api.post('/api/github/refresh', {}, caller);
        expect([name, status]).toEqual([name, write]);
        expect([name, (await api.delete(`/api/github/refresh/jobs/${job}`, undefined, caller)).status]).toEqual([
          name,
          write === 202 ? 200 : write,
        ]);
        if (status === 202) await untilOver(admin, body.job_id);
      }
      const refused = await plain.get('/api/github/projects');
      expect(refused.body.error).toContain("'github'");
    },
    LIMIT_MS,
  );

  it(
    'should tell of a refresh as server-sent events to its end',
    async () => {
      double.faults = [(request) => (request.kind === 'graphql' ? { delayMs: 700 } : undefined)];
      await double.repositories[0]!.git.commit(linear(3, 5));
      const { body } = await admin.post('/api/github/refresh');
      const response = await fetch(`${server.url}/api/github/refresh/status/${body.job_id}/events`, {
        headers: { authorization: `Bearer ${tokenOf(admin)}` },
      });
      expect(response.headers.get('content-type')).toBe('text/event-stream');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('cache-control')).toContain('no-store');
      const text = await response.text();
      const messages = text.split('\n\n').filter((block) => block.includes('data: {"id"'));
      const states = messages.map((block) => JSON.parse(block.slice(block.indexOf('data: ') + 6)));
      expect(states.length).toBeGreaterThan(1);
      expect(['queued', 'running']).toContain(states[0].status);
      expect(states.at(-1)).toEqual((await admin.get(body.check_status_url)).body);
      expect(states.at(-1).status).toBe('completed');
      expect(text).toMatch(/event: end\n(?:id: \d+\n)?data: \{\}\n\n$/);
      double.faults = [];
    },
    LIMIT_MS,
  );

  it(
    'should cancel a refresh',
    async () => {
      double.faults = [(request) => (request.kind === 'graphql' ? { delayMs: 10_000 } : undefined)];
      const { body } = await admin.post('/api/github/refresh');
      const cancelled = await admin.delete(`/api/github/refresh/jobs/${body.job_id}`);
      expect([cancelled.status, cancelled.body.status, cancelled.body.error_message]).toEqual([
        200,
        'failed',
        'Cancelled',
      ]);
      double.faults = [];
      const next = (await admin.post('/api/github/refresh')).body;
      expect(next.job_id).not.toBe(body.job_id);
      expect((await untilOver(admin, next.job_id)).status).toBe('completed');
      expect(
        (await admin.get('/api/github/refresh/jobs')).body.map(({ id }: { id: string }) => id).slice(0, 2),
      ).toEqual([next.job_id, body.job_id]);
    },
    LIMIT_MS,
  );

  it(
    'D7 should begin one refresh for one Idempotency-Key, however often it is asked',
    async () => {
      const ask = (key: string) =>
        admin.post('/api/github/refresh', undefined, { headers: { 'idempotency-key': key } });
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask('nightly')));
      const { body } = answers[0]!;
      for (const answer of answers) expect([answer.status, answer.body]).toEqual([202, body]);
      await untilOver(admin, body.job_id);
      const again = await ask('nightly');
      expect([again.status, again.body, again.headers.get('idempotency-replayed')]).toEqual([202, body, 'true']);
      const next = await ask('another');
      expect([next.status, next.headers.get('idempotency-replayed')]).toEqual([202, null]);
      expect(next.body.job_id).not.toBe(body.job_id);
      await untilOver(admin, next.body.job_id);
      const bad = await ask('x'.repeat(256));
      expect([bad.status, bad.body.error]).toEqual([400, expect.stringContaining('Idempotency-Key')]);
    },
    LIMIT_MS,
  );

  it(
    'L2 should hand out with an account what it asked for',
    async () => {
      const key = { headers: { 'idempotency-key': 'mine' } };
      const { body } = await admin.post('/api/github/refresh', undefined, key);
      await untilOver(admin, body.job_id);
      const archive = await fetch(`${server.url}/api/auth/export`, {
        headers: { authorization: `Bearer ${tokenOf(admin)}` },
      });
      const files = unzipSync(new Uint8Array(await archive.arrayBuffer()));
      expect(strFromU8(files['github-refresh-requests.ndjson']!)).toContain(body.job_id);
    },
    LIMIT_MS,
  );

  it('should show its syncs among the metrics', async () => {
    const { text } = await admin.get('/api/v1/metrics');
    expect(text).toMatch(/almanac_sync_runs_total\{provider="github",outcome="completed"\} [1-9]/);
    expect(text).toMatch(/almanac_sync_runs_total\{provider="github",outcome="cancelled"\} [1-9]/);
    const [, at] = /almanac_sync_last_success_timestamp_seconds\{provider="github"\} ([\d.e+]+)/.exec(text) ?? [];
    expect(Math.abs(Number(at) * 1000 - Date.now())).toBeLessThan(LIMIT_MS);
  });

  it('S2 should keep the token out of logs, answers and the database', async () => {
    for (const path of ['/api/github/projects', '/api/github/refresh/jobs', '/api/v1/metrics', '/health/ready'])
      replies.push((await admin.get(path)).text);
    const stored = target.dialect === 'sqlite' ? filesOf(server.dataDir) : await everythingStored(store);
    for (const secret of [DOUBLE_TOKEN, CREDENTIALS]) {
      expect(server.logs.includes(secret)).toBe(false);
      expect(replies.join().includes(secret)).toBe(false);
      expect(stored.includes(secret)).toBe(false);
    }
    // It is what was searched for in: the names of repositories are there.
    expect(stored).toContain('ann/web');
    expect(server.logs.split('\n').filter((line) => /"level":"(?:error|fatal)"/.test(line))).toEqual([]);
  });
});

function tokenOf(client: ApiClient): string {
  return (client as unknown as { token: string }).token;
}

/** All bytes below a folder. */
function filesOf(folder: string): string {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');
}

async function everythingStored(dataSource: DataSource): Promise<string> {
  const tables: { tablename: string }[] = await dataSource.query(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
  );
  const rows = await Promise.all(tables.map(({ tablename }) => dataSource.query(`SELECT * FROM "${tablename}"`)));
  return JSON.stringify(rows);
}

describe('the GitHub dashboard without a token', () => {
  it('should say so as the old server did, also in open mode, where reading is free', async () => {
    const server = await ServerProcess.start({ env: { AUTH_MODE: 'open', RATE_LIMIT_ENABLED: 'false' } });
    try {
      const api = new ApiClient(server.url);
      for (const path of ['/api/github/refresh', '/api/refresh']) {
        const { status, body } = await api.post(path);
        expect([status, body.error, body.details]).toEqual([400, 'GitHub not configured', 'Set GITHUB_ACCESS_TOKEN']);
      }
      for (const path of ['/api/projects', '/api/metrics', '/api/github/projects', '/api/github/refresh/jobs']) {
        expect([path, (await api.get(path)).status]).toEqual([path, 200]);
      }
    } finally {
      await server.stop();
    }
  });
});

describe('a refresh whose server is killed', () => {
  it(
    'J1 D7 should be done once, whenever the server dies, with figures that equal those of git',
    async () => {
      const double = await GithubDouble.start(temporaryFolder());
      for (let i = 0; i < 6; i += 1) await double.addRepository(`r${i}`, linear(20 + i, i));
      const large = await double.addRepository('large', long(1200));
      double.faults = [(request) => (request.kind === 'graphql' ? { delayMs: 60 } : undefined)];
      const dataDir = temporaryFolder();
      let server = await startServer(double, null, {}, dataDir);
      const { client, accessToken } = await new ApiClient(server.url).register('admin');
      const headers = { 'idempotency-key': 'nightly' };
      const { body } = await client.post('/api/github/refresh', undefined, { headers });
      for (let kill = 0; kill < 3; kill += 1) {
        await sleep(randomInt(50, 900));
        await server.stop('SIGKILL');
        server = await startServer(double, null, {}, dataDir);
      }
      const repeated = await new ApiClient(server.url, accessToken).post('/api/refresh', undefined, { headers });
      expect(repeated.body).toEqual(body);
      const began = Date.now();
      const admin = new ApiClient(server.url, accessToken);
      const job = await untilOver(admin, body.job_id);
      expect(Date.now() - began).toBeLessThan(90_000);
      expect([job.status, job.repositories_processed]).toEqual(['completed', 7]);
      expect((await admin.get('/api/github/refresh/jobs')).body).toHaveLength(1);
      const projects = (await admin.get('/api/github/projects')).body;
      expect(projects).toHaveLength(7);
      for (const { name, git } of double.repositories) {
        const facts = await gitFacts(git);
        const {
          commits,
          additions,
          deletions,
          loc,
          coding_time_min: minutes,
        } = projects.find((one: any) => one.name === name);
        expect([name, commits, additions, deletions, loc, minutes]).toEqual([
          name,
          facts.commits,
          facts.additions,
          facts.deletions,
          facts.loc,
          facts.codingMinutes,
        ]);
      }
      // Each kill costs one page at most that was asked and not stored.
      const pages = double.questions.filter(
        ({ operation, variables }) => operation === 'History' && variables.id === large.id,
      );
      expect(pages.length).toBeLessThanOrEqual(24 + 5);
      expect(readdirSync(join(dataDir, 'tmp')).flatMap((name) => readdirSync(join(dataDir, 'tmp', name)))).toEqual([]);
      await server.stop();
      await double.stop();
    },
    LIMIT_MS,
  );

  it(
    'should wait for the reset of a limit also after a restart',
    async () => {
      const double = await GithubDouble.start(temporaryFolder());
      await double.addRepository('web', linear(300));
      const dataDir = temporaryFolder();
      let server = await startServer(double, null, {}, dataDir);
      const { client, accessToken } = await new ApiClient(server.url).register('admin');
      double.limit = 5;
      double.remaining = 5;
      double.resetAt = Date.now() + 8000;
      const { body } = await client.post('/api/github/refresh');
      let job: any;
      do {
        await sleep(50);
        job = (await client.get(body.check_status_url)).body;
      } while (job.paused_until === null);
      expect(job).toMatchObject({ status: 'running', completed_at: null, rate_limit: { remaining: 1, used: 4 } });
      await server.stop('SIGKILL');
      server = await startServer(double, null, {}, dataDir);
      double.limit = 5000;
      const done = await untilOver(new ApiClient(server.url, accessToken), body.job_id);
      expect(done).toMatchObject({ status: 'completed', paused_until: null });
      const waited = double.questions[4]!.at - double.questions[3]!.at;
      expect(waited).toBeGreaterThan(1000);
      expect(double.questions[4]!.at).toBeGreaterThanOrEqual(Date.parse(job.paused_until) - 1000);
      await server.stop();
      await double.stop();
    },
    LIMIT_MS,
  );
});

describe('npm run sync:github', () => {
  let double: GithubDouble;
  beforeEach(async () => {
    double = await GithubDouble.start(temporaryFolder());
    await double.addRepository('web', linear(30));
    await double.addRepository('tool', linear(5, 3));
  });
  afterEach(() => double.stop());

  function start(dataDir: string, env: Record<string, string> = {}) {
    const child = spawn(process.execPath, ['dist/sync-github.js'], {
      env: {
        PATH: process.env.PATH,
        DATA_DIR: dataDir,
        GITHUB_ACCESS_TOKEN: double.token,
        GITHUB_API_URL: double.url,
        GITHUB_SYNC_CRON: 'off',
        ...env,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
      child.once('close', (code) => resolve({ code, output })),
    );
    return { child, ended, output: () => output };
  }

  const sync = (...args: Parameters<typeof start>) => start(...args).ended;

  it(
    'should fill the database where no server runs, with plain lines for a log',
    async () => {
      const dataDir = temporaryFolder();
      const first = await sync(dataDir);
      expect([first.code, first.output]).toEqual([
        0,
        'updated   ann/tool\nupdated   ann/web\nGitHub: completed, 2 updated, 3 points\n',
      ]);
      expect(await sync(dataDir)).toEqual({ code: 0, output: 'GitHub: completed, 2 unchanged, 1 point\n' });
    },
    LIMIT_MS,
  );

  it(
    'should work beside a running server, and watch a refresh that it has begun',
    async () => {
      const server = await startServer(double, null);
      const { client } = await new ApiClient(server.url).register('admin');
      const { code, output } = await sync(server.dataDir);
      expect([code, output.split('\n').at(-2)]).toEqual([0, 'GitHub: completed, 2 updated, 3 points']);
      expect((await client.get('/api/github/projects')).body).toHaveLength(2);

      double.faults = [secondaryLimit(600)];
      const { body } = await client.post('/api/github/refresh');
      const watching = start(server.dataDir);
      while (!watching.output().includes('Pausing until')) await sleep(50);
      watching.child.kill('SIGINT');
      expect(await watching.ended).toMatchObject({ code: 130, output: expect.stringContaining('Interrupted') });
      const jobs = (await client.get('/api/github/refresh/jobs')).body;
      expect(jobs.map(({ id, status }: any) => [id === body.job_id, status])).toEqual([
        [true, 'running'],
        [false, 'completed'],
      ]);
      await server.stop();
    },
    LIMIT_MS,
  );

  it(
    'should tell by its exit code what came of it, and never show the token',
    async () => {
      double.faults = [brokenRepository(double.repositories[0]!.id, { status: 502, body: 'x' })];
      const partial = await sync(temporaryFolder());
      expect([partial.code, partial.output]).toEqual([
        2,
        expect.stringMatching(/failed +ann\/web: GitHub could not read its history/),
      ]);
      const wrongToken = 'ghp_wrongwrongwrongwrongwrong';
      const refused = await sync(temporaryFolder(), { GITHUB_ACCESS_TOKEN: wrongToken });
      expect([refused.code, refused.output]).toEqual([1, expect.stringContaining('GitHub refuses the token')]);
      expect(refused.output).not.toContain(wrongToken);
      const unconfigured = await sync(temporaryFolder(), { GITHUB_ACCESS_TOKEN: '' });
      expect([unconfigured.code, unconfigured.output]).toEqual([1, 'GitHub not configured: set GITHUB_ACCESS_TOKEN\n']);
    },
    LIMIT_MS,
  );
});
