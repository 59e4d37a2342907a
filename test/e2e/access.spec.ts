import { unzipSync } from 'fflate';
import { ApiClient, type Answer } from '../support/api-client.js';
import { errorFaults } from '../support/error-answer.js';
import {
  fillPath,
  OpenApiDocument,
  parameterExample,
  pathParameters,
  type Operation,
} from '../support/openapi-document.js';
import { exchange, requestText } from '../support/raw-http.js';
import { untilEnded } from '../support/report-tasks.js';
import { openServerStore } from '../support/server-store.js';
import { ServerProcess } from '../support/server.js';
import { claimsOf, foreignClaims, mintToken, TEST_JWT_SECRET, unsignedToken } from '../support/tokens.js';

/** Every operation that answers without credentials. A new public route must be added here by hand. */
const PUBLIC = [
  'GET /',
  'GET /api/health',
  'GET /api/v1/health',
  'GET /api/v1/metrics',
  'GET /api/v2/ping',
  'GET /api/whoop/auth/callback',
  'GET /db/health',
  'GET /health',
  'GET /health/live',
  'GET /health/ready',
  'GET /health/startup',
  'GET /ping',
  'GET /v1/projects',
  'POST /api/auth/login',
  'POST /api/auth/refresh',
  'POST /api/auth/register',
  'POST /api/whoop/webhook',
  'POST /v1/alias',
  'POST /v1/batch',
  'POST /v1/events/batch',
  'POST /v1/group',
  'POST /v1/identify',
  'POST /v1/page',
  'POST /v1/screen',
  'POST /v1/track',
];

/** Public by name, but only for one exact project; without a key it is as closed as any other. */
const PUBLIC_WITH_KEY = 'GET /v1/projects';

/** Public, but closed by a state that somebody has asked for, or by a signature. */
const CALLBACK = 'GET /api/whoop/auth/callback';
const SIGNED = 'POST /api/whoop/webhook';

/** What their events hold beyond the known fields is ignored. All but the last are opened by a project key. */
const INGEST = [...PUBLIC.filter((id) => id.startsWith('POST /v1/')), 'POST /api/events/sync'];

/** What AUTH_MODE=open frees of the rest. */
const FREE_IN_OPEN_MODE = [
  'DELETE /api/github/refresh/jobs/{job_id}',
  'DELETE /api/reports/tasks/{taskId}',
  'DELETE /api/reports/webhooks/{id}',
  'DELETE /v1/projects/{projectKey}',
  'GET /api/github/metrics',
  'GET /api/github/project/{name}',
  'GET /api/github/project/{name}/activity',
  'GET /api/github/projects',
  'GET /api/github/refresh/jobs',
  'GET /api/github/refresh/status/{job_id}',
  'GET /api/github/refresh/status/{job_id}/events',
  'GET /api/metrics',
  'GET /api/projects',
  'GET /api/reports/status/{taskId}',
  'GET /api/reports/status/{taskId}/events',
  'GET /api/reports/tasks',
  'GET /api/reports/webhook-deliveries',
  'GET /api/reports/webhook-deliveries/{id}',
  'GET /api/reports/webhooks',
  'GET /api/reports/{taskId}/export',
  'GET /api/v1/ai-stats',
  'GET /api/v1/ai-stats/models',
  'GET /api/v1/ai-stats/unpriced',
  'GET /api/v1/ai-stats/users',
  'GET /api/v1/dashboard',
  'GET /api/v1/prices',
  'GET /api/v1/stats/daily',
  'GET /api/v1/stats/monthly',
  'GET /api/v1/stats/summary',
  'GET /api/v1/stats/weekly',
  'GET /api/v1/user-stats',
  'GET /api/v1/user-stats/active',
  'GET /api/v1/user-stats/total',
  'GET /api/whoop/cycles',
  'GET /api/whoop/export',
  'GET /api/whoop/metrics',
  'GET /api/whoop/profile',
  'GET /api/whoop/recovery',
  'GET /api/whoop/recovery/latest',
  'GET /api/whoop/refresh/today',
  'GET /api/whoop/sleep',
  'GET /api/whoop/sleep/latest',
  'GET /api/whoop/status',
  'GET /api/whoop/sync/status',
  'GET /api/whoop/workouts',
  'GET /v1/projects/{projectKey}/events/names',
  'GET /v1/reports/active-users',
  'GET /v1/reports/button-clicks',
  'GET /v1/reports/conversion',
  'GET /v1/reports/events-timeseries',
  'GET /v1/reports/funnel',
  'GET /v1/reports/overview',
  'GET /v1/reports/retention',
  'GET /v1/reports/screen-views-by-hour',
  'GET /v1/reports/sessions',
  'GET /v1/reports/top-events',
  'GET /v1/reports/top-screens',
  'GET /v1/reports/view-items',
  'PATCH /api/reports/webhooks/{id}',
  'PATCH /v1/projects/{projectKey}',
  'POST /api/github/refresh',
  'POST /api/refresh',
  'POST /api/reports/generate',
  'POST /api/reports/generate-weekly',
  'POST /api/reports/webhook-deliveries/{id}/redeliver',
  'POST /api/reports/webhooks',
  'POST /api/reports/webhooks/{id}/rotate-secret',
  'POST /api/reports/webhooks/{id}/test',
  'POST /api/v1/ai-call',
  'POST /api/v1/user-activity',
  'POST /api/whoop/refresh',
  'POST /api/whoop/refresh/today',
  'POST /api/whoop/sync/full',
  'POST /api/whoop/sync/incremental',
  'POST /db/test-insert',
  'POST /v1/projects',
  'POST /v1/reports/funnel',
];

