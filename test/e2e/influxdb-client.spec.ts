import { setTimeout as sleep } from 'node:timers/promises';
import { InfluxDB, Point, setLogger, type WriteApi, type WriteOptions } from '@influxdata/influxdb-client';
import { ApiClient } from '../support/api-client.js';
import { InfluxDouble } from '../support/influx-double/influx-double.js';
import { ServerProcess } from '../support/server.js';
import { exportedPoints } from '../support/exported-points.js';

const PAUSE_MS = Number(process.env.PAUSE_MS ?? 4000);
const START = Date.parse('2025-11-17T08:00:00Z');

// The client tells of every retry on the console.
setLogger({ error: () => undefined, warn: () => undefined });

interface Collector {
  server: ServerProcess;
  account: ApiClient;
  open(options?: Partial<WriteOptions>): WriteApi;
}

async function start(env: Record<string, string> = {}): Promise<Collector> {
  const server = await ServerProcess.start({ env: { RATE_LIMIT_ENABLED: 'false', ...env } });
  const { client } = await new ApiClient(server.url).register('ann');
  const { key } = (await client.post('/api/auth/api-keys', { name: 'collector', scopes: ['ingest'] })).body;
  return {
    server,
    account: client,
    open: (options) => new InfluxDB({ url: server.url, token: key }).getWriteApi('Turbo', 'any', 'ns', options),
  };
}

/** The `n`th point of a collector: no two are the same. */
function pointOf(n: number): Point {
  const time = `${START + n * 1000}${String(n % 1_000_000).padStart(6, '0')}`;
  if (n % 3 === 0) {
    return new Point('afk_status')
      .tag('status', ['active', 'idle', 'afk'][n % 9 === 0 ? 0 : 1]!)
      .tag('hostname', 'ben laptop')
      .tag('user', 'ben')
      .tag('org', 'Turbo')
      .floatField('duration', n / 8)
      .timestamp(time);
  }
  return new Point('window_activity')
    .tag('app', ['VS Code', 'a,b=c', 'Ärger 😀'][n % 3]!)
    .tag('hostname', 'ben laptop')
    .tag('user', 'ben')
    .stringField('title', `Titel ${n}: "x", \\ = 'y'`)
    .floatField('duration', n)
    .booleanField('focused', n % 2 === 0)
    .intField('tabs', n % 40)
    .timestamp(time);
}

/** What `pointOf` says, as an archive of the account shows it. */
function exportedOf(n: number): string {
  const time = new Date(START + n * 1000).toISOString().replace('000Z', '');
  const nanos = String(n % 1_000_000).padStart(6, '0');
  const tags =
    n % 3 === 0
      ? { hostname: 'ben laptop', status: n % 9 === 0 ? 'active' : 'idle', user: 'ben' }
      : { app: ['VS Code', 'a,b=c', 'Ärger 😀'][n % 3]!, hostname: 'ben laptop', user: 'ben' };
  const fields =
    n % 3 === 0
      ? { duration: n / 8 }
      : { duration: n, focused: n % 2 === 0, tabs: n % 40, title: `Titel ${n}: "x", \\ = 'y'` };
  const measurement = n % 3 === 0 ? 'afk_status' : 'window_activity';
  return JSON.stringify({ measurement, tags, fields, time: `${time}000${nanos === '000000' ? '' : nanos}Z` });
}

