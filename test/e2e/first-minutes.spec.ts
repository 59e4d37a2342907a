import { ApiClient } from '../support/api-client.js';
import { ServerProcess } from '../support/server.js';

describe('the first five minutes', () => {
  let server: ServerProcess;
  let api: ApiClient;
  let logOfStart: string;

  beforeAll(async () => {
    server = await ServerProcess.start();
    api = new ApiClient(server.url);
    logOfStart = server.logs;
  });

  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  it('should count the visitor who signs in as one person', async () => {
    const { client } = await api.register('ann');
    const project = await client.post('/v1/projects', { name: 'Demo App' });
    expect(project).toMatchObject({ status: 200, body: { name: 'Demo App', isActive: true } });
    const { projectKey } = project.body;
    expect(projectKey).toMatch(/^[0-9a-f]{12}$/);

    const batch = await api.post('/v1/events/batch', {
      projectKey,
      events: [
        { eventName: 'app_open', timestamp: '2025-01-06T10:00:00Z', anonymousId: 'anon-1' },
        { eventName: 'purchase_success', timestamp: '2025-01-06T10:05:00Z', anonymousId: 'anon-1', userId: 'user-123' },
      ],
    });
    expect(batch).toMatchObject({ status: 200, body: { received: 2, inserted: 2, duplicates: 0, rejected: [] } });

    const overview = await client.get(`/v1/reports/overview?projectKey=${projectKey}`);
    expect(overview.body).toEqual({
      projectKey,
      range: { from: null, to: null },
      totalEvents: 2,
      uniqueUsers: 1,
      uniqueEventNames: 2,
    });
    const funnel = await client.post('/v1/reports/funnel', { projectKey, steps: ['app_open', 'purchase_success'] });
    expect(funnel.status).toBe(200);
    expect(funnel.body.steps.map((step: { users: number }) => step.users)).toEqual([1, 1]);
    expect(funnel.body.steps[1]).toMatchObject({ conversionRate: 1, dropOff: 0, medianSecondsFromPrevious: 300 });
    const conversion = await client.get(`/v1/reports/conversion?projectKey=${projectKey}&eventName=purchase_success`);
    expect(conversion.body).toMatchObject({ totalUsers: 1, convertedUsers: 1, conversionRate: 1 });
    const top = await client.get(`/v1/reports/top-events?projectKey=${projectKey}&limit=10`);
    expect(top.body.items).toEqual([
      { eventName: 'app_open', count: 1 },
      { eventName: 'purchase_success', count: 1 },
    ]);
    const series = await client.get(
      `/v1/reports/events-timeseries?projectKey=${projectKey}&interval=day&from=2025-01-05&to=2025-01-07`,
    );
    expect(series.body.items).toEqual([
      { time: '2025-01-05', count: 0 },
      { time: '2025-01-06', count: 2 },
      { time: '2025-01-07', count: 0 },
    ]);
    const names = await client.get(`/v1/projects/${projectKey}/events/names?from=2025-01-01&to=2025-01-31`);
    expect(names.body).toMatchObject({ projectKey, eventNames: ['app_open', 'purchase_success'] });
  });

  it('should end the log of its start with the three addresses a person needs', () => {
    expect(logOfStart).toMatch(/Almanac is ready after [\d.]+ s[^]*API[^]*Swagger[^]*Readiness[^\n]*\n$/);
  });

  it('should answer the probes of the old servers', async () => {
    expect((await api.get('/health')).body).toEqual({ status: 'ok' });
    expect((await api.get('/api/health')).body).toEqual({ status: 'healthy' });
    expect((await api.get('/api/v1/health')).status).toBe(200);
    expect((await api.get('/db/health')).body).toEqual({ mongo: 'ok', db: 'almanac' });
    expect((await api.get('/health/live')).status).toBe(200);
    expect((await api.get('/health/startup')).status).toBe(200);
    expect((await api.get('/health/ready')).body).toMatchObject({ status: 'ok', checks: { mongo: 'up', sql: 'up' } });
  });

  it('should say what replicas would not share', async () => {
    expect((await api.get('/health/ready')).body.shared).toEqual({
      requestLimits: 'process',
      loginLimits: 'sql',
      revokedTokens: 'sql',
      jobs: 'sql',
    });
  });

  it('should list the API by module at the root', async () => {
    const { body } = await api.get('/');
    expect(Object.values(body.modules).flat()).toContain('POST /v1/events/batch');
  });
});