const ADMIN_ONLY = [
  'DELETE /api/github/refresh/jobs/{job_id}',
  'GET /api/admin/schedules',
  'POST /api/admin/schedules/{name}/run',
  'DELETE /api/whoop/auth',
  'DELETE /api/whoop/data',
  'GET /api/admin/users',
  'GET /api/whoop/api/body',
  'GET /api/whoop/api/cycles',
  'GET /api/whoop/api/cycles/{id}',
  'GET /api/whoop/api/dashboard',
  'GET /api/whoop/api/profile',
  'GET /api/whoop/api/recovery',
  'GET /api/whoop/api/sleep',
  'GET /api/whoop/api/sleep/{id}',
  'GET /api/whoop/api/workouts',
  'GET /api/whoop/api/workouts/{id}',
  'GET /api/whoop/auth/authorize-url',
  'GET /api/whoop/auth/test',
  'GET /api/whoop/refresh/today',
  'PATCH /api/admin/users/{id}',
  'POST /api/github/refresh',
  'POST /api/refresh',
  'POST /api/v1/prices/reload',
  'POST /api/whoop/auth/exchange-code',
  'POST /api/whoop/refresh',
  'POST /api/whoop/refresh/today',
  'POST /api/whoop/sync/full',
  'POST /api/whoop/sync/incremental',
  'POST /db/test-insert',
];

/** Read by administrators and those to whom they granted it. */
const GRANTED = FREE_IN_OPEN_MODE.filter(
  (id) => /^GET \/api\/(?:github\/|whoop\/|metrics$|projects$)/.test(id) && !ADMIN_ONLY.includes(id),
);

/** Nobody listens there: refreshes are begun, and wait. */
const GITHUB = {
  GITHUB_ACCESS_TOKEN: 'ghp_of_nobody',
  GITHUB_API_URL: 'http://127.0.0.1:9',
  GITHUB_SYNC_CRON: 'off',
};

/** What these answer where nobody has linked a WHOOP account. */
const WITHOUT_WHOOP: Record<string, number> = {
  'GET /api/whoop/profile': 400,
  'GET /api/whoop/recovery/latest': 404,
  'GET /api/whoop/sleep/latest': 404,
  'POST /api/whoop/refresh': 400,
  'POST /api/whoop/sync/full': 400,
  'POST /api/whoop/sync/incremental': 400,
};

/** Managing credentials needs the person, not a key that may have been found. */
const NO_API_KEYS = [
  'DELETE /api/auth/api-keys/{id}',
  'GET /api/auth/api-keys',
  'POST /api/auth/api-keys',
  'POST /api/auth/logout',
];

const ORIGIN = 'http://localhost:3000';
const UNKNOWN_KEY = '0123456789ab';
const UUIDS = ['9f0c1a52-7c1e-4a63-b1a5-6d1f0a9c2e11', '00000000-0000-4000-8000-000000000000'];

/** Created and accepted are successes like others. */
const succeeded = (status: number): number => (status < 300 ? 200 : status);

interface Person {
  name: string;
  client: ApiClient;
  token: string;
  refreshToken: string;
  id: string;
  email: string;
  projectKey: string;
  apiKeyId: string;
  apiKey: string;
  webhookId: string;
  deliveryId: string;
  taskId: string;
  budgetId: string;
}

