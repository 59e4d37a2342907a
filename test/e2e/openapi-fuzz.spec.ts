import { randomInt } from 'node:crypto';
import { ApiClient } from '../support/api-client.js';
import { OpenApiDocument, type Operation } from '../support/openapi-document.js';
import { OpenApiFuzzer, type FuzzReport } from '../support/openapi-fuzzer.js';
import { DOUBLE_TOKEN, GithubDouble } from '../support/github/github-double.mjs';
import { linear } from '../support/github/sample-histories.js';
import { CLIENT_ID, CLIENT_SECRET, WhoopDouble } from '../support/whoop/whoop-double.js';
import { generateWhoopMember } from '../../src/demo/whoop-member.js';
import { untilEnded } from '../support/report-tasks.js';
import { ServerProcess, temporaryFolder } from '../support/server.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';
import { foreignClaims, mintToken, TEST_JWT_SECRET, unsignedToken } from '../support/tokens.js';

// FUZZ_SEED repeats a run; FUZZ_CASES=600 is the nightly run, with three seeds.
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(1_000_000));
const CASES = Number(process.env.FUZZ_CASES ?? 8);
const TIME_LIMIT_MS = 60_000 + CASES * 4000;

const PASSWORD = 'correct horse battery';
/** They end the caller's account or session when they succeed, so each success needs a new caller. */
const ENDING = ['DELETE /api/auth/me', 'POST /api/auth/logout', 'PUT /api/auth/password'];
const ACCOUNTS_TO_END = 10;

/** Only WHOOP can sign the one; the other would take from the rest what they need. */
const NEVER_SUCCEEDING = ['POST /api/whoop/webhook', 'DELETE /api/whoop/auth'];
const REDIRECT = 'http://localhost:5000/api/whoop/auth/callback';

const RETENTION = 'GET /v1/reports/retention';

/** They change or delete the project, which the reports need as it is. */
const CHANGING_PROJECTS = ['PATCH /v1/projects/{projectKey}', 'DELETE /v1/projects/{projectKey}'];

/** Beginnings of the paths whose operations an administrator asks for. */
const FOR_ADMINS = [
  '/api/whoop/',
  '/api/admin',
  '/api/github',
  '/api/metrics',
  '/api/projects',
  '/api/refresh',
  '/api/v1/prices/reload',
  '/db/',
];

