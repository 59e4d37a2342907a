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

  it('should document the header, filters and errors of every report', async () => {
    const document = await OpenApiDocument.load(server.url);
    const reports = document.operations.filter(({ path }) => path.startsWith('/v1/reports/'));
    expect(reports.length).toBeGreaterThanOrEqual(SIMPLE.length + ON_PROPERTIES.length + 4);
    for (const { id, path, method, responses } of reports) {
      const answer = document.json.paths[path][method].responses['200'];
      expect([id, Object.keys(answer.headers ?? {})]).toEqual([id, ['X-Report-Source']]);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '401', '403', '503']));
    }
    for (const report of [...SIMPLE, ...ON_PROPERTIES]) {
      const names = document.get(`GET /v1/reports/${report}`).parameters.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['projectKey', 'from', 'to', 'tz', 'source', 'filter']));
      expect(names.includes('breakdown')).toBe(SIMPLE.includes(report));
    }
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