describe('access', () => {
  let server: ServerProcess;
  let api: ApiClient;
  let document: OpenApiDocument;
  let closed: Operation[];
  let admin: Person;
  let ann: Person;
  let bob: Person;
  let refreshId: string;

  async function join(name: string): Promise<Person> {
    const { client, user, accessToken, refreshToken, email } = await api.register(name);
    const projectKey = await client.createProject(`Project of ${name}`);
    const key = await client.post('/api/auth/api-keys', { name: `Key of ${name}`, scopes: ['read'] });
    expect(key.status).toBe(201);
    const { id: apiKeyId, key: apiKey } = key.body;
    // Nobody listens there.
    const webhook = await client.post('/api/reports/webhooks', { url: `http://127.0.0.1:9/hook-of-${name}` });
    const { id: deliveryId } = (await client.post(`/api/reports/webhooks/${webhook.body.id}/test`)).body;
    const budget = await client.post('/api/v1/budgets', {
      scope: 'user',
      id: `spender-${name}`,
      period: 'day',
      limit_usd: 1,
    });
    expect((await client.post('/api/orgs', { name: `Org of ${name}` })).status).toBe(201);
    const report = { org: `Org of ${name}`, users: [name], startDate: '2025-11-19', endDate: '2025-11-19' };
    const { taskId } = (await client.post('/api/reports/generate', report)).body;
    expect((await untilEnded(client, taskId)).body.status).toBe('completed');
    return {
      name,
      client,
      token: accessToken,
      refreshToken,
      id: user.id,
      email,
      projectKey,
      apiKeyId,
      apiKey,
      webhookId: webhook.body.id,
      deliveryId,
      taskId,
      budgetId: budget.body.id,
    };
  }

  beforeAll(async () => {
    server = await ServerProcess.start({
      env: { JWT_SECRET: TEST_JWT_SECRET, RATE_LIMIT_ENABLED: 'false', WEBHOOK_ALLOW_PRIVATE: 'true', ...GITHUB },
    });
    api = new ApiClient(server.url);
    document = await OpenApiDocument.load(server.url);
    closed = document.operations.filter((operation) => !operation.isPublic || operation.id === PUBLIC_WITH_KEY);
    admin = await join('admin');
    ann = await join('ann');
    bob = await join('bob');
    refreshId = (await admin.client.post('/api/github/refresh')).body.job_id;
    const events = [{ eventName: 'secret_of_ann', timestamp: Date.now(), userId: 'visitor-of-ann' }];
    expect((await api.post('/v1/events/batch', { projectKey: ann.projectKey, events })).body.inserted).toBe(1);
    const payload = { tabId: 1, windowId: 1, url: 'https://ann-only.example/secret', title: 'secret_of_ann' };
    const visit = { _id: 'same-for-all', type: 'TAB_ACTIVATED', ts: Date.now() - 60_000, payload };
    expect((await ann.client.post('/api/events/sync', { events: [visit] })).body.inserted).toBe(1);
    const other = { ...visit, payload: { ...payload, url: 'https://bob-only.example/', title: 'seen by bob' } };
    expect((await bob.client.post('/api/events/sync', { events: [other] })).body.inserted).toBe(1);
    // Three accounts with an object of every kind each: longer than one test on a busy machine.
  }, 120_000);

  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  /** The id that a parameter means: one of this person's, and one that nobody has. */
  function objectsOf(operation: Operation, name: string, person = ann): { hers: string; unknown: string } {
    const { path } = operation;
    if (name === 'projectKey') return { hers: person.projectKey, unknown: UNKNOWN_KEY };
    if (path.includes('/persons/')) return { hers: `visitor-of-${person.name}`, unknown: 'nobody' };
    if (path.startsWith('/api/auth/api-keys/')) return { hers: person.apiKeyId, unknown: '0123456789abcdef' };
    if (name === 'taskId') return { hers: person.taskId, unknown: '00000000-0000-4000-8000-000000000000' };
    if (path.startsWith('/api/reports/webhook-deliveries/'))
      return { hers: person.deliveryId, unknown: 'msg_012345678901234567890123456' };
    if (path.startsWith('/api/reports/webhooks/')) return { hers: person.webhookId, unknown: 'we_0123456789abcdef' };
    if (path.startsWith('/api/v1/budgets/')) return { hers: person.budgetId, unknown: 'bud_0123456789abcdef01234567' };
    if (path.startsWith('/api/admin/schedules/')) return { hers: 'github-refresh', unknown: 'unknown' };
    if (path.startsWith('/api/admin/users/')) return { hers: person.id, unknown: '0123456789abcdef01234567' };
    if (name === 'job_id') return { hers: refreshId, unknown: '00000000-0000-4000-8000-000000000000' };
    if (path.startsWith('/api/github/project/')) return { hers: 'unread', unknown: 'unknown' };
    if (path.startsWith('/api/orgs/{name}')) {
      return name === 'name'
        ? { hers: `Org of ${person.name}`, unknown: 'Org of nobody' }
        : { hers: person.email, unknown: 'x@y.zz' };
    }
    if (operation.path.startsWith('/api/whoop/api/')) {
      return operation.path.includes('/cycles/')
        ? { hers: '93842', unknown: '1' }
        : { hers: UUIDS[0]!, unknown: UUIDS[1]! };
    }
    throw new Error(`Tell this test which object '${name}' of ${operation.id} names`);
  }

  /** Calls an operation with the document's own examples, and the given project, ids and changes of the body. */
  function call(
    operation: Operation,
    caller: { token?: string; apiKey?: string; headers?: Record<string, string> },
    target: {
      params?: Record<string, string>;
      projectKey?: string;
      body?: object;
      query?: Record<string, string>;
      raw?: string;
    } = {},
  ): Promise<Answer> {
    const params: Record<string, string> = {};
    for (const name of pathParameters(operation))
      params[name] = target.params?.[name] ?? objectsOf(operation, name).hers;
    const projectKey = target.projectKey ?? ann.projectKey;
    const query: Record<string, string> = {};
    for (const parameter of operation.parameters) {
      const { name, in: place, required } = parameter;
      if (place === 'query' && required) query[name] = name === 'projectKey' ? projectKey : parameterExample(parameter);
    }
    let body: object | undefined;
    if (operation.body !== undefined) {
      body = { ...(operation.bodyExample as object) };
      if ('projectKey' in body) body = { ...body, projectKey };
      body = { ...body, ...target.body };
    }
    return api.request(operation.method.toUpperCase(), fillPath(operation, params, { ...query, ...target.query }), {
      ...caller,
      body,
      raw: target.raw ?? operation.textExample,
    });
  }

  /** All that Ann and the administrator see of Ann. */
  async function stateOfAnn(): Promise<unknown> {
    const keys = (await ann.client.get('/api/auth/api-keys')).body.apiKeys as { lastUsedAt: unknown }[];
    return {
      me: (await ann.client.get('/api/auth/me')).body,
      projects: (await ann.client.get('/v1/projects')).body,
      orgs: (await ann.client.get('/api/orgs')).body,
      keys: keys.map((key) => ({ ...key, lastUsedAt: undefined })),
      users: (await admin.client.get('/api/admin/users')).body,
      webhooks: (await ann.client.get('/api/reports/webhooks')).body.webhooks.map(
        ({ failingSince: _, ...webhook }: { failingSince: unknown }) => webhook,
      ),
      budgets: (await ann.client.get('/api/v1/budgets')).body.budgets.length,
      overview: (await ann.client.get(`/v1/reports/overview?projectKey=${ann.projectKey}`)).body,
      browsing: (await ann.client.get('/api/events')).body,
      reports: (await ann.client.get('/api/reports/tasks')).body,
    };
  }

  describe('without good credentials', () => {
    it('A1 should be closed but for the routes listed in this test', () => {
      const open = document.operations.filter((operation) => operation.isPublic).map((operation) => operation.id);
      expect(open.sort()).toEqual(PUBLIC);
      expect(closed.length).toBeGreaterThan(15);
    });

    it('A1 should answer the public routes', async () => {
      for (const id of PUBLIC.filter((name) => name.startsWith('GET') && ![PUBLIC_WITH_KEY, CALLBACK].includes(name))) {
        expect([id, (await call(document.get(id), {})).status]).toEqual([id, id.endsWith('/ping') ? 204 : 200]);
      }
      expect((await api.get(`/v1/projects?projectKey=${ann.projectKey}`)).body.projects).toHaveLength(1);
    });

    function badCredentials(): Record<string, Record<string, string>> {
      const [header = '', payload = '', signature = ''] = ann.token.split('.');
      const promoted = Buffer.from(JSON.stringify({ ...claimsOf(ann.token), role: 'admin' })).toString('base64url');
      const flipped = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
      const now = Math.floor(Date.now() / 1000);
      const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
      return {
        none: {},
        'an empty header': { authorization: '' },
        'Bearer alone': { authorization: 'Bearer' },
        'garbage after Bearer': bearer('garbage'),
        'three dots': bearer('a.b.c'),
        'another scheme': { authorization: `Basic ${Buffer.from('ann:secret').toString('base64')}` },
        'two tokens': { authorization: `Bearer ${ann.token} ${ann.token}` },
        'a changed payload': bearer(`${header}.${promoted}.${signature}`),
        'a changed signature': bearer(`${header}.${payload}.${flipped}`),
        'no signature': bearer(`${header}.${payload}.`),
        'no signature part': bearer(`${header}.${payload}`),
        'an expired token': bearer(mintToken(foreignClaims(ann.id, { iat: now - 7200, exp: now - 3600 }))),
        'a token without exp': bearer(mintToken(foreignClaims(ann.id, { exp: undefined }))),
        'a token from the future': bearer(mintToken(foreignClaims(ann.id, { nbf: now + 3600 }))),
        'alg none': bearer(unsignedToken(foreignClaims(ann.id))),
        'alg None': bearer(unsignedToken(foreignClaims(ann.id), 'None')),
        'alg none over a good signature': bearer(`${unsignedToken(claimsOf(ann.token))}${signature}`),
        'another algorithm': bearer(mintToken(foreignClaims(ann.id), { header: { alg: 'HS512' }, hash: 'sha512' })),
        'another secret': bearer(mintToken(foreignClaims(ann.id), { secret: 'another-secret-of-thirty-two-bytes' })),
        'an empty secret': bearer(mintToken(foreignClaims(ann.id), { secret: '' })),
        'a key in the token': bearer(
          mintToken(foreignClaims(ann.id), { secret: 'x', header: { jwk: { kty: 'oct', k: 'eA' } } }),
        ),
        'a refresh token': bearer(ann.refreshToken),
        'a token of type refresh': bearer(mintToken({ ...claimsOf(ann.token), type: 'refresh' })),
        'the built-in anonymous user': bearer(mintToken(foreignClaims('anonymous'))),
        'an unknown API key': { 'x-api-key': 'alm_0123456789abcdef_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG' },
        'an API key with another secret': { 'x-api-key': ann.apiKey.slice(0, -4) + 'AAAA' },
        'an API key without its secret': { 'x-api-key': `alm_${ann.apiKeyId}` },
        'an API key as Token, changed': { authorization: `Token ${ann.apiKey.slice(0, -4)}AAAA` },
        'a good API key besides a bad token': { authorization: 'Bearer garbage', 'x-api-key': ann.apiKey },
      };
    }

    it('A1 should give every closed operation the same 401, whatever the bad credential', async () => {
      const before = await stateOfAnn();
      const bodies = new Set<string>();
      const wrong: string[] = [];
      for (const operation of closed) {
        for (const [name, headers] of Object.entries(badCredentials())) {
          const answer = await call(operation, { headers });
          const faults = answer.status === 401 ? errorFaults(answer) : [`status ${answer.status}`];
          if (faults.length > 0) wrong.push(`${operation.id} with ${name}: ${faults.join('; ')}`);
          bodies.add(JSON.stringify({ ...answer.body, requestId: '' }));
        }
      }
      expect(wrong).toEqual([]);
      // Almanac's own, and that of InfluxDB's API.
      expect([...bodies]).toHaveLength(2);
      expect(await stateOfAnn()).toEqual(before);
    });

    it('A1 should take no credential from the query', async () => {
      for (const operation of closed) {
        for (const name of ['token', 'access_token', 'api_key', 'apiKey', 'X-API-Key', 'key', 'authorization']) {
          for (const value of [ann.token, ann.apiKey, `Bearer ${ann.token}`]) {
            const answer = await call(operation, {}, { query: { [name]: value } });
            expect([operation.id, name, answer.status]).toEqual([operation.id, name, 401]);
          }
        }
      }
    });

    it('A1 should not be fooled by another spelling of the address', async () => {
      const wrong: string[] = [];
      for (const operation of closed) {
        const path = fillPath(operation, { projectKey: ann.projectKey, id: ann.apiKeyId });
        const first = `%${path.charCodeAt(1).toString(16)}`;
        const last = `%${path.charCodeAt(path.length - 1).toString(16)}`;
        const spellings = [
          `/${first}${path.slice(2)}`,
          path.slice(0, -1) + last,
          `/${path}`,
          path.replaceAll('/', '//'),
          `/.${path}`,
          path.replaceAll('/', '/./'),
          `/swagger/..${path}`,
          `/health/live/../..${path}`,
          `${path}/`,
          `${path};x=1`,
          `${path};.css`,
          `${path}?x=/health/live`,
          `http://localhost${path}`,
          `http://evil.example${path}`,
          `HTTPS://evil.example:1${path}`,
        ];
        const body = operation.body === undefined ? undefined : JSON.stringify(operation.bodyExample);
        const method = operation.method.toUpperCase();
        const requests = spellings.map((target) => requestText(method, target, {}, body));
        const { answers } = await exchange(server.url, requests, { expect: spellings.length });
        spellings.forEach((target, i) => {
          const answer = answers[i];
          const faults = answer?.status === 401 ? errorFaults(answer) : [`status ${answer?.status}`];
          if (faults.length > 0) wrong.push(`${method} ${target}: ${faults.join('; ')}`);
        });
      }
      expect(wrong).toEqual([]);
    });

    it('A1 should treat HEAD as GET, and as nothing where there is no GET', async () => {
      for (const operation of closed) {
        const path = fillPath(operation, { projectKey: ann.projectKey, id: ann.apiKeyId });
        const { answers } = await exchange(server.url, requestText('HEAD', path), { expect: 1, headRequest: true });
        const hasGet = document.operations.some(
          ({ path: other, method }) => other === operation.path && method === 'get',
        );
        expect([path, answers[0]?.status]).toEqual([path, hasGet ? 401 : 404]);
        expect(answers[0]?.headers['content-type']).toMatch(/^application\/json/);
        expect(answers[0]?.headers['www-authenticate']).toBe(hasGet ? 'Bearer' : undefined);
      }
    });

    it('A1 should not offer methods that the document does not name', async () => {
      const known = new Set(document.operations.map(({ id }) => id));
      for (const path of new Set(document.operations.map((operation) => operation.path))) {
        for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'TRACE', 'PROPFIND', 'CONNECT']) {
          if (known.has(`${method} ${path}`)) continue;
          const target = path.replace('{projectKey}', ann.projectKey).replace('{id}', ann.apiKeyId);
          const { answers } = await exchange(server.url, requestText(method, target), { expect: 1, timeoutMs: 2000 });
          const { status } = answers[0]!;
          // Node's parser does not know every method; what it does not know is 400.
          expect([method, path, status, errorFaults(answers[0]!)]).toEqual([
            method,
            path,
            status === 400 ? 400 : method === 'CONNECT' ? 405 : 404,
            [],
          ]);
        }
      }
    });

    it('A1 should refuse bad credentials on public routes that know users, and ignore them where the key decides', async () => {
      const headers = { authorization: 'Bearer garbage' };
      expect((await api.get(`/v1/projects?projectKey=${ann.projectKey}`, { headers })).status).toBe(401);
      const events = [{ eventName: 'a', timestamp: 1 }];
      // Probes, too: they answer everyone alike.
      for (const path of ['/', '/health', '/health/live', '/health/ready', '/api/health', '/db/health']) {
        expect([path, (await api.get(path, { headers })).status]).toEqual([path, 200]);
      }
      const batch = await api.post('/v1/events/batch', { projectKey: bob.projectKey, events }, { headers });
      expect(batch.status).toBe(200);
    });

    it('A1 should accept a token minted elsewhere, as a plain user', async () => {
      const token = mintToken(foreignClaims('someone-elsewhere'));
      expect((await api.get('/v1/projects', { token })).body).toEqual({ projects: [] });
      const boastful = mintToken(foreignClaims('someone-elsewhere', { role: 'admin' }));
      expect((await api.get('/api/admin/users', { token: boastful })).status).toBe(403);
      const forAdmin = mintToken(foreignClaims(admin.id, { role: 'admin' }));
      expect((await api.get('/api/admin/users', { token: forAdmin })).status).toBe(403);
    });
  });

  describe('to what belongs to others', () => {
    /** Public by contract: the key itself is what opens them. */
    const OPENED_BY_KEY = ['GET /v1/projects', 'POST /v1/events/batch'];

    function anonymized(answer: Answer, id: string): string {
      return JSON.stringify({ ...answer.body, requestId: '' }).replaceAll(id, '<id>');
    }

    it("A13 should answer another's object exactly like one that does not exist", async () => {
      const before = await stateOfAnn();
      let checked = 0;
      for (const operation of document.operations) {
        if (OPENED_BY_KEY.includes(operation.id)) continue;
        const names = pathParameters(operation);
        const byParameter =
          operation.parameters.some(({ name, in: place }) => place === 'query' && name === 'projectKey') ||
          operation.body?.properties?.projectKey !== undefined;
        if (names.length === 0 && !byParameter) continue;
        checked += 1;
        const outcomes: string[] = [];
        for (const kind of ['hers', 'unknown'] as const) {
          const params = Object.fromEntries(names.map((name) => [name, objectsOf(operation, name)[kind]]));
          const projectKey = kind === 'hers' ? ann.projectKey : UNKNOWN_KEY;
          const answer = await call(operation, { token: bob.token }, { params, projectKey });
          const isClosed = [...ADMIN_ONLY, ...GRANTED].includes(operation.id);
          const expected = names.length > 0 && !isClosed ? 404 : 403;
          expect([operation.id, kind, answer.status, errorFaults(answer)]).toEqual([operation.id, kind, expected, []]);
          const id = Object.values(params)[0] ?? projectKey;
          outcomes.push(anonymized(answer, id));
        }
        expect(outcomes[0]).toBe(outcomes[1]);
      }
      expect(checked).toBeGreaterThan(8);
      expect(await stateOfAnn()).toEqual(before);
    });

    it("A13 should leave another's rows out of every list and archive", async () => {
      const secrets = [
        ann.projectKey,
        ann.email,
        ann.id,
        ann.apiKeyId,
        ann.webhookId,
        ann.deliveryId,
        ann.taskId,
        ann.budgetId,
        'spender-ann',
        'hook-of-ann',
        'secret_of_ann',
        'ann-only.example',
        'Project of ann',
        'Key of ann',
        'Org of ann',
      ];
      const seen: string[] = [];
      for (const operation of document.operations) {
        if (operation.method !== 'get' || pathParameters(operation).length > 0) continue;
        const answer = await call(operation, { token: bob.token }, { projectKey: bob.projectKey });
        seen.push(answer.text);
        for (const secret of secrets)
          expect([operation.id, secret, answer.text.includes(secret)]).toEqual([operation.id, secret, false]);
      }
      // The search was not in vain: Bob sees what is his.
      for (const own of [
        bob.projectKey,
        bob.email,
        bob.apiKeyId,
        bob.taskId,
        bob.budgetId,
        'Key of bob',
        'Org of bob',
        'bob-only.example',
        'seen by bob',
      ])
        expect(seen.join()).toContain(own);
      for (const query of ['domain=ann-only.example', 'skip=1', 'type=TAB_ACTIVATED&skip=1'])
        expect((await bob.client.get(`/api/events?${query}`)).body.events).toEqual([]);
      expect((await bob.client.get('/v1/projects?name=Project%20of%20ann')).body).toEqual({ projects: [] });
      expect((await bob.client.get('/v1/projects?limit=1000')).body.projects).toHaveLength(1);

      const archive = await fetch(`${server.url}/api/auth/export`, {
        headers: { authorization: `Bearer ${bob.token}` },
      });
      expect(archive.status).toBe(200);
      const files = unzipSync(new Uint8Array(await archive.arrayBuffer()));
      const text = Object.values(files)
        .map((file) => Buffer.from(file).toString())
        .join('\n');
      expect(text).toContain(bob.email);
      expect(text).toContain(bob.projectKey);
      for (const secret of secrets) expect([secret, text.includes(secret)]).toEqual([secret, false]);
    });

    it('A13 should let an administrator see and change what others own', async () => {
      const { body } = await admin.client.get('/v1/projects');
      const keys = body.projects.map((project: { projectKey: string }) => project.projectKey);
      expect(keys).toEqual(expect.arrayContaining([ann.projectKey, bob.projectKey]));
      expect((await admin.client.get(`/v1/reports/overview?projectKey=${ann.projectKey}`)).status).toBe(200);
    });
  });

  describe('by fields that are not declared', () => {
    const UNDECLARED = {
      role: 'admin',
      isAdmin: true,
      userId: 'someone-else',
      ownerId: 'someone-else',
      _id: '000000000000000000000001',
      createdAt: '2001-01-01T00:00:00Z',
      orgId: 'x',
      tokenVersion: 7,
    };

    it('A14 should refuse them in every body and change nothing', async () => {
      const before = await stateOfAnn();
      let checked = 0;
      for (const operation of document.operations) {
        if (operation.body?.properties === undefined || [...INGEST, SIGNED].includes(operation.id)) continue;
        for (const [field, value] of Object.entries(UNDECLARED)) {
          if (field in operation.body.properties) continue;
          const { token } = ADMIN_ONLY.includes(operation.id) ? admin : ann;
          const answer = await call(operation, { token }, { body: { [field]: value } });
          const details = answer.body?.details;
          // On the GitHub and WHOOP routes a sentence, which names the field.
          const isNamed = typeof details === 'string' && details.includes(field);
          const paths = isNamed ? [field] : details?.map(({ path }: { path: string }) => path);
          expect([operation.id, answer.status, errorFaults(answer), paths]).toEqual([operation.id, 400, [], [field]]);
          checked += 1;
        }
      }
      expect(checked).toBeGreaterThan(50);
      expect(await stateOfAnn()).toEqual(before);
    });

    it('A14 should refuse them within nested objects', async () => {
      const answer = await ann.client.put('/api/auth/update-profile', { settings: { timezone: 'UTC', role: 'admin' } });
      expect(answer.status).toBe(400);
      expect((await ann.client.get('/api/auth/me')).body.user).toMatchObject({ role: 'user', settings: {} });
    });

    it('A14 should ignore them in the events of a batch', async () => {
      const event = { eventName: 'plain', timestamp: '2025-01-06T10:00:00Z', anonymousId: 'a-14' };
      const { userId: _, ...extra } = UNDECLARED;
      const receivedAt = '2001-01-01T00:00:00Z';
      const batch = await api.post('/v1/events/batch', {
        projectKey: bob.projectKey,
        events: [{ ...event, ...extra, receivedAt, projectKey: ann.projectKey, linkPending: true, clamped: true }],
        role: 'admin',
      });
      expect(batch.body).toMatchObject({ received: 1, inserted: 1, rejected: [] });
      const store = await openServerStore(server);
      try {
        const row = await store.collection('events').findOne({ anonymousId: 'a-14' });
        expect(row).toMatchObject({ projectKey: bob.projectKey, eventName: 'plain' });
        const fields = ['_id', 'projectKey', 'eventName', 'timestamp', 'anonymousId', 'receivedAt', 'epoch'];
        expect(Object.keys(row ?? {}).sort()).toEqual(fields.sort());
        expect(row?.receivedAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
        expect(row?._id.toString()).not.toContain('000000000001');
      } finally {
        await store.close();
      }
    });
  });

  describe('from other sites', () => {
    const FOREIGN = [
      'https://evil.example',
      'null',
      'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
      'http://localhost:30000',
      'http://localhost:3000.evil.example',
      'https://localhost:3000',
      'http://localhost:3000/',
      'file://',
    ];

    it('A15 should echo a listed origin, on errors too', async () => {
      for (const origin of [ORIGIN, 'http://localhost:5173']) {
        for (const path of ['/health/live', '/api/auth/me', '/v1/projects', '/no/such/route', '/v1/projects?limit=x']) {
          const { headers } = await api.get(path, { headers: { origin } });
          expect([path, headers.get('access-control-allow-origin')]).toEqual([path, origin]);
          expect(headers.get('vary')?.toLowerCase()).toContain('origin');
        }
      }
    });

    it('A15 should serve other origins without a CORS header', async () => {
      for (const origin of FOREIGN) {
        for (const [path, status] of [
          ['/health/live', 200],
          ['/api/auth/me', 401],
        ] as const) {
          const answer = await api.get(path, { headers: { origin } });
          expect([origin, answer.status]).toEqual([origin, status]);
          expect(answer.headers.get('access-control-allow-origin')).toBeNull();
          expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
          expect(answer.headers.get('vary')?.toLowerCase()).toContain('origin');
        }
        const events = [{ eventName: 'from_elsewhere', timestamp: 1 }];
        const batch = await api.post(
          '/v1/events/batch',
          { projectKey: bob.projectKey, events },
          { headers: { origin } },
        );
        expect(batch.status).toBe(200);
      }
    });

    it('A15 should vary by origin where none was sent', async () => {
      expect((await api.get('/health/live')).headers.get('vary')?.toLowerCase()).toContain('origin');
    });

    function preflight(origin: string, path: string, headers: string): Promise<Answer> {
      return api.request('OPTIONS', path, {
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': headers },
      });
    }

    it('A15 should answer the preflight of a listed origin without credentials', async () => {
      const wanted = 'authorization,content-type,x-api-key,idempotency-key';
      for (const path of ['/api/auth/me', '/v1/events/batch', '/v1/projects']) {
        const answer = await preflight(ORIGIN, path, wanted);
        expect([path, answer.status]).toEqual([path, 204]);
        expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
        const allowed = answer.headers.get('access-control-allow-headers')?.toLowerCase().split(/, */).sort();
        expect(allowed).toEqual(wanted.split(',').sort());
        const methods = answer.headers.get('access-control-allow-methods') ?? '';
        for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) expect(methods).toContain(method);
      }
    });

    it('A15 should allow nothing in the preflight of another origin', async () => {
      for (const origin of FOREIGN) {
        const answer = await preflight(origin, '/api/auth/me', 'authorization');
        expect(answer.status).toBeLessThan(500);
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      }
    });

    it('A15 should never answer a star', async () => {
      for (const operation of document.operations) {
        const answer = await call(
          operation,
          { headers: { origin: 'https://evil.example' } },
          { projectKey: UNKNOWN_KEY, body: { password: 1 } },
        );
        expect([operation.id, answer.headers.get('access-control-allow-origin')]).toEqual([operation.id, null]);
      }
    });
  });

  describe('answers', () => {
    const HARMLESS = 'PATCH /api/admin/users/{id}';

    it('S3 should be stored by no cache and carry the security headers, errors too', async () => {
      for (const operation of document.operations) {
        for (const token of [ann.token, undefined]) {
          // Examples of bodies that would end Ann's account or session are made invalid.
          const body = operation.path.startsWith('/api/auth/') ? { current: 1, password: 1 } : {};
          const isEnding = [
            'POST /api/auth/logout',
            'DELETE /v1/projects/{projectKey}',
            'DELETE /api/auth/api-keys/{id}',
            HARMLESS,
          ];
          const answer = await call(
            operation,
            { token: isEnding.includes(operation.id) ? undefined : token },
            { body },
          );
          expect([operation.id, answer.headers.get('cache-control')]).toEqual([operation.id, 'no-store']);
          expect([operation.id, answer.headers.get('x-content-type-options')]).toEqual([operation.id, 'nosniff']);
          expect([operation.id, answer.headers.get('x-powered-by'), answer.headers.get('server')]).toEqual([
            operation.id,
            null,
            null,
          ]);
        }
      }
      expect((await ann.client.get('/api/auth/me')).status).toBe(200);
    });

    it("O2 should carry the client's request id when it is harmless", async () => {
      for (const id of ['abcd1234', 'A-request_id-0', 'x'.repeat(64)]) {
        for (const path of ['/health/live', '/api/auth/me', '/no/such/route']) {
          const answer = await api.get(path, { headers: { 'x-request-id': id } });
          expect(answer.headers.get('x-request-id')).toBe(id);
          if (answer.status >= 400) expect(answer.body.requestId).toBe(id);
        }
      }
    });

    it('O2 should replace a bad request id and give each request its own', async () => {
      const ids = new Set<string>();
      const bad = [
        'short',
        'x'.repeat(65),
        'with space1',
        'semi;colon',
        '<script>alert',
        'a"b"c"d"e',
        '../../../etc',
        'ümlaut-ümlaut',
      ];
      for (const value of [...bad, '', undefined]) {
        const id: Record<string, string> =
          value === undefined ? {} : { 'x-request-id': Buffer.from(value).toString('latin1') };
        const answer = await api.get('/no/such/route', { headers: id });
        const given = answer.headers.get('x-request-id') ?? '';
        expect(given).toMatch(/^[\w-]{8,64}$/);
        expect(bad).not.toContain(given);
        expect(answer.body.requestId).toBe(given);
        ids.add(given);
      }
      expect(ids.size).toBe(bad.length + 2);
    });

    it('O2 should ignore a malformed traceparent', async () => {
      for (const traceparent of [
        'garbage',
        `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`,
        'ff-1-2-3',
        'x'.repeat(5000),
      ]) {
        expect((await api.get('/health/live', { headers: { traceparent } })).status).toBe(200);
      }
    });

    it('O3 should have one shape for all errors, with nosniff', async () => {
      const text = { 'content-type': 'text/plain' };
      const large = JSON.stringify({ name: 'x'.repeat(1_100_000) });
      const cases: [number, Promise<Answer>][] = [
        [400, api.get('/v1/projects?projectKey=a&projectKey=b')],
        [400, ann.client.post('/v1/projects', {})],
        [400, ann.client.request('POST', '/v1/projects', { raw: '{"name":' })],
        [400, ann.client.request('POST', '/v1/projects', { raw: '' })],
        [400, api.get('/v1/projects/%zz')],
        [400, api.get('/%')],
        [401, api.get('/api/auth/me')],
        [403, ann.client.get(`/v1/reports/overview?projectKey=${UNKNOWN_KEY}`)],
        [404, api.get('/no/such/route')],
        [404, ann.client.get(`/v1/projects/${UNKNOWN_KEY}/events/names`)],
        [413, ann.client.request('POST', '/v1/projects', { raw: large })],
        [415, ann.client.request('POST', '/v1/projects', { raw: 'name=x', headers: text })],
        [415, ann.client.request('POST', '/v1/projects', { raw: '{}', headers: { 'content-encoding': 'zstd' } })],
      ];
      for (const [status, pending] of cases) {
        const answer = await pending;
        expect([answer.status, errorFaults(answer)]).toEqual([status, []]);
      }
    });

    it('O3 should have the same shape where no route is reached', async () => {
      const cases: [number, string][] = [
        [431, requestText('GET', '/health/live', { 'x-long': 'x'.repeat(40_000) })],
        [431, requestText('GET', `/v1/projects?name=${'x'.repeat(40_000)}`)],
        [400, 'NONSENSE\r\n\r\n'],
        [400, 'GET /health/live HTTP/1.1\r\n\r\n'],
        [414, requestText('GET', `/v1/projects/${'x'.repeat(6000)}/events/names`)],
      ];
      for (const [status, text] of cases) {
        const { answers } = await exchange(server.url, text, { expect: 1 });
        expect([text.slice(0, 40), answers[0]?.status]).toEqual([text.slice(0, 40), status]);
        expect([text.slice(0, 40), errorFaults(answers[0]!)]).toEqual([text.slice(0, 40), []]);
      }
    });
  });

  describe('by role', () => {
    it('should make the first account the administrator and all later ones users', async () => {
      expect((await admin.client.get('/api/auth/me')).body.user.role).toBe('admin');
      expect((await ann.client.get('/api/auth/me')).body.user.role).toBe('user');
      const { body } = await admin.client.get('/api/admin/users');
      expect(body.users.filter(({ role }: { role: string }) => role === 'admin')).toHaveLength(1);
    });

    it('should refuse users on the routes of administrators, and serve administrators', async () => {
      const before = await stateOfAnn();
      for (const operation of document.operations.filter(({ id }) => ADMIN_ONLY.includes(id))) {
        const refused = await call(operation, { token: ann.token });
        expect([operation.id, refused.status, errorFaults(refused)]).toEqual([operation.id, 403, []]);
      }
      expect(await stateOfAnn()).toEqual(before);
      expect((await admin.client.get('/api/admin/users')).status).toBe(200);
      expect((await admin.client.post('/db/test-insert')).status).toBe(200);
    });
  });

  describe('by API key', () => {
    const keys: Record<string, string> = {};
    let owner: Person;

    beforeAll(async () => {
      owner = await join('key-owner');
      for (const scope of ['ingest', 'read', 'admin']) {
        const answer = await owner.client.post('/api/auth/api-keys', { name: scope, scopes: [scope] });
        keys[scope] = answer.body.key;
      }
    });

    function callAsKey(
      operation: Operation,
      caller: { apiKey?: string; headers?: Record<string, string> },
    ): Promise<Answer> {
      const params = Object.fromEntries(
        pathParameters(operation).map((name) => [name, objectsOf(operation, name, owner).hers]),
      );
      // The organization of the example is somebody else's by now.
      const raw = operation.textExample?.replaceAll('org=Turbo', 'org=Keys');
      const body = operation.body?.properties?.org === undefined ? undefined : { org: `Org of ${owner.name}` };
      return call(operation, caller, { params, projectKey: owner.projectKey, body, raw });
    }

    it('should let a key read or write as its scope says', async () => {
      for (const operation of closed) {
        const { scope, id } = operation;
        const ingest = await callAsKey(operation, { apiKey: keys.ingest });
        // Where everybody may ask for one exact project, a key without the scope is as good as none.
        const refusal = id === PUBLIC_WITH_KEY ? 401 : 403;
        expect([id, 'ingest', succeeded(ingest.status)]).toEqual([id, 'ingest', scope === 'ingest' ? 200 : refusal]);
        const read = await callAsKey(operation, { apiKey: keys.read });
        // The key's owner has no grant, so neither has the key.
        const mayRead = scope === 'read' && !GRANTED.includes(id);
        expect([id, 'read', succeeded(read.status)]).toEqual([id, 'read', mayRead ? 200 : 403]);
      }
    });

    it('should let an admin key do what its user may, except managing keys and sessions', async () => {
      expect((await api.get('/v1/projects', { apiKey: keys.admin })).status).toBe(200);
      expect((await api.post('/v1/projects', { name: 'By key' }, { apiKey: keys.admin })).status).toBe(200);
      for (const id of [...NO_API_KEYS, ...ADMIN_ONLY]) {
        const answer = await callAsKey(document.get(id), { apiKey: keys.admin });
        expect([id, answer.status, errorFaults(answer)]).toEqual([id, 403, []]);
      }
      expect((await owner.client.get('/api/auth/api-keys')).body.apiKeys).toHaveLength(4);
    });

    it('should take a key as X-API-Key, Bearer and Token, and see only its owner’s data with it', async () => {
      for (const caller of [
        { apiKey: keys.read },
        { headers: { authorization: `Bearer ${keys.read}` } },
        { headers: { authorization: `Token ${keys.read}` } },
      ]) {
        expect((await api.get(`/v1/reports/overview?projectKey=${owner.projectKey}`, caller)).status).toBe(200);
        expect((await api.get(`/v1/reports/overview?projectKey=${ann.projectKey}`, caller)).status).toBe(403);
      }
    });

    it('should refuse a key from the moment it is deleted', async () => {
      const { body } = await owner.client.post('/api/auth/api-keys', { name: 'short-lived', scopes: ['read'] });
      expect((await api.get('/v1/projects', { apiKey: body.key })).status).toBe(200);
      expect((await owner.client.delete(`/api/auth/api-keys/${body.id}`)).status).toBe(204);
      expect((await api.get('/v1/projects', { apiKey: body.key })).status).toBe(401);
    });
  });
});

