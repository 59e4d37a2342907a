import { setTimeout as sleep } from 'node:timers/promises';
import { InfluxDB, Point, setLogger, type WriteApi, type WriteOptions } from '@influxdata/influxdb-client';
import { ApiClient } from '../support/api-client.js';
import { InfluxDouble } from '../support/influx-double/influx-double.js';
import { ServerProcess } from '../support/server.js';
import { exportedPoints } from '../support/exported-points.js';
import { IMPATIENT } from '../support/patience.js';

const PAUSE_MS = Number(process.env.PAUSE_MS ?? 3500);
const START = Date.parse('2025-11-17T08:00:00Z');

// The client tells of every retry on the console.
setLogger({ error: () => undefined, warn: () => undefined });

/** Somebody whose collector writes into an organization of theirs. */
interface Collector {
  account: ApiClient;
  org: string;
  open: (options?: Partial<WriteOptions>) => WriteApi;
}

const startServer = (env: Record<string, string> = {}) =>
  ServerProcess.start({ env: { ...IMPATIENT, RATE_LIMIT_ENABLED: 'false', ...env } });

async function join(server: ServerProcess, name = 'ann'): Promise<Collector> {
  const { client } = await new ApiClient(server.url).register(name);
  const { key } = (await client.post('/api/auth/api-keys', { name: 'collector', scopes: ['ingest'] })).body;
  const org = `Turbo of ${name}`;
  return {
    account: client,
    org,
    open: (options) => new InfluxDB({ url: server.url, token: key }).getWriteApi(org, 'any', 'ns', options),
  };
}

/** The `n`th point of a collector: no two are the same. */
function pointOf(n: number, org: string): Point {
  const time = `${START + n * 1000}${String(n % 1_000_000).padStart(6, '0')}`;
  if (n % 3 === 0) {
    return new Point('afk_status')
      .tag('status', ['active', 'idle', 'afk'][n % 9 === 0 ? 0 : 1]!)
      .tag('hostname', 'ben laptop')
      .tag('user', 'ben')
      .tag('org', org)
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
function exportedOf(n: number, more: Record<string, string> = {}): string {
  const time = new Date(START + n * 1000).toISOString().replace('000Z', '');
  const nanos = String(n % 1_000_000).padStart(6, '0');
  const tags =
    n % 3 === 0
      ? { hostname: 'ben laptop', status: n % 9 === 0 ? 'active' : 'idle', ...more, user: 'ben' }
      : { app: ['VS Code', 'a,b=c', 'Ärger 😀'][n % 3]!, hostname: 'ben laptop', ...more, user: 'ben' };
  const fields =
    n % 3 === 0
      ? { duration: n / 8 }
      : { duration: n, focused: n % 2 === 0, tabs: n % 40, title: `Titel ${n}: "x", \\ = 'y'` };
  const measurement = n % 3 === 0 ? 'afk_status' : 'window_activity';
  return JSON.stringify({ measurement, tags, fields, time: `${time}000${nanos === '000000' ? '' : nanos}Z` });
}

describe('@influxdata/influxdb-client, unmodified', () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await startServer();
  });

  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  it.each<[string, Partial<WriteOptions>]>([
    ['as it comes', {}],
    ['with gzip', { gzipThreshold: 0 }],
    ['without gzip, in small batches', { gzipThreshold: 1e9, batchSize: 50 }],
    ['with default tags', { defaultTags: { team: 'blue, "1"' }, batchSize: 5000 }],
  ])('should write all points %s', async (name, options) => {
    const { account, org, open } = await join(server, name.replaceAll(/\W/g, ''));
    const failures: string[] = [];
    let written = 0;
    const write = open({
      // Many at once are told to come again.
      minRetryDelay: 50,
      ...options,
      writeSuccess: (lines) => (written += lines.length),
      writeFailed: (error) => void failures.push(String(error)),
    });
    const numbers = Array.from({ length: 3000 }, (_, n) => n);
    write.writePoints(numbers.map((n) => pointOf(n, org)));
    await write.flush(true);
    // Closing it does not wait for what is on its way.
    await server.waitFor(() => written === numbers.length, 'all points to be acknowledged');
    await write.close();
    const tags = options.defaultTags ?? {};
    expect(await exportedPoints(account)).toEqual(numbers.map((n) => exportedOf(n, tags)).sort());
  });

  it('should be told of bad lines, not send them again, and lose no good ones', async () => {
    const { account, org, open } = await join(server);
    const failures: string[] = [];
    const write = open({
      maxRetries: 3,
      writeFailed: (error) => {
        failures.push((error as { body?: string }).body ?? error.message);
      },
    });
    write.writePoint(pointOf(1, org));
    write.writeRecord('x,t= f=1');
    write.writePoint(pointOf(2, org));
    await expect(write.close()).rejects.toThrow();
    expect(failures).toHaveLength(1);
    expect(JSON.parse(failures[0]!)).toMatchObject({ code: 'invalid', line: 2 });
    expect(await exportedPoints(account)).toEqual([1, 2].map((n) => exportedOf(n)).sort());
  });

  it(
    'should lose and double nothing while the server answers 503 and is killed and started again',
    async () => {
      const { account, org, open } = await join(server, 'bob');
      const { dataDir, url } = server;
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
          for (let i = 0; i < 10; i += 1) write.writePoint(pointOf(sent++, org));
          await sleep(50);
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
        env: { ...IMPATIENT, RATE_LIMIT_ENABLED: 'false', PORT: new URL(url).port },
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
    },
    PAUSE_MS + 150_000,
  );

  it('should write through to InfluxDB, whose health is part of the readiness', async () => {
    const influx = await InfluxDouble.start();
    const forwarding = await startServer(influx.env);
    const { account, org, open } = await join(forwarding);
    const write = open({ maxRetries: 50, minRetryDelay: 50, maxRetryDelay: 200, batchSize: 100 });
    influx.faults.write.push({ kind: 'status', status: 503, headers: { 'retry-after': '1' } });
    influx.faults.write.push({ kind: 'status', status: 429 }, { kind: 'status', status: 500 });
    const numbers = Array.from({ length: 1000 }, (_, n) => n);
    write.writePoints(numbers.map((n) => pointOf(n, org)));
    await write.flush(true).catch(() => undefined);
    await forwarding.waitFor(() => influx.store.list().length === 1000, 'all points to arrive');
    await write.close();
    for (const { tags } of influx.store.list()) expect(tags).toContainEqual(['org', org]);
    expect((await account.get('/health/ready')).body.checks.influxdb).toBe('up');
    influx.isUp = false;
    await forwarding.waitFor(async () => (await account.get('/health/ready')).status === 503, 'the server to notice');
    expect((await account.get('/health/ready')).body.details).toEqual([{ path: 'influxdb', message: 'down' }]);
    expect((await account.get('/health/live')).status).toBe(200);
    expect(await forwarding.stop()).toBe(0);
    await influx.stop();
  }, 60_000);
});
