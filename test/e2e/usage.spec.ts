import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../support/api-client.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';
import { ServerProcess } from '../support/server.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

const NOW = Date.now();
const iso = (ago: number) => new Date(NOW - ago).toISOString();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const call = {
  user_id: 'user123',
  model_used: 'gpt-4',
  call_type: 'completion',
  response_time: 0.75,
  tokens: 320,
  success: true,
};

/** The message, when its signature is that of Standard Webhooks. */
function verified(secret: string, headers: IncomingHttpHeaders, body: string): any {
  const signed = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.');
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(signed).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  return JSON.parse(body);
}

describe.each(await sqlTestTargets())('usage analytics over HTTP on $dialect', (target) => {
  let database: SqlTestDatabase;
  let server: ServerProcess;
  let api: ApiClient;
  let client: ApiClient;
  const env = () => {
    const { dialect, location } = database.config;
    return {
      DATABASE_URL: dialect === 'sqlite' ? `sqlite://${location}` : location,
      RATE_LIMIT_ENABLED: 'false',
      WEBHOOK_ALLOW_PRIVATE: 'true',
    };
  };

  beforeAll(async () => {
    database = await target.create();
    server = await ServerProcess.start({ env: env() });
    api = new ApiClient(server.url);
    ({ client } = await api.register('ann'));
  }, 60_000);
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
    await database.drop();
  });

  it("should take the old clients' requests as they stand in their documentation", async () => {
    const activity = {
      user_id: 'user123',
      action: 'login',
      ip_address: '192.168.1.1',
      user_agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
    };
    for (const [path, body] of [
      ['/api/v1/user-activity', activity],
      ['/api/v1/ai-call', call],
    ] as const) {
      const answer = await client.post(path, body);
      expect([answer.status, answer.body]).toEqual([201, { id: expect.any(String), status: 'recorded' }]);
    }
    const users = await client.get('/api/v1/user-stats?start=2024-03-01&end=2024-03-14');
    expect(users.body).toHaveLength(14);
    expect(users.body[13]).toEqual({
      date: '2024-03-14',
      logins: 0,
      registrations: 0,
      active_users: 0,
      average_session_time: 0,
    });
    const ai = await client.get('/api/v1/ai-stats');
    expect(ai.body.at(-1)).toMatchObject({
      total_api_calls: 1,
      completion_calls: 1,
      embedding_calls: 0,
      error_count: 0,
      average_response_time: 0.75,
      tokens_used: 320,
    });
  });

  it('should let ingest keys write and read keys read, and nobody else (A12)', async () => {
    const keyOf = async (scope: string) => {
      const { body } = await client.post('/api/auth/api-keys', { name: scope, scopes: [scope] });
      return body.key as string;
    };
    const attempt = async (apiKey?: string) => {
      const write = await api.post('/api/v1/ai-call', call, { apiKey });
      const read = await api.get('/api/v1/dashboard', { apiKey });
      return [write.status, read.status];
    };
    expect([await attempt(await keyOf('ingest')), await attempt(await keyOf('read')), await attempt()]).toEqual([
      [201, 403],
      [403, 200],
      [401, 401],
    ]);
  });

  it.each([
    ['user-stats?start=2024-01-01&end=2025-02-04', /at most 366 days/],
    ['user-stats?start=2025-01-02&end=2025-01-01', /must not be after/],
    ['user-stats?start=2025-02-30', /is not a date/],
    ['user-stats?start=2025-0', /is not a date/],
    ['user-stats?start=a&start=b', /once/],
    ['user-stats?tz=Mars/Olympus', /IANA time zone/],
    ['user-stats/active?days=400', /at most 366/],
    ['user-stats/active?days=0', /whole number/],
    ['user-stats/active?days=NaN', /whole number/],
    ['user-stats/active?days=-1', /whole number/],
    ['ai-stats?user_id[$ne]=x&start=x', /is not a date/],
    ['ai-stats/models?limit=-1', /whole number/],
    ['ai-stats/users?limit=ten', /whole number/],
    ['stats/daily?date=2025-13-01', /is not a date/],
    ['stats/summary?end=1e99', /is not a date/],
    ['stats/weekly?tz=+02:00', /IANA time zone/],
    ['dashboard?start=2023-01-01', /at most 366 days/],
  ])('should refuse %s with a sentence (I8)', async (path, sentence) => {
    const { status, body } = await client.get(`/api/v1/${path}`);
    expect([status, body.code, body.error]).toEqual([400, 'VALIDATION_FAILED', expect.stringMatching(sentence)]);
  });

  it('should refuse bad rows with a sentence, and in an array only these (D3)', async () => {
    const bad = [
      { ...call, response_time: -1 },
      { ...call, response_time: '0.75' },
      { ...call, tokens: 1e300 },
      { ...call, tokens: 'NaN' },
      { ...call, tokens: -5 },
      { ...call, success: 'yes' },
      { ...call, user_id: { a: 1 } },
    ];
    for (const row of bad) {
      const { status, body } = await client.post('/api/v1/ai-call', row);
      expect([status, body.code, body.details]).toEqual([400, 'VALIDATION_FAILED', [expect.any(Object)]]);
    }
    const { status, body } = await client.post('/api/v1/ai-call', [call, ...bad, call]);
    expect([status, body.received, body.inserted, body.rejected.map((one: { index: number }) => one.index)]).toEqual([
      201,
      9,
      2,
      [1, 2, 3, 4, 5, 6, 7],
    ]);
    const address = await client.post('/api/v1/user-activity', { user_id: 'u', action: 'x', ip_address: '999.1.1.1' });
    expect([address.status, address.body.error]).toEqual([400, 'ip_address must be an IPv4 or IPv6 address']);
    const unknown = await client.post('/api/v1/user-activity', { user_id: 'u', action: 'x', role: 'admin' });
    expect([unknown.status, unknown.body.error]).toEqual([400, 'there is no field role']);
    const many = await client.post('/api/v1/user-activity', Array(1001).fill({ user_id: 'u', action: 'x' }));
    expect([many.status, many.body.error]).toEqual([400, expect.stringMatching(/at most 1000 rows/)]);
  });

  it('should refuse only the hostile row of a large array (I3)', async () => {
    const nested = `{"a":`.repeat(5000) + '1' + '}'.repeat(5000);
    const rows = Array.from(
      { length: 900 },
      (_, i) => `{"user_id":"u${i}","action":"x","user_agent":"${'y'.repeat(150)}"}`,
    );
    rows.splice(
      5,
      0,
      `{"user_id":"u","action":"x","metadata":${nested}}`,
      '{"user_id":"\\u0000","action":"x"}',
      '{"user_id":"\\ud800","action":"x"}',
      '{"user_id":"u","action":"x","metadata":{"__proto__":{"x":1}}}',
    );
    const { status, body } = await client.post('/api/v1/user-activity', undefined, { raw: `[${rows.join(',')}]` });
    expect([status, body.inserted, body.rejected.map((one: { index: number }) => one.index)]).toEqual([
      201,
      901,
      [5, 6, 7],
    ]);
  });

  it('should answer a dashboard of one moment with all that the other routes say', async () => {
    const query = `start=${iso(20 * DAY).slice(0, 10)}&tz=Europe/Berlin`;
    const get = async (path: string) => (await client.get(`/api/v1/${path}`)).body;
    const { generated_at, active_users, ...dashboard } = await get(`dashboard?${query}`);
    const { as_of: _, ...active } = await get('user-stats/active?tz=Europe/Berlin');
    expect(Date.parse(generated_at)).toBeGreaterThan(NOW - DAY);
    expect(active_users).toMatchObject(active);
    expect(dashboard).toEqual({
      summary: await get(`stats/summary?${query}`),
      user_stats: await get(`user-stats?${query}`),
      ai_stats: await get(`ai-stats?${query}`),
      models: await get(`ai-stats/models?${query}`),
      total_users: (await get('user-stats/total')).total_users,
    });
    expect(await get('stats/weekly')).toHaveLength(12);
    expect((await get('stats/monthly')).at(-1)).toMatchObject({ complete: false });
  });

  it('should tell of each threshold of a budget once, by a signed webhook, soon after the call that reaches it', async () => {
    const receiver = await WebhookReceiver.start();
    try {
      const settings = { scope: 'project', id: 'spender', period: 'month', limit_usd: 1, thresholds: [50, 80, 100] };
      const created = await client.post('/api/v1/budgets', { ...settings, webhook_url: `${receiver.url}/budget` });
      expect([created.status, created.body.webhook_secret]).toEqual([201, expect.stringMatching(/^whsec_/)]);
      // 2.5 USD per million of input: 0.6, 0.85 and 3 USD.
      const spend = (input_tokens: number) =>
        client.post('/api/v1/ai-call', {
          ...call,
          model_used: 'gpt-4o',
          project: 'spender',
          input_tokens,
          output_tokens: 0,
        });
      const told = () =>
        receiver.calls.map(({ headers, body }) => {
          const event = verified(created.body.webhook_secret, headers, body);
          return [event.type, event.data.threshold, event.data.spend_usd];
        });
      const until = async (count: number) => {
        for (const end = Date.now() + 30_000; receiver.calls.length < count && Date.now() < end;) await sleep(50);
      };
      await spend(240_000);
      await until(1);
      await spend(100_000);
      await until(2);
      await spend(860_000);
      await until(3);
      await spend(1);
      const { body } = await client.get(`/api/v1/budgets/${created.body.id}`);
      await sleep(2500);
      expect(told()).toEqual([
        ['budget.threshold', 50, 0.6],
        ['budget.threshold', 80, 0.85],
        ['budget.threshold', 100, 3],
      ]);
      expect(body.current).toMatchObject({ spend_usd: 3.0000025, unpriced_calls: 0 });
      expect(body.current.forecast_usd).toBeGreaterThanOrEqual(3);
    } finally {
      await receiver.stop();
    }
  }, 120_000);

  it('should lose nothing that was acknowledged when the process is killed (D1)', async () => {
    let acknowledged = 0;
    let sending = true;
    const send = async (lane: number) => {
      for (let n = 0; sending; n++) {
        const rows = Array.from({ length: 20 }, (_, i) => ({
          user_id: `killed-${lane}-${i}`,
          action: 'logout',
          timestamp: iso((i % 7) * HOUR),
          event_id: `k-${lane}-${n}-${i}`,
        }));
        const answer = await client.post('/api/v1/user-activity', rows).catch(() => undefined);
        if (answer?.status === 201) acknowledged += answer.body.inserted;
      }
    };
    const lanes = [0, 1, 2, 3].map(send);
    await sleep(700);
    await server.waitFor(() => acknowledged > 0, 'an acknowledgement');
    await server.stop('SIGKILL');
    sending = false;
    await Promise.all(lanes);
    const dataSource = await database.connect([]);
    const rows: Record<string, string>[] = await dataSource.query(
      `SELECT (SELECT COUNT(*) FROM usage_activities) AS stored, (SELECT COUNT(*) FROM usage_activities WHERE event_id LIKE 'k-%') AS mine,
         (SELECT SUM(events) FROM usage_activity_cells) AS counted`,
    );
    expect(acknowledged).toBeGreaterThan(0);
    expect(Number(rows[0]!.mine)).toBeGreaterThanOrEqual(acknowledged);
    expect(Number(rows[0]!.counted)).toBe(Number(rows[0]!.stored));
    server = await ServerProcess.start({ env: env(), dataDir: server.dataDir });
  }, 60_000);
});