describe('access under AUTH_MODE=open', () => {
  let server: ServerProcess;
  let api: ApiClient;
  let document: OpenApiDocument;

  beforeAll(async () => {
    const env = { JWT_SECRET: TEST_JWT_SECRET, RATE_LIMIT_ENABLED: 'false', AUTH_MODE: 'open', ...GITHUB };
    server = await ServerProcess.start({ env });
    api = new ApiClient(server.url);
    document = await OpenApiDocument.load(server.url);
  });

  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  it('should say so in its log and in /health/ready', async () => {
    expect((await api.get('/health/ready')).body.authMode).toBe('open');
    expect(server.logs).toMatch(/AUTH_MODE=open/);
  });

  it('should free projects, product reports, usage analytics and the GitHub and WHOOP dashboards, and nothing else', async () => {
    const projectKey = await api.createProject('Nobody’s');
    for (const operation of document.operations) {
      if (PUBLIC.includes(operation.id)) continue;
      const required = operation.parameters.filter(({ in: place, required: needed }) => place === 'query' && needed);
      const query = Object.fromEntries(
        required.map((parameter) => [
          parameter.name,
          parameter.name === 'projectKey' ? projectKey : parameterExample(parameter),
        ]),
      );
      const example = operation.bodyExample as object | undefined;
      const body = example && 'projectKey' in example ? { ...example, projectKey } : example;
      const path = fillPath(operation, { projectKey: UNKNOWN_KEY }, query);
      const { status } = await api.request(operation.method.toUpperCase(), path, { body });
      if (!FREE_IN_OPEN_MODE.includes(operation.id)) expect([operation.id, status]).toEqual([operation.id, 401]);
      else {
        const expected = WITHOUT_WHOOP[operation.id] ?? (pathParameters(operation).length > 0 ? 404 : 200);
        expect([operation.id, succeeded(status)]).toEqual([operation.id, expected]);
      }
    }
    expect((await api.get('/v1/projects')).status).toBe(200);
  });

  it('should still refuse bad credentials', async () => {
    for (const path of ['/v1/projects', '/api/auth/me']) {
      expect((await api.get(path, { headers: { authorization: 'Bearer garbage' } })).status).toBe(401);
    }
  });

  it('should not count the anonymous user as the first one, nor give it what others own', async () => {
    const { client, user } = await api.register('first');
    expect(user.role).toBe('admin');
    const { client: second } = await api.register('second');
    const projectKey = await second.createProject('Hers');
    expect((await api.delete(`/v1/projects/${projectKey}`)).status).toBe(404);
    expect((await api.patch(`/v1/projects/${projectKey}`, { isActive: false })).status).toBe(404);
    expect((await api.get(`/v1/reports/overview?projectKey=${projectKey}`)).status).toBe(403);
    const own = await api.createProject('Nobody’s');
    expect((await api.get(`/v1/reports/overview?projectKey=${own}`)).status).toBe(200);
    expect((await second.get(`/v1/reports/overview?projectKey=${own}`)).status).toBe(403);
    expect((await client.get(`/v1/reports/overview?projectKey=${own}`)).status).toBe(200);
    expect((await api.delete(`/v1/projects/${own}`)).status).toBe(204);
  });

  it('should not let somebody sign in as the anonymous user', async () => {
    expect((await api.get('/v1/projects', { token: mintToken(foreignClaims('anonymous')) })).status).toBe(401);
  });
});
