import { gzipSync } from 'node:zlib';
import { ApiClient, type Answer } from '../support/api-client.js';
import { errorFaults } from '../support/error-answer.js';
import { openServerStore } from '../support/server-store.js';
import { ServerProcess } from '../support/server.js';
import { IMPATIENT } from '../support/patience.js';

const MIB = 1024 * 1024;
const LIMIT = 10 * MIB;
const LINE = 'afk_status,status=active,hostname=h,user=ben,org=Turbo duration=5 1763369520000000000';

describe('POST /api/v2/write', () => {
  let server: ServerProcess;
  let api: ApiClient;
  let ann: ApiClient;
  let key: string;

  beforeAll(async () => {
    server = await ServerProcess.start({ env: { RATE_LIMIT_ENABLED: 'false' } });
    api = new ApiClient(server.url);
    ann = (await api.register('ann')).client;
    key = (await ann.post('/api/auth/api-keys', { name: 'collector', scopes: ['ingest'] })).body.key;
  });

  afterAll(async () => {
    const code = await server.stop();
    expect(server.logs.split('\n').filter((line) => /"level":"(?:error|fatal)"/.test(line))).toEqual([]);
    expect(code).toBe(0);
  });

  function write(
    raw: string | Buffer,
    { query = '', headers = {} }: { query?: string; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    return api.request('POST', `/api/v2/write?bucket=b${query}`, {
      raw,
      headers: { authorization: `Token ${key}`, 'content-type': 'text/plain; charset=utf-8', ...headers },
      timeoutMs: 60_000,
    });
  }

  const expectError = (answer: Answer, status: number, code: string) =>
    expect([answer.status, answer.body?.code, errorFaults(answer)]).toEqual([status, code, []]);

  it('should answer 204 without a body', async () => {
    const answer = await write(LINE);
    expect([answer.status, answer.text]).toEqual([204, '']);
  });

  it('should take keys as Token and Bearer and in X-API-Key, and people who are signed in', async () => {
    expect((await write(LINE, { headers: { authorization: `Bearer ${key}` } })).status).toBe(204);
    expect((await ann.request('POST', '/api/v2/write', { raw: LINE })).status).toBe(204);
    expect((await api.request('POST', '/api/v2/write', { raw: LINE, apiKey: key })).status).toBe(204);
    for (const authorization of ['', 'Token ', 'Token nonsense', 'Bearer nonsense', 'Basic YTpi']) {
      expectError(await write(LINE, { headers: { authorization } }), 401, 'unauthorized');
    }
    expectError(await api.request('POST', '/api/v2/write', { raw: LINE }), 401, 'unauthorized');
    const { body } = await ann.post('/api/auth/api-keys', { name: 'reader', scopes: ['read'] });
    expectError(await write(LINE, { headers: { authorization: `Token ${body.key}` } }), 403, 'forbidden');
  });

  it.each([
    'text/plain',
    'text/plain; charset=utf-8',
    'application/octet-stream',
    'application/x-www-form-urlencoded',
    'application/json',
    'application/vnd.influx.lineprotocol',
    '*/*',
  ])('should take a body of type %s, as InfluxDB does', async (type) => {
    expect((await write(LINE, { headers: { 'content-type': type } })).status).toBe(204);
  });

  it('should take a body without a type', async () => {
    const response = await fetch(`${server.url}/api/v2/write`, {
      method: 'POST',
      headers: { authorization: `Token ${key}` },
      body: new Uint8Array(Buffer.from(LINE)),
    });
    expect(response.status).toBe(204);
  });

  it('should take compressed bodies, and refuse broken ones and other encodings', async () => {
    const zipped = gzipSync(LINE);
    expect((await write(zipped, { headers: { 'content-encoding': 'gzip' } })).status).toBe(204);
    expectError(await write(zipped.subarray(0, 20), { headers: { 'content-encoding': 'gzip' } }), 400, 'invalid');
    expectError(await write(LINE, { headers: { 'content-encoding': 'gzip' } }), 400, 'invalid');
    expectError(await write(LINE, { headers: { 'content-encoding': 'zstd' } }), 415, 'unsupported media type');
  });

  it('I4 should answer 413 above 10 MB, also for a bomb', async () => {
    expectError(await write('#'.repeat(LIMIT + 1)), 413, 'request too large');
    const bomb = gzipSync(Buffer.alloc(64 * MIB, '# '));
    expectError(await write(bomb, { headers: { 'content-encoding': 'gzip' } }), 413, 'request too large');
  });

  it('should answer 400 with the first bad line and the number of good ones', async () => {
    const answer = await write(`${LINE}\nx,t= f=1\n${LINE}\nx f=`);
    expectError(answer, 400, 'invalid');
    expect(answer.body).toEqual({
      code: 'invalid',
      message:
        'line 2 was refused: the tag t has no value: x,t= f=1. 2 points were written; 2 lines were refused in all',
      line: 2,
    });
  });

  it.each([
    ['precision=h', 'precision must be one of ns, us, ms, s, n, u'],
    ['precision=ns&precision=s', 'precision must be one of ns, us, ms, s, n, u'],
    ['org=a&org=b', 'org must be given once, with at most 200 characters'],
    [`org=${'x'.repeat(201)}`, 'org must be given once, with at most 200 characters'],
  ])('should refuse the parameters %s', async (query, message) => {
    const answer = await write(LINE, { query: `&${query}` });
    expectError(answer, 400, 'invalid');
    expect(answer.body.message).toBe(message);
  });

  it('should ignore the parameters that it has no use for', async () => {
    expect((await write(LINE, { query: '&consistency=all&orgID=0123456789abcdef&x=1' })).status).toBe(204);
    expect((await write('m f=1 1', { query: '&org=&orgID=Turbo' })).status).toBe(204);
    const nameless = await write('m f=1 1', { query: '&org=' });
    expect(nameless.body.message).toContain('it has no tag org, and the request names no org either');
  });

  it.each([
    ['nothing', ''],
    ['blank lines', '\n\n \r\n'],
    ['comments', '# a\n#b'],
  ])('should say that %s is no point', async (_, body) => {
    const answer = await write(body);
    expectError(answer, 400, 'invalid');
    expect(answer.body.message).toBe('the body holds no points');
  });

  it('should answer unknown routes and methods below /api/v2 as InfluxDB does', async () => {
    expectError(await api.get('/api/v2/nothing'), 404, 'not found');
    expectError(await api.get('/api/v2/write'), 404, 'not found');
    expectError(await api.post('/api/v2/query', {}), 404, 'not found');
  });

  describe('with hostile bodies', () => {
    const cases: [string, () => Buffer | string, number][] = [
      ['5 MB in one line of tags', () => `m${Array.from({ length: 400_000 }, (_, i) => `,t${i}=v`).join('')} f=1`, 400],
      ['5 MB in one line of fields', () => `m ${Array.from({ length: 500_000 }, (_, i) => `f${i}=1`).join()}`, 400],
      ['5 MB in one text', () => `m f="${'x'.repeat(5 * MIB)}"`, 400],
      ['5 MB without a break', () => 'x'.repeat(5 * MIB), 400],
      ['5 MB of backslashes', () => '\\'.repeat(5 * MIB), 400],
      ['5 MB of quotes', () => `m f=${'"'.repeat(5 * MIB)}`, 400],
      ['100,000 tiny lines', () => Array.from({ length: 100_000 }, (_, i) => `m,org=Tiny f=1 ${i}`).join('\n'), 204],
      ['100,000 bad lines', () => 'm\n'.repeat(100_000), 400],
      ['a million newlines', () => '\n'.repeat(MIB), 400],
      ['60,000 fields', () => Array.from({ length: 60_000 }, (_, i) => `m,org=Wide f${i}=1 1`).join('\n'), 400],
      ['60,000 measurements', () => Array.from({ length: 60_000 }, (_, i) => `m${i},org=Many f=1 1`).join('\n'), 400],
      ['60,000 series', () => Array.from({ length: 60_000 }, (_, i) => `s,org=Tags,t=${i} f=1 1`).join('\n'), 204],
      [
        '60,000 days',
        () => Array.from({ length: 60_000 }, (_, i) => `d,org=Days f=1 ${i * 86_400}000000000`).join('\n'),
        400,
      ],
      ['5,000 organizations', () => Array.from({ length: 5000 }, (_, i) => `o,org=o${i} f=1 1`).join('\n'), 400],
      [
        '1,000 fields that come one at a time',
        () => Array.from({ length: 100_000 }, (_, i) => `c,org=Cells f${i % 1000}=1 ${i}`).join('\n'),
        204,
      ],
      [
        'types that change with every line',
        () => Array.from({ length: 50_000 }, (_, i) => `w,org=Types f${i}=1i,f${i + 1}=1.5 ${i}`).join('\n'),
        400,
      ],
      ['broken UTF-8', () => Buffer.from(Array.from({ length: 100_000 }, (_, i) => 128 + ((i * 7) % 128))), 400],
      ['NULs', () => Buffer.alloc(MIB), 400],
      [
        'lone surrogates',
        () => Buffer.concat([Buffer.from('m f="'), Buffer.from([0xed, 0xa0, 0xbd]), Buffer.from('"')]),
        400,
      ],
      ['other control characters', () => 'm\u0001\u001b[31m,t\u0007=\u202e f\u009b=1', 204],
    ];

    it.each(cases)(
      'I1 I2 should judge %s by the line, and go on answering',
      async (_, make, status) => {
        const body = make();
        const latencies: number[] = [];
        let isDone = false;
        const probing = (async () => {
          while (!isDone) {
            const start = performance.now();
            expect((await api.get('/health/live')).status).toBe(200);
            latencies.push(performance.now() - start);
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
        })();
        const answer = await write(body, { query: '&org=Hostile' });
        isDone = true;
        await probing;
        expect(answer.status).toBe(status);
        if (status >= 400) expectError(answer, status, 'invalid');
        // What takes more than its length makes the loop stand for minutes. The machine does other things as well.
        expect(Math.max(...latencies)).toBeLessThan(4000);
      },
      90_000,
    );

    it('should still store what is good', async () => {
      const store = await openServerStore(server);
      const org = (await ann.get('/api/orgs')).body.orgs.find(({ name }: { name: string }) => name === 'Tiny');
      expect(org).toBeDefined();
      const [row] = await store
        .collection('activity_writes')
        .aggregate([{ $match: { measurement: 'm', day: 0 } }, { $group: { _id: null, count: { $max: '$count' } } }])
        .toArray();
      await store.close();
      expect(row!['count']).toBe(100_000);
    });
  });

  describe('at its limits', () => {
    it('should answer 429 with Retry-After to one who sends too fast', async () => {
      const limited = await ServerProcess.start({ env: { INGEST_EVENTS_PER_SECOND: '1' } });
      const { accessToken } = await new ApiClient(limited.url).register('ann');
      const client = new ApiClient(limited.url, accessToken);
      const body = Array.from({ length: 50 }, (_, i) => `m,org=Turbo f=1 ${i}`).join('\n');
      expect((await client.request('POST', '/api/v2/write', { raw: body })).status).toBe(204);
      const refused = await client.request('POST', '/api/v2/write', { raw: body });
      expectError(refused, 429, 'too many requests');
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(20);
      await limited.stop();
    });

    it('should answer 503 with Retry-After while the store is paused', async () => {
      const paused = await ServerProcess.start({ env: IMPATIENT });
      const { accessToken } = await new ApiClient(paused.url).register('ann');
      const client = new ApiClient(paused.url, accessToken);
      const send = () => client.request('POST', '/api/v2/write', { raw: LINE });
      const engine = paused.enginePid();
      process.kill(engine, 'SIGSTOP');
      try {
        expectError(await send(), 503, 'unavailable');
      } finally {
        process.kill(engine, 'SIGCONT');
      }
      await paused.waitFor(async () => (await send()).status === 204, 'the store to answer again');
      await paused.stop();
    });
  });

  describe('the pings', () => {
    it.each(['/ping', '/api/v2/ping'])('should answer %s like InfluxDB, whoever asks', async (path) => {
      for (const method of ['GET', 'HEAD']) {
        const answer = await api.request(method, path, { headers: { authorization: 'Token nonsense' } });
        expect([answer.status, answer.text]).toEqual([204, '']);
        expect(answer.headers.get('x-influxdb-version')).toMatch(/^v2\.\d/);
        expect(answer.headers.get('x-influxdb-build')).toBe('Almanac');
      }
    });
  });
});
