import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../support/api-client.js';
import { errorFaults } from '../support/error-answer.js';
import { exchange, open, requestText, type RawPiece } from '../support/raw-http.js';
import { ServerProcess } from '../support/server.js';

const LIVE = requestText('GET', '/health/live');
const BATCH_BODY = '{"projectKey":"0123456789ab","events":[{"eventName":"a","timestamp":1}]}';

/** A request with exactly these header lines. */
function raw(firstLine: string, ...headers: string[]): string {
  return [firstLine, ...headers, '', ''].join('\r\n');
}

function post(length: string, body: string): string {
  return `${raw('POST /v1/events/batch HTTP/1.1', 'host: x', 'content-type: application/json', length)}${body}`;
}

describe('raw HTTP', () => {
  let server: ServerProcess;
  let api: ApiClient;

  beforeAll(async () => {
    server = await ServerProcess.start({ env: { RATE_LIMIT_ENABLED: 'false' } });
    api = new ApiClient(server.url);
  });

  afterEach(async () => {
    expect(server.exitCode).toBeNull();
    // Readiness remembers for a second what it found while the test kept the processors busy.
    await server.waitFor(async () => (await api.get('/health/ready')).status === 200, 'readiness');
  });

  afterAll(async () => {
    expect(await server.stop()).toBe(0);
    expect(server.logs.split('\n').filter((line) => /"level":"(?:error|fatal)"/.test(line))).toEqual([]);
  });

  /** Sends the pieces and expects one answer of an allowed status in the shape of every error. */
  async function expectError(pieces: RawPiece | RawPiece[], ...allowed: number[]): Promise<void> {
    const { answers, rest, error } = await exchange(server.url, pieces, { expect: 1 });
    expect([error, rest]).toEqual([undefined, '']);
    expect(allowed).toContain(answers[0]?.status);
    expect(errorFaults(answers[0]!)).toEqual([]);
  }

  it.each([
    ['one word', 'HELLO\r\n\r\n'],
    ['no version', 'GET /\r\n\r\n'],
    ['another protocol', 'GET / GOPHER/1.0\r\n\r\n'],
    ['HTTP/9.9', 'GET / HTTP/9.9\r\nhost: x\r\n\r\n'],
    ['HTTP/2 by prior knowledge', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a method in lower case', 'get / HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a method with a NUL', 'GE\0T / HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a space in the address', 'GET /a b HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a line break in the address', 'GET /a\nb HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a NUL in the address', 'GET /a\0b HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nhost: x\r\nnonsense\r\n\r\n'],
    ['a header with a space before the colon', 'GET / HTTP/1.1\r\nhost: x\r\na : b\r\n\r\n'],
    ['a header with a NUL', 'GET / HTTP/1.1\r\nhost: x\r\na: b\0c\r\n\r\n'],
    ['a header with a bare carriage return', 'GET / HTTP/1.1\r\nhost: x\r\na: b\rc\r\n\r\n'],
    ['an empty header name', 'GET / HTTP/1.1\r\nhost: x\r\n: b\r\n\r\n'],
    ['no host', 'GET /health/live HTTP/1.1\r\n\r\n'],
    ['a TLS greeting', Buffer.from('16030100e8010000e40303', 'hex')],
    ['an SSH greeting', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['random bytes', randomBytes(2000)],
    ['line breaks alone, then garbage', '\r\n\r\n\r\nGARBAGE\r\n\r\n'],
  ])('I1 O3 should answer 400 for %s', async (_name, bytes) => {
    await expectError(bytes, 400);
  });

  it.each([
    ['two lengths', post('content-length: 5\r\ncontent-length: 6', BATCH_BODY)],
    ['a list of lengths', post('content-length: 5, 5', BATCH_BODY)],
    ['a negative length', post('content-length: -1', BATCH_BODY)],
    ['a length with letters', post('content-length: 12abc', BATCH_BODY)],
    ['a hexadecimal length', post('content-length: 0x10', BATCH_BODY)],
    ['a length with a plus sign', post('content-length: +72', BATCH_BODY)],
    ['an endless length', post(`content-length: ${'9'.repeat(100)}`, BATCH_BODY)],
    ['an empty length', post('content-length: ', BATCH_BODY)],
    ['both length and chunks', post('content-length: 5\r\ntransfer-encoding: chunked', '0\r\n\r\n')],
    ['chunks that are not last', post('transfer-encoding: chunked, identity', '0\r\n\r\n')],
    ['an unknown transfer encoding', post('transfer-encoding: xchunked', '0\r\n\r\n')],
    ['chunked written with a tab', post('transfer-encoding:\tchunked, chunked', '0\r\n\r\n')],
    ['a chunk size that is none', post('transfer-encoding: chunked', 'zz\r\nabc\r\n0\r\n\r\n')],
    ['a negative chunk size', post('transfer-encoding: chunked', '-5\r\nabcde\r\n0\r\n\r\n')],
    ['a huge chunk size', post('transfer-encoding: chunked', `${'f'.repeat(40)}\r\nabc`)],
    ['a chunk longer than its size', post('transfer-encoding: chunked', '2\r\nabcdef\r\n0\r\n\r\n')],
    ['a chunk extension of 100 kB', post('transfer-encoding: chunked', `1;${'x'.repeat(100_000)}\r\n{\r\n0\r\n\r\n`)],
    ['trailers of 100 kB', post('transfer-encoding: chunked', `2\r\n{}\r\n0\r\na: ${'x'.repeat(100_000)}\r\n\r\n`)],
  ])('I1 O3 should refuse a body framed with %s', async (_name, bytes) => {
    await expectError(bytes, 400, 413, 415, 431);
  });

  it('I1 should never read one request in the body of another', async () => {
    const inner = requestText('GET', '/no/such/route/smuggled');
    const smuggles = [
      post(`content-length: ${inner.length}\r\ntransfer-encoding: chunked`, `0\r\n\r\n${inner}`),
      post(`transfer-encoding: chunked\r\ncontent-length: 0`, `0\r\n\r\n${inner}`),
      post('content-length: 0\r\ncontent-length: 10', inner),
      post('transfer-encoding : chunked', `0\r\n\r\n${inner}`),
      post('content-length: 0\ntransfer-encoding: chunked', inner),
    ];
    for (const smuggle of smuggles) {
      const { answers } = await exchange(server.url, smuggle, { expect: 2, timeoutMs: 10_000 });
      expect([smuggle.slice(60, 130), answers.map(({ status }) => status)]).toEqual([smuggle.slice(60, 130), [400]]);
    }
  });

  it.each([
    ['one header of 20 kB', raw('GET / HTTP/1.1', 'host: x', `a: ${'x'.repeat(20_000)}`)],
    ['one header of 5 MB', raw('GET / HTTP/1.1', 'host: x', `a: ${'x'.repeat(5_000_000)}`)],
    ['2,000 headers', raw('GET / HTTP/1.1', 'host: x', ...Array.from({ length: 2000 }, (_, i) => `h${i}: value`))],
    ['a header name of 20 kB', raw('GET / HTTP/1.1', 'host: x', `${'n'.repeat(20_000)}: v`)],
    ['an address of 20 kB', raw(`GET /${'x'.repeat(20_000)} HTTP/1.1`, 'host: x')],
    ['a query of 20 kB', raw(`GET /v1/projects?name=${'x'.repeat(20_000)} HTTP/1.1`, 'host: x')],
    ['an address of 2 MB', raw(`GET /${'x'.repeat(2_000_000)} HTTP/1.1`, 'host: x')],
    [
      'a credential of 30 kB',
      raw('GET /api/auth/me HTTP/1.1', 'host: x', `authorization: Bearer ${'x'.repeat(30_000)}`),
    ],
  ])('O3 should answer 431 for %s', async (_name, bytes) => {
    await expectError(bytes, 431, 414);
  });

  it.each([
    '/%',
    '/%zz',
    '/%c',
    '/v1/projects/%ff%fe',
    '/%E0%A4%A',
    '/v1/projects/%u0041/events/names',
    '/\xff\xfe',
    '/%00',
    '/a%00b',
    '/v1/%2',
    '/v1/projects/%E0%A4%A/events/names',
  ])('O3 should answer the address %s with a 4xx', async (target) => {
    await expectError(Buffer.from(raw(`GET ${target} HTTP/1.1`, 'host: x'), 'latin1'), 400, 401, 404);
  });

  it.each([
    '*',
    'health',
    'http://',
    'http://x',
    'http://x/no/such/route',
    'ftp://x/health/live',
    '//',
    '///',
    '/..',
    '/../..',
    '?',
    '#',
    '/#/health/live',
    '/\\..\\..',
    ':80',
  ])('O3 should bear the request target %s', async (target) => {
    const { answers, error } = await exchange(server.url, raw(`GET ${target} HTTP/1.1`, 'host: x'), { expect: 1 });
    expect(error).toBeUndefined();
    const answer = answers[0]!;
    expect([200, 400, 404]).toContain(answer.status);
    if (answer.status >= 400) expect(errorFaults(answer)).toEqual([]);
  });

  it('O3 should answer methods, expectations and upgrades that it does not know', async () => {
    await expectError(raw('CONNECT evil.example:443 HTTP/1.1', 'host: evil.example:443'), 405);
    // To a browser's question the server answers without looking at the address.
    const options = await exchange(server.url, raw('OPTIONS * HTTP/1.1', 'host: x'), { expect: 1 });
    expect(options.answers[0]?.status).toBe(204);
    await expectError(raw('TRACE /api/auth/me HTTP/1.1', 'host: x', 'authorization: Bearer abc'), 404, 405);
    await expectError(raw('GET /no/such/route HTTP/1.1', 'host: x', 'expect: the-unexpected'), 404, 417);
    await expectError(raw('GET /api/auth/me HTTP/1.1', 'host: x', 'connection: upgrade', 'upgrade: websocket'), 401);
    await expectError(
      raw(
        'GET /api/auth/me HTTP/1.1',
        'host: x',
        'connection: Upgrade, HTTP2-Settings',
        'upgrade: h2c',
        'http2-settings: AAMAAABkAAQAAP__',
      ),
      401,
    );
    const continued = raw(
      'POST /v1/projects HTTP/1.1',
      'host: x',
      'content-type: application/json',
      'content-length: 2',
      'expect: 100-continue',
    );
    await expectError([continued, 50, '{}'], 401);
  });

  it('I1 should answer pipelined requests in order, up to the first broken one', async () => {
    const good = Array.from({ length: 20 }, (_, i) =>
      requestText('GET', `/no/such/route/${i}`, { 'x-request-id': `pipelined-${i}` }),
    );
    const garbage = `GARBAGE\r\n\r\n${LIVE}`;
    const { answers } = await exchange(server.url, [good.join(''), 3000, garbage], { timeoutMs: 20_000 });
    expect(answers.map(({ status }) => status)).toEqual([...good.map(() => 404), 400]);
    const ids = answers.slice(0, -1).map(({ headers }) => headers['x-request-id']);
    expect(ids).toEqual(good.map((_, i) => `pipelined-${i}`));
    // In one piece the broken request ends the connection before the good ones are answered, but nothing follows it.
    const together = await exchange(server.url, good.join('') + garbage, { timeoutMs: 20_000 });
    expect(together.answers.map(({ status }) => status).filter((status) => status < 400)).toEqual([]);
    expect(together.rest).toBe('');
  });

  it('I1 should take HTTP/1.0 and a request that comes byte by byte', async () => {
    const old = await exchange(server.url, 'GET /health/live HTTP/1.0\r\n\r\n', { expect: 1 });
    expect(old.answers[0]).toMatchObject({ status: 200, body: { status: 'ok' } });
    const bytes = [...LIVE].flatMap((byte): RawPiece[] => [byte, 5]);
    const slow = await exchange(server.url, bytes, { expect: 1 });
    expect(slow.answers[0]?.status).toBe(200);
  });

  it('I1 should survive clients that leave at any point', async () => {
    const whole = post(`content-length: ${BATCH_BODY.length}`, BATCH_BODY);
    const compressed = whole.replace('host: x', 'host: x\r\ncontent-encoding: gzip');
    const chunked = post('transfer-encoding: chunked', `5\r\n{"pro\r\n`);
    for (const text of [whole, compressed, chunked, LIVE, `GET /apispec.json HTTP/1.1\r\nhost: x\r\n\r\n`]) {
      for (let cut = 0; cut <= text.length; cut += Math.ceil(text.length / 15)) {
        for (const leave of ['end', 'reset', 'destroy'] as const) {
          const socket = await open(server.url);
          socket.on('error', () => undefined);
          socket.write(text.slice(0, cut));
          if (leave === 'end') socket.end();
          else if (leave === 'reset') socket.resetAndDestroy();
          else socket.destroy();
        }
      }
    }
    await sleep(100);
  });

  it('I1 should survive clients that never read their answers', async () => {
    const sockets = await Promise.all(Array.from({ length: 20 }, () => open(server.url)));
    for (const socket of sockets) {
      socket.on('error', () => undefined);
      socket.pause();
      for (let i = 0; i < 50; i += 1) socket.write(requestText('GET', '/apispec.json'));
    }
    await sleep(500);
    const times: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      const start = performance.now();
      expect((await api.get('/health/live')).status).toBe(200);
      times.push(performance.now() - start);
    }
    expect(Math.min(...times)).toBeLessThan(1000);
    for (const socket of sockets) socket.destroy();
  });

  it('I1 should survive random changes of good requests', async () => {
    const whole = Buffer.from(post(`content-length: ${BATCH_BODY.length}`, BATCH_BODY));
    const statuses = new Map<number | string, number>();
    const tasks = Array.from({ length: 400 }, async () => {
      const bytes = Buffer.from(whole);
      const changes = randomBytes(12);
      for (let i = 0; i < 12; i += 3) bytes[changes.readUInt16LE(i) % bytes.length] = changes[i + 2] ?? 0;
      const { answers } = await exchange(server.url, bytes, { expect: 1, timeoutMs: 5000 });
      const status = answers[0]?.status ?? 'none';
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (answers[0] !== undefined && answers[0].status >= 400) expect(errorFaults(answers[0])).toEqual([]);
    });
    await Promise.all(tasks);
    // No answer: the change made the server wait for more bytes, as it should.
    for (const status of statuses.keys()) expect([400, 401, 403, 404, 413, 415, 431, 'none', 200]).toContain(status);
    expect(statuses.get('none') ?? 0).toBeLessThan(200);
  });
});
