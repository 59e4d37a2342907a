import { ApiClient } from '../support/api-client.js';
import { ServerProcess } from '../support/server.js';
import { sqlTestTargets } from '../support/sql.js';
import { TraceReceiver, type ReceivedSpan } from '../support/trace-receiver.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = `00-${TRACE}-b7ad6b7169203331-01`;
const CANARY = 'canary-5f3c';

describe.each(await sqlTestTargets())('tracing on $dialect', (target) => {
  it('O2 S2 should follow a request through the stores and the log, and tell of nothing private', async () => {
    const receiver = await TraceReceiver.start();
    const hooks = await WebhookReceiver.start();
    const database = await target.create();
    const sql: Record<string, string> = target.dialect === 'postgres' ? { DATABASE_URL: database.config.location } : {};
    const server = await ServerProcess.start({
      env: {
        ...sql,
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a%20b',
        OTEL_SERVICE_NAME: 'almanac-test',
        LOG_LEVEL: 'debug',
        WEBHOOK_ALLOW_PRIVATE: 'true',
        // Whatever it answers: the call is what counts.
        OPENAI_BASE_URL: hooks.url,
        OPENAI_MODEL: 'none',
        OPENAI_API_KEY: `${CANARY}-key`,
      },
    });
    try {
      const api = new ApiClient(server.url);
      await api.register(CANARY);
      const password = `${CANARY}-wrong-password`;
      await api.request('POST', '/api/auth/login', {
        body: { email: `${CANARY}@example.com`, password },
        headers: { traceparent: PARENT },
      });
      expect((await api.get('/api/unknown', { headers: { traceparent: '00-garbage-01' } })).status).toBe(404);
      const { client } = await new ApiClient(server.url).register('ann');
      const key = await client.createProject();
      await client.get(`/v1/reports/overview?projectKey=${key}&source=raw`);

      await client.post('/api/ai/categorize', { domain: `${CANARY}.example`, title: CANARY });
      await client.post('/api/reports/webhooks', { url: `${hooks.url}/${CANARY}-hook` });
      await client.post('/api/orgs', { name: `${CANARY}-org` });
      const asked = { org: `${CANARY}-org`, users: [CANARY], startDate: '2025-11-19', endDate: '2025-11-19' };
      await client.post('/api/reports/generate', asked);
      await server.waitFor(() => hooks.calls.length > 0, 'the webhook to be told');

      const named = (name: string) => receiver.spans.find((span) => span.name === name);
      await server.waitFor(() => named('GET /v1/reports/overview') !== undefined, 'the spans');
      const login = named('POST /api/auth/login')!;
      const ofLogin = receiver.spans.filter(({ traceId }) => traceId === TRACE);
      expect(ofLogin).toContain(login);
      expect(login.attributes).toMatchObject({ 'http.route': '/api/auth/login' });
      const systems = new Set(
        receiver.spans.map(({ attributes }) => attributes['db.system.name'] ?? attributes['db.system']),
      );
      expect(systems).toContain('mongodb');
      expect(systems).toContain(target.dialect === 'postgres' ? 'postgresql' : 'sqlite');
      expect(ofLogin.length).toBeGreaterThan(1);
      await server.waitFor(() => receiver.spans.some(({ name }) => name.startsWith('job ')), 'the span of a job');
      const categorize = named('POST /api/ai/categorize')!;
      const calls = receiver.spans.filter(
        ({ traceId, attributes }) => traceId === categorize.traceId && attributes['server.port'] === hooks.port,
      );
      expect(calls.length).toBeGreaterThan(0);
      const job = receiver.spans.find(({ name }) => name.startsWith('job '))!;
      const within = (span: ReceivedSpan) => span.traceId === job.traceId && span.spanId !== job.spanId;
      await server.waitFor(() => receiver.spans.some(within), 'what the job asked of the stores');
      expect(named('GET')?.traceId).not.toBe(TRACE);
      expect(receiver.spans.some(({ name }) => name.includes('health'))).toBe(false);
      for (const secret of [CANARY, key, 'projectKey', '127.0.0.1:', 'Bearer'])
        expect([secret, receiver.text.includes(secret)]).toEqual([secret, false]);
      expect(receiver.text).toContain('almanac-test');
      expect(new Set(receiver.headers)).toEqual(new Set(['a b']));
      const lines = server.logs.split('\n').filter((line) => line.includes(`"traceId":"${TRACE}"`));
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines)
        expect(JSON.parse(line)).toMatchObject({ requestId: expect.stringMatching(/^[\w-]{8,64}$/) });
    } finally {
      expect(await server.stop()).toBe(0);
      await database.drop();
      await Promise.all([receiver.stop(), hooks.stop()]);
    }
  });

  if (target.dialect === 'sqlite') {
    it('should serve all the same while nobody takes the spans', async () => {
      const server = await ServerProcess.start({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' } });
      expect((await new ApiClient(server.url).get('/health/ready')).status).toBe(200);
      expect(await server.stop()).toBe(0);
    });
  }
});
