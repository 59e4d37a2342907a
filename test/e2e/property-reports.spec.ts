import { ApiClient } from '../support/api-client.js';
import { errorFaults } from '../support/error-answer.js';
import { OpenApiDocument } from '../support/openapi-document.js';
import { ServerProcess } from '../support/server.js';

const SIMPLE = ['overview', 'top-events', 'events-timeseries', 'conversion'];
const ON_PROPERTIES = ['top-screens', 'button-clicks', 'view-items', 'screen-views-by-hour'];

describe('reports with filters, breakdowns and sources', () => {
  let server: ServerProcess;
  let admin: ApiClient;
  let user: ApiClient;
  let projectKey: string;

  beforeAll(async () => {
    server = await ServerProcess.start({ env: { RATE_LIMIT_ENABLED: 'false' } });
    ({ client: admin } = await new ApiClient(server.url).register('admin'));
    ({ client: user } = await new ApiClient(server.url).register('user'));
    projectKey = await user.createProject();
    const timestamp = '2025-01-06T10:00:00Z';
    const events = [
      { eventName: 'screen_view', timestamp, userId: 'u1', properties: { country: 'DE', screen_name: 'home' } },
      { eventName: 'screen_view', timestamp, userId: 'u2', properties: { country: { $ne: '' }, screen_name: 7 } },
      {
        eventName: 'buy',
        timestamp,
        userId: 'u1',
        properties: { country: 'FR', amount: 12, 'a.b': 1, $c: { d: 'e' } },
      },
    ];
    expect((await user.post('/v1/events/batch', { projectKey, events })).body.inserted).toBe(3);
  }, 60_000);

  afterAll(async () => {
    await server.stop();
  });

  const ask = (client: ApiClient, report: string, query = '') =>
    client.get(`/v1/reports/${report}?projectKey=${projectKey}&eventName=buy${query}`);

  it('should name the source of every report', async () => {
    for (const report of [...SIMPLE, ...ON_PROPERTIES]) {
      const { status, headers } = await ask(user, report);
      expect([report, status]).toEqual([report, 200]);
      expect(['rollup', 'raw']).toContain(headers.get('x-report-source'));
    }
    for (const report of ON_PROPERTIES) expect((await ask(user, report)).headers.get('x-report-source')).toBe('raw');
    const filtered = await ask(user, 'overview', '&filter[properties.country]=DE');
    expect(filtered.headers.get('x-report-source')).toBe('raw');
    const exposed = await user.get('/health', { headers: { origin: 'http://localhost:3000' } });
    expect(exposed.headers.get('access-control-expose-headers')).toContain('x-report-source');
  });

  it('should compute from raw events for admins, and refuse others', async () => {
    const { body: key } = await admin.post('/api/auth/api-keys', { name: 'reader', scopes: ['read'] });
    for (const report of [...SIMPLE, ...ON_PROPERTIES]) {
      const answer = await ask(admin, report, '&source=raw');
      expect([answer.status, answer.headers.get('x-report-source')]).toEqual([200, 'raw']);
      expect(answer.text).toBe((await ask(user, report)).text);
      const refused = await ask(user, report, '&source=raw');
      expect([refused.status, refused.body.error]).toEqual([403, 'Only admins may ask for source=raw']);
      expect(errorFaults(refused)).toEqual([]);
      const byKey = await new ApiClient(server.url).get(
        `/v1/reports/${report}?projectKey=${projectKey}&eventName=buy&source=raw`,
        { apiKey: key.key },
      );
      expect(byKey.status).toBe(403);
    }
    expect((await ask(admin, 'overview', '&source=rollup')).status).toBe(400);
  });

  it('should refuse what is no filter, no property and no comparison, with a sentence', async () => {
    for (const query of [
      '&filter=properties.country',
      '&filter[properties.country=DE',
      '&filter[country]=DE',
      '&filter[properties.country][$ne]=DE',
      '&filter[properties.country][regex]=.*',
      '&filter[properties.country]=DE&filter[properties.country]=FR',
      '&filter[properties.country][exists]=1',
      `&filter[properties.country]=${'x'.repeat(201)}`,
      '&filter[__proto__]=x',
      '&filter[properties.x][constructor]=x',
    ]) {
      for (const report of [...SIMPLE, ...ON_PROPERTIES]) {
        const answer = await ask(user, report, query);
        expect([report, query, answer.status, errorFaults(answer)]).toEqual([report, query, 400, []]);
      }
    }
    for (const query of ['&breakdown=country', '&breakdown=properties.', '&breakdown=a&breakdown=b']) {
      for (const report of SIMPLE) {
        const answer = await ask(user, report, query);
        expect([report, query, answer.status, errorFaults(answer)]).toEqual([report, query, 400, []]);
      }
    }
    for (const query of ['&compare=previous', '&compare=previous&from=2025-01-01', '&compare=next']) {
      expect((await ask(user, 'overview', query)).status).toBe(400);
      expect((await ask(user, 'events-timeseries', query)).status).toBe(400);
    }
  });

  it('should find values by text, and keys letter by letter', async () => {
    const total = async (query: string) => (await ask(user, 'overview', query)).body.totalEvents;
    expect(await total('&filter[properties.country]=DE')).toBe(1);
    expect(await total('&filter[properties.country][neq]=DE')).toBe(2);
    expect(await total('&filter[properties.country]=(object)')).toBe(1);
    expect(await total('&filter[properties.country.$ne][exists]=true')).toBe(0);
    expect(await total('&filter[properties.$c.d]=e')).toBe(1);
    expect(await total('&filter[properties.a.b]=1')).toBe(1);
    expect(await total('&filter[properties.amount][gt]=9&filter[properties.amount]=12')).toBe(1);
    expect(await total('&filter[properties.screen_name]=7')).toBe(1);
    expect(await total('&filter[properties.country]=')).toBe(3);
    // Other parameters with brackets stay unknown ones.
    expect(await total('&country[$ne]=DE&filters[x]=1')).toBe(3);
  });

  it('should refuse a breakdown and a comparison where there is none, and nothing else that it does not know', async () => {
    for (const [report, parameter] of [
      ['top-events', 'compare=previous'],
      ['conversion', 'compare=previous'],
      ...['retention', 'sessions', 'active-users', ...ON_PROPERTIES].flatMap((plain) => [
        [plain, 'breakdown=properties.country'],
        [plain, 'compare=previous'],
      ]),
    ]) {
      const answer = await ask(user, report!, `&${parameter}`);
      const sentence = `${parameter!.split('=')[0]} is not supported by this report`;
      expect([report, answer.status, answer.body.error, errorFaults(answer)]).toEqual([report, 400, sentence, []]);
      expect((await ask(user, report!, '&breakdown=&compare=&_=17')).status).toBe(200);
    }
  });

  it('should join the filters of the address and of the body of a funnel', async () => {
    const funnel = async (query: string, filter?: object) => {
      const path = `/v1/reports/funnel${query}`;
      const { status, body } = await user.post(path, { projectKey, steps: ['screen_view', 'buy'], filter });
      return [status, body.steps?.map((step: { users: number }) => step.users) ?? body.error];
    };
    expect(await funnel('')).toEqual([200, [2, 1]]);
    expect(await funnel('?filter[properties.country]=DE')).toEqual([200, [1, 0]]);
    expect(await funnel('?filter[properties.country][in]=DE,FR', { 'properties.country': { neq: 'FR' } })).toEqual([
      200,
      [1, 0],
    ]);
    expect(await funnel('?filter[country]=DE')).toEqual([400, expect.stringContaining('must name a property')]);
    const six = Array.from({ length: 6 }, (_, i) => [`properties.p${i}`, '(none)']);
    const address = six.map(([name, value]) => `filter[${name}]=${value}`).join('&');
    expect(await funnel(`?${address}`, Object.fromEntries(six))).toEqual([400, 'filter may be given 10 times']);
    expect(await funnel('?breakdown=properties.country')).toEqual([400, 'breakdown is not supported by this report']);
  });

  it('should count sessions and active users of the events that pass', async () => {
    for (const [report, field] of [
      ['sessions', 'sessions'],
      ['sessions?by=sessionId&x=', 'sessions'],
      ['active-users', 'dau'],
    ] as const) {
      const path = (filter: string) =>
        `/v1/reports/${report}${report.includes('?') ? '' : '?'}&projectKey=${projectKey}${filter}`;
      const all = await user.get(path(''));
      const some = await user.get(path('&filter[properties.amount][exists]=true'));
      expect([report, all.status, some.status]).toEqual([report, 200, 200]);
      if (!report.includes('by=')) expect([all.body[field], some.body[field]]).toEqual([2, 1]);
      expect(some.headers.get('x-report-source')).toBe('raw');
    }
  });

  it('should document the header, filters and errors of every report', async () => {
    const document = await OpenApiDocument.load(server.url);
    const reports = document.operations.filter(({ path }) => path.startsWith('/v1/reports/'));
    expect(reports.length).toBeGreaterThanOrEqual(SIMPLE.length + ON_PROPERTIES.length + 4);
    for (const { id, path, method, responses } of reports) {
      const answer = document.json.paths[path][method].responses['200'];
      expect([id, Object.keys(answer.headers ?? {})]).toEqual([id, ['X-Report-Source']]);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '401', '403', '503']));
    }
    for (const id of ['POST /v1/reports/funnel', 'GET /v1/reports/sessions', 'GET /v1/reports/active-users']) {
      expect(document.get(id).parameters.map(({ name }) => name)).toContain('filter');
    }
    for (const report of [...SIMPLE, ...ON_PROPERTIES]) {
      const names = document.get(`GET /v1/reports/${report}`).parameters.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['projectKey', 'from', 'to', 'tz', 'source', 'filter']));
      expect(names.includes('breakdown')).toBe(SIMPLE.includes(report));
    }
  });
});

