import { readFileSync } from 'node:fs';
import { METHODS } from 'node:http';
import { Pool } from 'undici';
import { ApiClient } from '../support/api-client.js';
import { fillPath, OpenApiDocument, pathParameters } from '../support/openapi-document.js';
import { parseMetrics, queryableNames, type MetricFamily } from '../support/prometheus-text.js';
import { selectorsOf } from '../support/promql.js';
import { promtool } from '../support/promtool.js';
import { ServerProcess } from '../support/server.js';

const MAX_SERIES = 2000;
const SCANNED_PATHS = 10_000;

/** What the contract of the metrics names; the rest of the list comes with the modules that have it. */
const PROMISED = [
  'almanac_http_request_duration_seconds',
  'almanac_http_requests_total',
  'almanac_events_ingested_total',
  'almanac_ai_calls_total',
  'almanac_ai_tokens_total',
  'almanac_ai_cost_usd_total',
  'almanac_ai_unpriced_calls_total',
  'almanac_budget_alerts_total',
  'almanac_auth_attempts_total',
  'almanac_job_runs_total',
  'almanac_job_queue_depth',
  'almanac_job_queue_oldest_seconds',
  'almanac_nodejs_eventloop_lag_p99_seconds',
  'almanac_process_resident_memory_bytes',
];

/** What the dashboard shows of modules that are not there yet. */
const NOT_YET = ['almanac_report_tasks', 'almanac_sync_last_success_timestamp_seconds', 'almanac_sync_runs_total'];

/** What comes by itself, whoever asks. */
const BACKGROUND = /^almanac_(?:(?:rollup|job|jobs|nodejs|process)_|report_tasks)/;

/** Labels that any metric may have: each has few values. */
const LABELS = [
  'method',
  'route',
  'status_class',
  'le',
  'source',
  'result',
  'kind',
  'outcome',
  'provider',
  'model',
  'call_type',
  'token_type',
  'reason',
  'prompt',
  'verdict',
  'state',
  'space',
  'version',
  'major',
  'minor',
  'patch',
  'type',
];

const HOSTILE = [
  '../../etc/passwd',
  '%2e%2e%2f',
  '<script>alert(1)</script>',
  '"} 1\nalmanac_fake_total 1',
  '${jndi:ldap://127.0.0.1/a}',
  "' OR 1=1 --",
  '\u202eevil',
  'a'.repeat(300),
];