describe.each(await sqlTestTargets())('the API under random requests, on $dialect', (target) => {
  let database: SqlTestDatabase;
  let server: ServerProcess;
  let api: ApiClient;
  let document: OpenApiDocument;
  let report: FuzzReport;
  let projectKey: string;
  let user: ApiClient;
  let github: GithubDouble;
  let whoop: WhoopDouble;
  const secrets: string[] = [];

  beforeAll(async () => {
    // LOG_LEVEL=debug: every line that the server can write is looked at.
    const env: Record<string, string> = {
      JWT_SECRET: TEST_JWT_SECRET,
      RATE_LIMIT_ENABLED: 'false',
      LOG_LEVEL: 'debug',
      // Webhooks and keys of requests go nowhere but to this machine, where nobody listens.
      WEBHOOK_ALLOW_PRIVATE: 'true',
      GEMINI_BASE_URL: 'http://127.0.0.1:9/',
      GITHUB_ACCESS_TOKEN: DOUBLE_TOKEN,
      GITHUB_SYNC_CRON: 'off',
    };
    github = await GithubDouble.start(temporaryFolder());
    await github.addRepository('web', linear(5));
    env.GITHUB_API_URL = github.url;
    whoop = await WhoopDouble.start(generateWhoopMember({ seed: SEED, end: Date.now(), days: 12 }));
    whoop.rate.limit = 1_000_000;
    Object.assign(env, {
      WHOOP_CLIENT_ID: CLIENT_ID,
      WHOOP_CLIENT_SECRET: CLIENT_SECRET,
      WHOOP_API_URL: whoop.url,
      WHOOP_REDIRECT_URI: REDIRECT,
      WHOOP_SYNC_CRON: 'off',
    });
    database = await target.create();
    if (target.dialect === 'postgres') env.DATABASE_URL = database.config.location;
    server = await ServerProcess.start({ env });
    api = new ApiClient(server.url);
    document = await OpenApiDocument.load(server.url);
    report = await fuzz();
  }, TIME_LIMIT_MS);

  afterAll(async () => {
    expect(await server.stop()).toBe(0);
    await github.stop();
    await whoop.close();
    await database.drop();
  });

  async function fuzz(): Promise<FuzzReport> {
    const admin = await api.register('admin', PASSWORD);
    const main = await api.register('user', PASSWORD);
    const other = await api.register('other', PASSWORD);
    user = main.client;
    projectKey = await user.createProject('Fuzzed');
    const spareKey = await user.createProject('Spare');
    const foreignKey = await other.client.createProject('Foreign');
    const keys: Record<string, { id: string; key: string }> = {};
    for (const scope of ['ingest', 'read', 'admin']) {
      keys[scope] = (await user.post('/api/auth/api-keys', { name: scope, scopes: [scope] })).body;
    }
    // Two codes for each state: whichever comes first uses both up.
    const states: string[] = [];
    const codes: string[] = [];
    for (let i = 0; i < 30; i += 1) {
      states.push((await admin.client.get('/api/whoop/auth/authorize-url')).body.state);
      codes.push(whoop.tokens.giveCode(REDIRECT), whoop.tokens.giveCode(REDIRECT));
    }
    await admin.client.post('/api/whoop/auth/exchange-code', { code: whoop.tokens.giveCode(REDIRECT) });
    expect((await admin.client.post('/api/whoop/refresh?days=30')).status).toBe(200);
    const ending = new Map<string, string[]>();
    for (const id of ENDING) {
      const tokens: string[] = [];
      for (let i = 0; i < ACCOUNTS_TO_END; i += 1) tokens.push((await api.register('spare', PASSWORD)).accessToken);
      ending.set(id, tokens);
    }
    const spareUser = await api.register('target', PASSWORD);
    const unusedKey = await user.post('/api/auth/api-keys', { name: 'to be deleted', scopes: ['read'] });
    const webhookIds: string[] = [];
    for (let i = 0; i < 8; i += 1) {
      const made = await user.post('/api/reports/webhooks', { url: `http://127.0.0.1:9/${i}` });
      webhookIds.push(made.body.id);
      secrets.push(made.body.secret);
    }
    const deliveryIds: string[] = [];
    for (let i = 0; i < 3; i += 1)
      deliveryIds.push((await user.post(`/api/reports/webhooks/${webhookIds[i]}/test`)).body.id);
    const budgetIds: string[] = [];
    for (let i = 0; i < 8; i += 1) {
      const budget = await user.post('/api/v1/budgets', { scope: 'all', period: 'day', limit_usd: 1 + i });
      budgetIds.push(budget.body.id);
    }
    const member = await api.register('member', PASSWORD);
    await user.post('/api/orgs', { name: 'Fuzzed' });
    // Of the example of a write of points: nobody else is to claim it.
    await user.post('/api/orgs', { name: 'Turbo' });
    const report = { org: 'Fuzzed', users: ['user'], startDate: '2025-11-19', endDate: '2025-11-19' };
    const { taskId } = (await user.post('/api/reports/generate', report)).body;
    await untilEnded(user, taskId);
    const { job_id: refreshId } = (await admin.client.post('/api/github/refresh')).body;
    await server.waitFor(async () => {
      const { body } = await admin.client.get(`/api/github/refresh/status/${refreshId}`);
      return body.status === 'completed';
    }, 'the repositories to be read');
    // Many people and days: it is cancelled before it can end.
    const long = { ...report, users: Array.from({ length: 50 }, (_, i) => `u${i}`), startDate: '2025-09-01' };
    const { taskId: cancelledId } = (await user.post('/api/reports/generate', long)).body;
    expect((await user.delete(`/api/reports/tasks/${cancelledId}`)).status).toBe(200);
    await user.post('/api/orgs/Fuzzed/members', { email: member.email, role: 'member' });
    // Each is worth one success; what is sent again later ends its session, which nothing else uses.
    const refreshTokens: string[] = [];
    for (let i = 0; i < 5; i += 1) refreshTokens.push((await api.register('refresher', PASSWORD)).refreshToken);

    const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
    const now = Math.floor(Date.now() / 1000);
    const accounts = [bearer(main.accessToken), bearer(admin.accessToken), bearer(other.accessToken)];
    const keyHolders: Record<string, string>[] = [
      { authorization: `Token ${keys.read?.key}` },
      { 'x-api-key': keys.read?.key ?? '' },
      { 'x-api-key': keys.ingest?.key ?? '' },
      { 'x-api-key': keys.admin?.key ?? '' },
    ];
    const strangers: Record<string, string>[] = [
      {},
      bearer(mintToken(foreignClaims('elsewhere'))),
      bearer(mintToken(foreignClaims('a\u0000b\ud800'))),
      bearer(mintToken(foreignClaims('x'.repeat(3000)))),
      bearer(mintToken({ userId: { $gt: '' }, email: ['a'], iat: 'now', exp: now + 60 })),
      bearer(mintToken({ ...foreignClaims('elsewhere'), jti: { a: 1 }, sub: 5, type: null })),
      bearer(mintToken(foreignClaims('elsewhere', { exp: now - 60 }))),
      bearer(mintToken(foreignClaims('elsewhere', { exp: 1e300, iat: -1e300 }))),
      bearer(mintToken(foreignClaims('elsewhere', { exp: now + 60.123456789, iat: now - 60.987654321 }))),
      bearer(mintToken(foreignClaims('elsewhere'), { secret: 'wrong' })),
      bearer(unsignedToken(foreignClaims('elsewhere'))),
      bearer(spareUser.refreshToken),
      bearer('not.a.token'),
      bearer('x'.repeat(6000)),
      { authorization: 'Basic YTpi' },
      { authorization: '' },
      { 'x-api-key': 'alm_0123456789abcdef_none' },
      { 'x-api-key': "' OR 1=1 --" },
    ];
    secrets.push(DOUBLE_TOKEN, PASSWORD, main.accessToken, main.refreshToken, admin.accessToken, TEST_JWT_SECRET);
    secrets.push(...Object.values(keys).map(({ key }) => key), main.email, other.email);

    const callerFor = (operation: Operation): Record<string, string> => {
      if (operation.id === 'DELETE /api/whoop/auth') return bearer(main.accessToken);
      if (FOR_ADMINS.some((start) => operation.path.startsWith(start))) return bearer(admin.accessToken);
      const spares = ending.get(operation.id);
      if (spares !== undefined) return bearer(spares[0] ?? mintToken(foreignClaims('elsewhere')));
      return operation.path === '/api/auth/refresh' ? {} : bearer(main.accessToken);
    };
    const answered = (operation: Operation, status: number): void => {
      if (status < 300) ending.get(operation.id)?.shift();
    };
    const values = {
      projectKey: [projectKey, projectKey, projectKey, spareKey, foreignKey, '0123456789ab'],
      writeKey: [projectKey, projectKey, projectKey, spareKey, '0123456789ab'],
      id: [unusedKey.body.id, spareUser.user.id, '0123456789abcdef'],
      email: [main.email, spareUser.email, 'new-1@example.com', 'NEW-2@Example.COM', 'ü@exämple.de'],
      password: [PASSWORD, PASSWORD, 'wrong password'],
      current: [PASSWORD, 'wrong password'],
      new: [PASSWORD, 'another long password'],
      refresh_token: [...refreshTokens, 'alr_unknown'],
      from: ['2025-01-01', '2025-01-06T10:00:00Z', '1736157600000', ''],
      to: ['2025-01-31', '2025-01-06T12:00:00+01:00', '1736257600000', ''],
      tz: ['UTC', 'Europe/Berlin', 'Asia/Kathmandu'],
      limit: ['1', '10', '1000'],
      cursor: [other.user.id, ''],
      timestamp: ['2025-01-06T10:00:00Z', 1_736_157_600_000, 'yesterday'],
      sentAt: ['2025-01-06T10:00:01Z', 1_736_157_601_000],
      eventName: ['app_open', 'purchase_success', '$x.y'],
      steps: [
        ['app_open', 'purchase_success'],
        ['app_open', 'app_open', 'app_open'],
      ],
      mode: ['USER', 'USER', 'PROCESS'],
      window: ['30m', '14d'],
      processName: ['checkout'],
      interval: ['day', 'hour', 'week', 'month'],
      // Only an admin may ask for it.
      source: ['', '', 'raw'],
      breakdown: ['properties.country', 'properties.a.$b', 'country', ''],
      filter: [
        { 'properties.country': 'DE' },
        { 'properties.country][neq': '(none)', 'properties.amount][gt': '10' },
        { 'properties.country][in': 'DE,FR', 'properties.note][contains': '.*' },
        { 'properties.$where][exists': 'true', 'properties.amount][lt': 'x' },
        { 'properties.country][regex': '.*' },
        { country: 'DE' },
      ],
      scopes: [['read'], ['ingest', 'read']],
      expiresAt: ['2099-01-01T00:00:00Z', null],
      timezone: ['Europe/Berlin', 'UTC'],
      taskId: [taskId, cancelledId, '00000000-0000-4000-8000-000000000000'],
      org: ['Fuzzed', 'Fuzzed', 'Nobody'],
      users: [['user'], [{ name: 'user', id: 'u-1' }], ['user', 'member']],
      startDate: ['2025-11-19', '2025-11-18'],
      endDate: ['2025-11-19', '2025-11-20'],
      weekStartDate: ['2025-11-17', '2025-11-16'],
      webhookUrl: [null, 'http://127.0.0.1:9/report'],
      accountId: [null, 'acct-7'],
      orgId: [null, 'org-7'],
      geminiApiKey: [null, null, 'AIzaTest'],
      job_id: [refreshId, refreshId, '00000000-0000-4000-8000-000000000000'],
    };
    const whoopValues = (operation: Operation): Record<string, unknown[]> => {
      const { cycles, sleeps, workouts } = whoop.member;
      const list = operation.path.includes('/cycles/')
        ? cycles
        : operation.path.includes('/sleep/')
          ? sleeps
          : workouts;
      return {
        id: [...list.slice(0, 3).map(({ id }) => String(id)), '00000000-0000-4000-8000-000000000000', '1'],
        days: ['1', '7', '30'],
        start_date: ['2025-01-01', '2026-01-01T10:00:00Z', ''],
        end_date: ['2030-01-31', '', '2025-01-01'],
        start: ['2025-01-01', ''],
        end: ['2030-01-31', ''],
        confirm: ['true'],
        state: operation.path.endsWith('/callback') ? states : [null, null, 'AAAAAAAA'],
        code: codes,
        redirect_uri: [REDIRECT, ''],
        error: [''],
      };
    };
    const fuzzer = new OpenApiFuzzer({
      baseUrl: server.url,
      document,
      seed: SEED,
      casesPerOperation: CASES,
      callerFor,
      answered,
      // An account that ends here would be missing everywhere else.
      otherCallersFor: (operation) =>
        [...ENDING, ...NEVER_SUCCEEDING].includes(operation.id)
          ? strangers
          : [...strangers, ...keyHolders, ...accounts],
      valuesFor: (operation) => {
        if (operation.path.startsWith('/api/reports/webhook-deliveries'))
          return { ...values, id: [...deliveryIds, 'msg_unknown'], webhookId: [webhookIds[0], ''] };
        if (operation.path.startsWith('/api/v1/budgets')) {
          // The first ones are deleted by nobody.
          const id = operation.method === 'delete' ? budgetIds.slice(3) : budgetIds.slice(0, 3);
          return { ...values, id: [...id, 'bud_unknown'] };
        }
        if (operation.path.startsWith('/api/reports/webhooks')) {
          // The first ones are deleted by nobody, and the very first is disabled by nobody, so that it can be tested.
          const first = operation.method === 'delete' ? 3 : Number(operation.method === 'patch');
          const ids = webhookIds.slice(first);
          const url = ['http://127.0.0.1:9/a', 'http://127.0.0.1:9/b', 'ftp://127.0.0.1/', 'http://a:b@127.0.0.1/'];
          return { ...values, id: [...ids, 'we_unknown'], url };
        }
        if (operation.path.startsWith('/api/github/')) {
          return { ...values, name: ['web', 'WEB', 'ann/web', 'nobody/web', '../web', '%2e%2e'] };
        }
        if (operation.path.startsWith('/api/whoop/')) return { ...values, ...whoopValues(operation) };
        if (operation.path.startsWith('/api/orgs/')) {
          return { ...values, name: ['Fuzzed', 'Fuzzed', 'Fuzzed', 'Nobody'], email: [member.email, spareUser.email] };
        }
        if (CHANGING_PROJECTS.includes(operation.id)) {
          return { ...values, projectKey: [spareKey, foreignKey, '0123456789ab'] };
        }
        // Its modes and intervals are others than those of the funnel and the series.
        return operation.id === RETENTION
          ? { ...values, mode: ['calendar', '24h'], interval: ['day', 'week', 'month'] }
          : values;
      },
    });
    const result = await fuzzer.run();
    process.stderr.write(
      `Fuzzed ${result.operations} operations on ${target.dialect} with ${result.cases} requests (FUZZ_SEED=${SEED} FUZZ_CASES=${CASES}): ` +
        `${JSON.stringify(result.byStatus)}, ${result.findings.length} findings, slowest ${result.slowestMs} ms: ${result.slowest.slice(0, 200)}\n`,
    );
    return result;
  }

  it('I1 O3 should get nothing but documented answers, without internals', () => {
    expect(report.findings.join('\n')).toBe('');
    expect(report.cases).toBeGreaterThanOrEqual(document.operations.length * CASES);
  });

  it('I1 should not only have been refused', () => {
    // Otherwise the requests never came as far as the code behind the checks.
    const never = document.operations
      .map(({ id }) => id)
      .filter((id) => !report.succeeded.includes(id) && !NEVER_SUCCEEDING.includes(id));
    expect(never).toEqual([]);
  });

  it('I1 should still be well', async () => {
    expect(server.exitCode).toBeNull();
    expect((await api.get('/health/ready')).status).toBe(200);
    expect((await user.get('/api/auth/me')).status).toBe(200);
    const events = [{ eventName: 'after', timestamp: Date.now(), userId: 'u' }];
    expect((await api.post('/v1/events/batch', { projectKey, events })).body.inserted).toBe(1);
    expect((await user.get(`/v1/reports/overview?projectKey=${projectKey}`)).status).toBe(200);
  });

  it('I1 should have logged no error', () => {
    const lines = server.logs.split('\n').filter((line) => /"level":"(?:error|fatal)"/.test(line));
    expect(lines).toEqual([]);
    expect(server.logs).toMatch(/"level":"debug"/);
  });

  it('S2 should have logged no secret', () => {
    for (const secret of secrets) expect([secret, server.logs.includes(secret)]).toEqual([secret, false]);
    // A line of a client stays one line.
    const broken = server.logs.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
    expect(broken).toEqual([]);
  });
});
