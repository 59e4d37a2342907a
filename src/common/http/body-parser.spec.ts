import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ErrorFilter } from '../errors/error.filter.js';
import { parseJson, registerBodyParsers } from './body-parser.js';

describe('parseJson', () => {
  it('should take an empty body for none', () => {
    expect(parseJson(Buffer.alloc(0), false)).toBeUndefined();
  });

  it.each([
    ['{"__proto__":{"admin":true}}'],
    ['{"a":{"constructor":{"prototype":{"x":1}}}}'],
    ['{"a":'],
    ['{"a":1}}'],
    ['\u0000'],
    ['['.repeat(5000) + ']'.repeat(5000)],
    [`[${'{"a":1},'.repeat(20_000)}{}]`],
  ])('should refuse %.40s with a sentence', (text) => {
    expect(() => parseJson(Buffer.from(text), false)).toThrow(/^The body /);
  });

  it('should refuse broken UTF-8 unless the items of a bulk body are judged one by one', () => {
    const broken = Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]);
    expect(() => parseJson(broken, false)).toThrow('UTF-8');
    expect(parseJson(broken, true)).toEqual({ a: '\ufffd' });
  });

  it('should leave depth, NUL and prototype keys of bulk bodies to the handler', () => {
    const value = parseJson(Buffer.from('{"a":"\\u0000","__proto__":{"x":1}}'), true) as Record<string, unknown>;
    expect(Object.hasOwn(value, '__proto__')).toBe(true);
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});

const KIB = 1024;
const MAX_BULK_BYTES = 1024 * KIB;

@Module({})
class NoModule {}

describe('bulk bodies in flight', () => {
  let app: NestFastifyApplication;
  let url: string;
  /** Answers all requests that have come, and those that come from then on. */
  let answer: () => void;
  let working: number;

  beforeEach(async () => {
    const answered = new Promise<void>((resolve) => (answer = resolve));
    working = 0;
    app = await NestFactory.create<NestFastifyApplication>(NoModule, new FastifyAdapter(), { logger: false });
    registerBodyParsers(app, MAX_BULK_BYTES);
    app.useGlobalFilters(new ErrorFilter());
    const config = { bulkBody: true, bodyLimit: MAX_BULK_BYTES };
    app
      .getHttpAdapter()
      .getInstance()
      .post('/bulk', { config }, async () => {
        working++;
        await answered;
        return {};
      });
    await app.listen(0, '127.0.0.1');
    url = `${await app.getUrl()}/bulk`;
  });

  afterEach(async () => {
    answer();
    await app.close();
  });

  const bodyOf = (bytes: number): string => JSON.stringify('x'.repeat(bytes - 2));
  const post = (body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

  async function untilWorking(count: number): Promise<void> {
    for (let i = 0; i < 100 && working < count; i++) await sleep(10);
    expect(working).toBe(count);
  }

  it.each([
    ['small ones', 100 * KIB, {}],
    ['large ones', 300 * KIB, {}],
    ['compressed ones', 300 * KIB, { 'content-encoding': 'gzip' }],
  ])(
    'should be refused with 503 above the limit, and be taken again when others are done: %s',
    async (_, bytes, how) => {
      const body = 'content-encoding' in how ? gzipSync(bodyOf(bytes)) : bodyOf(bytes);
      const fitting = Math.floor(MAX_BULK_BYTES / bytes);
      const held = Array.from({ length: fitting }, () => post(body, how));
      await untilWorking(fitting);
      const refused = await post(body, how);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await refused.json()).toMatchObject({ code: 'OVERLOADED' });
      answer();
      expect((await Promise.all(held)).map(({ status }) => status)).toEqual(held.map(() => 200));
      for (let i = 0; i < 2 * fitting; i++) expect((await post(body, how)).status).toBe(200);
    },
  );

  it('should count nothing of those that were broken off, refused, or are larger than they may be', async () => {
    answer();
    for (let i = 0; i < 4; i++) {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.write(
        `POST /bulk HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${900 * KIB}\r\n\r\n`,
      );
      socket.write(bodyOf(700 * KIB));
      await sleep(50);
      socket.destroy();
      const type = { 'content-type': 'text/plain' };
      // That a connection was broken off is noticed a moment later.
      let refused = await post(bodyOf(900 * KIB), type);
      for (let tries = 0; refused.status === 503 && tries < 40; tries++) {
        await sleep(25);
        refused = await post(bodyOf(900 * KIB), type);
      }
      expect(refused.status).toBe(415);
      expect((await post(gzipSync(bodyOf(1200 * KIB)), { 'content-encoding': 'gzip' })).status).toBe(413);
    }
    await sleep(50);
    expect((await post(bodyOf(1000 * KIB))).status).toBe(200);
  });
});