describe('GET /api/v1/metrics', () => {
  let server: ServerProcess;
  let api: ApiClient;
  let admin: ApiClient;
  let projectKey: string;
  let pool: Pool;

  const scrape = async (): Promise<Map<string, MetricFamily>> => parseMetrics((await api.get('/api/v1/metrics')).text);
  const seriesOf = (families: Map<string, MetricFamily>): Set<string> =>
    new Set([...families.values()].flatMap(({ samples }) => samples.map((s) => s.name + JSON.stringify(s.labels))));
  const added = (before: Set<string>, after: Set<string>): string[] =>
    [...after].filter((series) => !before.has(series) && !BACKGROUND.test(series));

  beforeAll(async () => {
    server = await ServerProcess.start({ env: { RATE_LIMIT_ENABLED: 'false' } });
    api = new ApiClient(server.url);
    admin = (await api.register('admin')).client;
    projectKey = await admin.createProject();
    pool = new Pool(server.url, { connections: 16 });
    const event = { eventName: 'open', timestamp: Date.now(), anonymousId: 'a', eventId: 'e1' };
    const events = [event, event, { eventName: 5 }];
    await api.post('/v1/events/batch', { projectKey, events });
    const call = { user_id: 'u', call_type: 'completion', response_time: 1, success: true, event_id: 'c1' };
    const priced = { ...call, model_used: 'gpt-4o', tokens: 62_608 };
    await admin.post('/api/v1/ai-call', [
      { ...priced, input_tokens: 62_394, cached_input_tokens: 60_024, output_tokens: 214 },
      priced,
      { ...priced, event_id: 'c2' },
      {
        ...call,
        model_used: 'model-of-a-client',
        call_type: 'kind-of-a-client',
        tokens: 5,
        success: false,
        event_id: 'c3',
      },
      { ...priced, tokens: -1 },
    ]);
    await api.post('/api/auth/login', { email: 'nobody@example.com', password: 'wrong password' });
  });

  afterAll(async () => {
    await pool.close();
    expect(await server.stop()).toBe(0);
  });

  it("should pass Debian's promtool", async () => {
    const { text, headers } = await api.get('/api/v1/metrics');
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const verdict = promtool(['check', 'metrics'], text);
    if (verdict !== null) expect(verdict).toEqual({ status: 0, output: '' });
  });

  it('should name what the contract promises, with a sentence each', async () => {
    const families = await scrape();
    expect([...families.keys()]).toEqual(expect.arrayContaining(PROMISED));
    for (const { name, help, type, samples } of families.values()) {
      expect(name).toMatch(/^almanac_[a-z0-9_]+$/);
      expect(help).toMatch(/^[A-Z].{9,}/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      for (const label of samples.flatMap((sample) => Object.keys(sample.labels))) expect(LABELS).toContain(label);
    }
  });

  it('O4 should tell what happened', async () => {
    const families = await scrape();
    const value = (name: string, labels: Record<string, string>) =>
      families.get(name)?.samples.find((s) => Object.entries(labels).every(([key, text]) => s.labels[key] === text))
        ?.value;
    for (const [result, count] of [
      ['inserted', 1],
      ['duplicate', 1],
      ['rejected', 1],
    ] as const) {
      expect(value('almanac_events_ingested_total', { source: 'product', result })).toBe(count);
    }
    expect(value('almanac_auth_attempts_total', { kind: 'login', outcome: 'failure' })).toBe(1);
    for (const [result, count] of [
      ['inserted', 3],
      ['duplicate', 1],
      ['rejected', 1],
    ] as const) {
      expect(value('almanac_events_ingested_total', { source: 'ai_call', result })).toBe(count);
    }
    expect(value('almanac_ai_calls_total', { model: 'gpt-4o', call_type: 'completion', outcome: 'success' })).toBe(2);
    expect(value('almanac_ai_calls_total', { model: 'other', call_type: 'other', outcome: 'error' })).toBe(1);
    expect(value('almanac_ai_tokens_total', { model: 'gpt-4o', token_type: 'cached_input' })).toBe(60_024);
    expect(value('almanac_ai_cost_usd_total', { model: 'gpt-4o' })).toBe(0.083095);
    expect(value('almanac_ai_unpriced_calls_total', { reason: 'no_split' })).toBe(1);
    expect(value('almanac_ai_unpriced_calls_total', { reason: 'unknown_model' })).toBe(1);
    const batch = { method: 'POST', route: '/v1/events/batch', status_class: '2xx' };
    expect(value('almanac_http_requests_total', batch)).toBe(1);
    expect(value('almanac_nodejs_eventloop_lag_p99_seconds', {})).toBeGreaterThan(0);
  });

  it('should have every metric that the Grafana dashboard and the rules of Prometheus ask for', async () => {
    const read = (path: string) => readFileSync(new URL(`../../deploy/${path}`, import.meta.url), 'utf8');
    const { panels } = JSON.parse(read('grafana/dashboards/almanac.json')) as {
      panels: { targets?: { expr: string }[] }[];
    };
    const asked = panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => selectorsOf(expr)));
    const inRules = read('prometheus/almanac.rules.yml').match(/\balmanac_[a-z0-9_]+/g) ?? [];
    const names = new Set([...asked.map(({ metric }) => metric), ...inRules]);
    expect(names.size).toBeGreaterThan(30);
    const known = queryableNames(await scrape());
    expect([...names].filter((name) => !known.has(name) && !NOT_YET.includes(name))).toEqual([]);
  });

  describe('O1 under a scan', () => {
    /** Nobody reads the answers: what counts is that each came. */
    async function send(method: string, path: string, token?: string, body?: unknown): Promise<void> {
      const headers = {
        'user-agent': path,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      };
      const text = body === undefined ? undefined : JSON.stringify(body);
      const answer = await pool.request({ method, path, headers, body: text });
      await answer.body.dump();
    }

    async function sendAll(requests: (() => Promise<void>)[]): Promise<void> {
      const queue = requests.values();
      const lane = async () => {
        for (const request of queue) await request();
      };
      await Promise.all(Array.from({ length: 16 }, lane));
    }

    const unknownPaths = () =>
      Array.from({ length: SCANNED_PATHS }, (_, i) => {
        const hostile = encodeURIComponent(HOSTILE[i % HOSTILE.length]!);
        return () => send('GET', `/${['api', 'v1', 'admin', 'wp'][i % 4]}/${i}/${hostile}?q=${i}`);
      });

    /** CONNECT and methods that the client does not know are left out; the routes of others are tried by all. */
    const methods = () =>
      METHODS.filter((method) => method !== 'CONNECT').flatMap((method) =>
        ['/v1/projects', '/nothing', '/api/auth/login'].map((path) => () => send(method, path)),
      );

    async function routes(token: string | undefined): Promise<(() => Promise<void>)[]> {
      const { operations } = await OpenApiDocument.load(server.url);
      const harmless = operations.filter(({ id }) => !/DELETE|logout|password|\/stream|events$/.test(id));
      return harmless.flatMap((operation) =>
        HOSTILE.slice(0, 4).map((text, i) => async () => {
          const names = pathParameters(operation);
          const path = fillPath(operation, Object.fromEntries(names.map((name) => [name, text])));
          const body = operation.body === undefined ? undefined : { [`x${i}`]: text };
          await send(operation.method.toUpperCase(), `${path}?${text.length}=${encodeURIComponent(text)}`, token, body);
        }),
      );
    }

    it(`should have no more series after ${SCANNED_PATHS} paths than after one`, async () => {
      await send('GET', '/nothing');
      const before = seriesOf(await scrape());
      await sendAll(unknownPaths());
      const after = await scrape();
      expect(added(before, seriesOf(after))).toEqual([]);
      const unmatched = after
        .get('almanac_http_requests_total')!
        .samples.find(({ labels }) => labels.route === 'unmatched' && labels.method === 'GET');
      expect(unmatched!.value).toBeGreaterThanOrEqual(SCANNED_PATHS);
    }, 120_000);

    it('should stay small whatever is tried on every route, and not grow when it is tried again', async () => {
      await sendAll(methods());
      for (const token of [undefined, 'bad', (await api.register('mallory')).accessToken])
        await sendAll(await routes(token));
      const before = seriesOf(await scrape());
      expect(before.size).toBeLessThan(MAX_SERIES);
      for (const series of before) for (const text of HOSTILE) expect(series).not.toContain(text);
      await sendAll(methods());
      for (const token of [undefined, 'bad', (await api.register('mallory')).accessToken])
        await sendAll(await routes(token));
      const grown = added(before, seriesOf(await scrape()));
      // What depends on how busy the machine is (429, 503) may come with the second round.
      expect(grown.filter((series) => !series.includes('5xx') && !series.includes('limited'))).toEqual([]);
    }, 300_000);
  });
});