describe('@influxdata/influxdb-client, unmodified', () => {
  it.each<[string, Partial<WriteOptions>]>([
    ['as it comes', {}],
    ['with gzip', { gzipThreshold: 0 }],
    ['without gzip, in small batches', { gzipThreshold: 1e9, batchSize: 7 }],
    ['with default tags', { defaultTags: { org: 'Turbo' }, batchSize: 5000 }],
  ])('should write all points %s', async (_, options) => {
    const { server, account, open } = await start();
    const write = open({ maxRetries: 0, ...options });
    const numbers = Array.from({ length: 3000 }, (__, n) => n);
    write.writePoints(numbers.map(pointOf));
    await write.close();
    expect(await exportedPoints(account)).toEqual(numbers.map(exportedOf).sort());
    expect(await server.stop()).toBe(0);
  }, 60_000);

  it('should be told of bad lines, not send them again, and lose no good ones', async () => {
    const { server, account, open } = await start();
    const failures: string[] = [];
    const write = open({
      maxRetries: 3,
      writeFailed: (error) => {
        failures.push((error as { body?: string }).body ?? error.message);
      },
    });
    write.writePoint(pointOf(1));
    write.writeRecord('x,t= f=1');
    write.writePoint(pointOf(2));
    await expect(write.close()).rejects.toThrow();
    expect(failures).toHaveLength(1);
    expect(JSON.parse(failures[0]!)).toMatchObject({ code: 'invalid', line: 2 });
    expect(await exportedPoints(account)).toEqual([1, 2].map(exportedOf).sort());
    expect(await server.stop()).toBe(0);
  });

  it(
    'should lose and double nothing while the server answers 503 and is killed and started again',
    async () => {
      const { server: first, account, open } = await start();
      const { dataDir, url } = first;
      let server = first;
      const answers = { good: 0, failed: 0 };
      const write = open({
        batchSize: 40,
        flushInterval: 50,
        maxRetries: 50,
        maxRetryTime: 120_000,
        minRetryDelay: 100,
        maxRetryDelay: 1000,
        gzipThreshold: 1000,
        writeSuccess: () => (answers.good += 1),
        writeFailed: () => {
          answers.failed += 1;
        },
      });
      let sent = 0;
      const stop = new AbortController();
      const sending = (async () => {
        while (!stop.signal.aborted) {
          for (let i = 0; i < 10; i += 1) write.writePoint(pointOf(sent++));
          await sleep(20);
        }
      })();
      await sleep(700);
      const engine = server.enginePid();
      process.kill(engine, 'SIGSTOP');
      try {
        await sleep(PAUSE_MS);
      } finally {
        process.kill(engine, 'SIGCONT');
      }
      await sleep(500);
      await server.stop('SIGKILL');
      await sleep(700);
      server = await ServerProcess.start({
        dataDir,
        env: { RATE_LIMIT_ENABLED: 'false', PORT: new URL(url).port },
      });
      await sleep(500);
      process.kill(server.enginePid(), 'SIGKILL');
      await sleep(1500);
      stop.abort();
      await sending;
      await write.flush(true).catch(() => write.flush(true));
      await write.close();
      process.stderr.write(
        `@influxdata/influxdb-client: ${sent} points, ${answers.good} bodies acknowledged, ${answers.failed} tries failed\n`,
      );
      expect(answers.failed).toBeGreaterThan(0);
      expect(await exportedPoints(account)).toEqual(Array.from({ length: sent }, (_, n) => exportedOf(n)).sort());
      expect(await server.stop()).toBe(0);
    },
    PAUSE_MS + 150_000,
  );

  it('should write through to InfluxDB, whose health is part of the readiness', async () => {
    const influx = await InfluxDouble.start();
    const { server, account, open } = await start(influx.env);
    const write = open({ maxRetries: 50, minRetryDelay: 50, maxRetryDelay: 200, batchSize: 100 });
    influx.faults.write.push({ kind: 'status', status: 503, headers: { 'retry-after': '1' } });
    influx.faults.write.push({ kind: 'status', status: 429 }, { kind: 'status', status: 500 });
    const numbers = Array.from({ length: 1000 }, (_, n) => n);
    write.writePoints(numbers.map(pointOf));
    await write.flush(true).catch(() => undefined);
    await server.waitFor(() => influx.store.list().length === 1000, 'all points to arrive');
    await write.close();
    for (const { tags } of influx.store.list()) expect(tags).toContainEqual(['org', 'Turbo']);
    expect((await account.get('/health/ready')).body.checks.influxdb).toBe('up');
    influx.isUp = false;
    await server.waitFor(async () => (await account.get('/health/ready')).status === 503, 'the server to notice');
    expect((await account.get('/health/ready')).body.details).toEqual([{ path: 'influxdb', message: 'down' }]);
    expect((await account.get('/health/live')).status).toBe(200);
    await server.stop();
    await influx.stop();
  }, 60_000);
});