describe('the documented examples', () => {
  let server: ServerProcess;
  let document: OpenApiDocument;

  beforeAll(async () => {
    server = await ServerProcess.start();
    document = await OpenApiDocument.load(server.url);
  }, 60_000);

  afterAll(async () => {
    await server.stop();
  });

  it('should show every error with its own status, and where to find when to try again', () => {
    const errors = document.operations.flatMap(({ id, responses }) =>
      Object.entries(responses).flatMap(([status, { content, headers }]) => {
        const media = content?.['application/json'];
        return media?.schema?.$ref?.endsWith('/ErrorResponseDto')
          ? [{ id, status, example: media.example, headers }]
          : [];
      }),
    );
    expect(errors.length).toBeGreaterThan(document.operations.length);
    for (const { id, status, example, headers } of errors) {
      const { error, code, statusCode } = example as Record<string, unknown>;
      expect([id, status, typeof error, typeof code, statusCode]).toEqual([
        id,
        status,
        'string',
        'string',
        Number(status),
      ]);
      const isRetried = ['429', '503'].includes(status);
      expect([id, status, Object.keys(headers ?? {})]).toEqual([id, status, isRetried ? ['Retry-After'] : []]);
    }
    const codeOf = (id: string, status: string) =>
      (document.get(id).responses[status]?.content?.['application/json']?.example as { code: string }).code;
    expect(codeOf('GET /v1/reports/overview', '400')).toBe('VALIDATION_FAILED');
    expect(codeOf('GET /v1/reports/overview', '401')).toBe('UNAUTHENTICATED');
    expect(codeOf('GET /v1/reports/overview', '403')).toBe('PROJECT_NOT_FOUND');
    expect(codeOf('POST /v1/reports/funnel', '403')).toBe('PROJECT_NOT_FOUND');
    expect(codeOf('POST /v1/events/batch', '429')).toBe('RATE_LIMITED');
    expect(codeOf('PATCH /v1/projects/{projectKey}', '404')).toBe('PROJECT_NOT_FOUND');
    expect(codeOf('PATCH /v1/projects/{projectKey}', '403')).toBe('FORBIDDEN');
  });

  it('should have bodies of the funnel that work as they are', async () => {
    const { client } = await new ApiClient(server.url).register('ann');
    const projectKey = await client.createProject();
    const timestamp = '2025-01-06T10:00:00Z';
    const events = ['app_open', 'purchase_success'].map((eventName) => ({ eventName, timestamp, userId: 'u1' }));
    await client.post('/v1/events/batch', { projectKey, events });
    const { examples } = document.json.paths['/v1/reports/funnel'].post.requestBody.content['application/json'];
    expect(Object.keys(examples)).toEqual(['simple', 'window', 'process']);
    const users: Record<string, number[]> = {};
    for (const [name, { value }] of Object.entries<{ value: object }>(examples)) {
      const { status, body } = await client.post('/v1/reports/funnel', { ...value, projectKey });
      expect([name, status]).toEqual([name, 200]);
      users[name] = body.steps.map((step: { users: number }) => step.users);
    }
    expect(users).toEqual({ simple: [1, 1], window: [0, 0, 0, 0], process: [0, 0] });
  });
});

describe('source=raw under AUTH_MODE=open', () => {
  it('should be refused to callers without credentials', async () => {
    const server = await ServerProcess.start({ env: { AUTH_MODE: 'open' } });
    try {
      const api = new ApiClient(server.url);
      const projectKey = await api.createProject();
      for (const report of [...SIMPLE, ...ON_PROPERTIES]) {
        const query = `projectKey=${projectKey}&eventName=buy`;
        expect((await api.get(`/v1/reports/${report}?${query}`)).status).toBe(200);
        expect((await api.get(`/v1/reports/${report}?${query}&source=raw`)).status).toBe(403);
      }
    } finally {
      await server.stop();
    }
  }, 60_000);
});
