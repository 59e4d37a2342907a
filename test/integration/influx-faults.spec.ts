import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError, RateLimitedError, UnavailableError } from '../../src/common/errors/domain.error.js';
import { InfluxClient } from '../../src/infra/influx/influx.client.js';
import { InfluxUnavailableError } from '../../src/infra/influx/influx.errors.js';
import type { ActivityQuery } from '../../src/modules/activity/activity-points.js';
import type { ActivityService } from '../../src/modules/activity/activity.service.js';
import { InfluxActivityStore } from '../../src/modules/activity/influx/influx-activity.store.js';
import { collect, freshName, startActivityApp, type ActivityApp } from '../support/activity-app.js';
import { InfluxDouble, type Fault } from '../support/influx-double/influx-double.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

/** Of a client that is in a hurry. */
const TIMEOUT_MS = 400;
const START = Date.parse('2025-11-17T10:00:00Z');

describe('an InfluxDB that fails', () => {
  let mongo: TestMongo;
  let sql: SqlTestDatabase;
  let influx: InfluxDouble;
  let app: ActivityApp;
  let org: string;

  beforeAll(async () => {
    const [sqlite] = await sqlTestTargets();
    [mongo, sql, influx] = await Promise.all([startTestMongo(), sqlite!.create(), InfluxDouble.start()]);
    app = await startActivityApp({ mongoUri: mongo.uri, databaseName: freshName('influx'), sql, env: influx.env });
  });

  afterAll(async () => {
    await app.close();
    await Promise.all([mongo.stop(), sql.drop(), influx.stop()]);
  });

  beforeEach(async () => {
    org = freshName('Turbo');
    influx.store.clear();
    await app.write(Array.from({ length: 300 }, (_, i) => line(i)));
  });

  afterEach(() => {
    influx.faults.query.length = 0;
    influx.faults.write.length = 0;
  });

  const line = (i: number) =>
    `window_activity,app=App\\ ${i % 7},hostname=h,user=ben,org=${org} title="Title ${i}, \\"quoted\\"",duration=${i} ${START + i * 1000}000000`;
  const query = (): ActivityQuery => ({ org, user: { name: 'ben' }, from: START, toExclusive: START + 3_600_000 });

  /** A client with a time limit of its own. */
  function hurried(timeoutMs: number): InfluxClient {
    const { url, token, bucket } = influx;
    return new InfluxClient({ connection: { url, token, org: influx.org, bucket }, timeoutMs });
  }

  async function errorOf(fault: Fault, store: ActivityService = app.store): Promise<DomainError> {
    influx.faults.query.push(fault);
    const error = await collect(store.windows(query())).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DomainError);
    // The next one works.
    expect(await collect(app.store.windows(query()))).toHaveLength(300);
    return error as DomainError;
  }

  describe('while it is read', () => {
    it.each<[string, Fault, string]>([
      ['an error instead of rows', { kind: 'error', afterLines: 0, message: 'secret detail' }, 'INFLUXDB_FAILED'],
      ['an error within a 200', { kind: 'error', afterLines: 100, message: 'secret detail' }, 'INFLUXDB_FAILED'],
      ['a connection that is cut', { kind: 'cut', afterBytes: 5000 }, 'INFLUXDB_BROKE_OFF'],
      ['a connection that is cut at once', { kind: 'cut', afterBytes: 1 }, 'INFLUXDB_BROKE_OFF'],
      ['401', { kind: 'status', status: 401, body: '{"code":"unauthorized"}' }, 'INFLUXDB_TOKEN_REFUSED'],
      ['404', { kind: 'status', status: 404, body: '{"code":"not found"}' }, 'INFLUXDB_BUCKET_UNKNOWN'],
      ['500', { kind: 'status', status: 500, body: '{"code":"internal error"}' }, 'INFLUXDB_FAILED'],
      ['503', { kind: 'status', status: 503 }, 'INFLUXDB_UNAVAILABLE'],
      ['HTML', { kind: 'html' }, 'INFLUXDB_UNINTELLIGIBLE'],
    ])('should name the cause of %s', async (_, fault, code) => {
      const error = await errorOf(fault);
      expect([error.code, error.kind]).toEqual([code, 'unavailable']);
      expect(error.message).toMatch(/InfluxDB/);
      expect(error.message).not.toContain('secret');
      expect(error.retryAfterSeconds).toBeGreaterThan(0);
    });

    it.each<[string, Fault]>([
      ['silence', { kind: 'silence' }],
      ['a stall after the first rows', { kind: 'stall', afterBytes: 2000 }],
    ])('should not wait longer than its time limit for %s', async (_, fault) => {
      const error = await errorOf(fault, new InfluxActivityStore(hurried(TIMEOUT_MS)));
      expect(error).toBeInstanceOf(InfluxUnavailableError);
      expect(error).toMatchObject({ code: 'INFLUXDB_SLOW', message: 'InfluxDB did not answer within 0.4 s' });
    });

    it('should say that it is asked too often', async () => {
      const error = await errorOf({ kind: 'status', status: 429, headers: { 'retry-after': '7' } });
      expect(error).toBeInstanceOf(RateLimitedError);
    });

    it('should notice an answer that ends early wherever it is cut', async () => {
      const few = { ...query(), toExclusive: START + 20_000 };
      const whole = await collect(app.store.windows(few));
      let noticed = 0;
      for (let bytes = 300; bytes < 1500; bytes += 61) {
        influx.faults.query.push({ kind: 'short', bytes });
        const outcome = await collect(app.store.windows(few)).catch((error: unknown) => error);
        if (outcome instanceof DomainError) noticed += 1;
        // A cut between two rows cannot be told from the end; what came is right then.
        else for (const row of outcome as unknown[]) expect(whole).toContainEqual(row);
      }
      expect(noticed).toBeGreaterThan(10);
    });

    it('should name the cause of the data version and of every measurement', async () => {
      for (const read of [
        () => collect(app.store.afk(query())),
        () => collect(app.store.appUsage(query())),
        () => collect(app.store.dailyMetrics(query())),
        () => app.store.dataVersion({ ...query(), users: [{ name: 'ben' }] }),
      ]) {
        influx.faults.query.push({ kind: 'status', status: 503 });
        await expect(read()).rejects.toMatchObject({ code: 'INFLUXDB_UNAVAILABLE' });
        await read();
      }
    });

    it('should end its request when it is told to stop, or wants no more', async () => {
      influx.faults.query.push({ kind: 'stall', afterBytes: 2000 });
      const stopping = new AbortController();
      const reading = collect(app.store.windows(query(), stopping.signal));
      setTimeout(() => stopping.abort(new Error('enough')), 50);
      await expect(reading).rejects.toThrow('enough');
      for await (const batch of app.store.windows(query())) {
        expect(batch.length).toBeGreaterThan(0);
        break;
      }
    });

    it('should not count the time that its reader takes', async () => {
      // More than sockets hold, so that the answer has to wait for its reader.
      const title = 'x'.repeat(8000);
      const rows = Array.from({ length: 1100 }, (_, i) => `,,0,${new Date(START + i * 1000).toISOString()},${title},5`);
      const head = [
        '#datatype,string,long,dateTime:RFC3339,string,double',
        '#group,false,false,false,false,false',
        '#default,_result,,,,',
        ',result,table,_time,title,duration',
      ];
      influx.faults.query.push({ kind: 'status', status: 200, body: [...head, ...rows, '', ''].join('\r\n') });
      let count = 0;
      for await (const batch of new InfluxActivityStore(hurried(10 * TIMEOUT_MS)).windows(query())) {
        count += batch.length;
        // Three of these are longer than the limit.
        await sleep(4 * TIMEOUT_MS);
      }
      expect(count).toBe(1100);
    });
  });

  describe('while it is written', () => {
    const good = () => line(1);

    it('should not acknowledge what InfluxDB has not', async () => {
      for (const [fault, code] of [
        [{ kind: 'status', status: 503, headers: { 'retry-after': '17' } }, 'INFLUXDB_UNAVAILABLE'],
        [{ kind: 'status', status: 401 }, 'INFLUXDB_TOKEN_REFUSED'],
        [{ kind: 'status', status: 500 }, 'INFLUXDB_FAILED'],
        [{ kind: 'html' }, 'INFLUXDB_FAILED'],
      ] as [Fault, string][]) {
        influx.faults.write.push(fault);
        const error = await app.write(good()).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(UnavailableError);
        expect(error).toMatchObject({ code });
        if (fault.kind === 'status' && fault.headers !== undefined)
          expect(error).toMatchObject({ retryAfterSeconds: 17 });
      }
      influx.faults.write.push({ kind: 'status', status: 429, headers: { 'retry-after': '3' } });
      await expect(app.write(good())).rejects.toMatchObject({ kind: 'rate_limited', retryAfterSeconds: 3 });
      influx.faults.write.push({ kind: 'status', status: 413 });
      await expect(app.write(good())).rejects.toMatchObject({ kind: 'too_large' });
      await app.write(good());
    });

    it('should not wait longer than its time limit', async () => {
      influx.faults.write.push({ kind: 'silence' });
      await expect(hurried(TIMEOUT_MS).write(Buffer.from(good()), 'ns')).rejects.toMatchObject({
        code: 'INFLUXDB_SLOW',
        kind: 'unavailable',
      });
    });

    it('should pass on what InfluxDB refuses, when the rest is stored', async () => {
      const conflict = good()
        .replace(/duration=\d+/, 'duration="long"')
        .replace(/ \d+$/, ` ${START + 999_000}000000`);
      const fresh = good().replace(/ \d+$/, ` ${START + 998_000}000000`);
      await expect(app.write([conflict, fresh])).rejects.toMatchObject({
        kind: 'invalid',
        message: expect.stringMatching(
          /^InfluxDB refused some of the points: partial write: field type conflict.*dropped=1\. 1 point was written$/,
        ),
      });
      // A line that is refused here is named all the same.
      await expect(app.write([conflict, 'no line at all', fresh])).rejects.toMatchObject({
        line: 2,
        message: expect.stringMatching(
          /^line 2 was refused: .*\. 1 point was written; InfluxDB refused some of the points/,
        ),
      });
      expect(await collect(app.store.windows(query()))).toHaveLength(301);
    });

    it('should send lines on as they came, with the organization and the time that they lack', async () => {
      influx.calls.length = 0;
      const own = `${org} own`;
      await app.write(
        [
          '  cpu,host=a\\ b,org=' + own.replace(/ /g, '\\ ') + ' usage=1 17  ',
          'cpu,host=b usage=2',
          '# comment',
          'cpu count=3i 18',
        ],
        { org: own, precision: 'us', receivedAt: START },
      );
      const tag = own.replace(/ /g, '\\ ');
      expect(influx.calls.map(({ body }) => body)).toEqual([
        `cpu,host=a\\ b,org=${tag} usage=1 17\ncpu,host=b,org=${tag} usage=2 ${START}000\ncpu,org=${tag} count=3i 18\n`,
      ]);
      expect(influx.calls[0]!.search.get('precision')).toBe('us');
    });

    it('X6 should refuse names of the request that would break a line', async () => {
      influx.calls.length = 0;
      for (const name of ['a\nb', 'a\rb', 'a\\']) {
        await expect(app.write('cpu usage=1 1', { org: name })).rejects.toMatchObject({ line: 1 });
      }
      expect(influx.calls).toEqual([]);
      const odd = `a,b=c "d" \\e ${org}`;
      await app.write('cpu usage=1 1', { org: odd });
      expect(influx.store.list().at(-1)?.tags).toEqual([['org', odd]]);
    });
  });

  it('should be down when nobody listens, and work again when somebody does', async () => {
    const port = Number(new URL(influx.url).port);
    await influx.stop();
    await expect(collect(app.store.windows(query()))).rejects.toMatchObject({
      code: 'INFLUXDB_DOWN',
      message: 'InfluxDB cannot be reached',
    });
    await expect(app.write(line(1))).rejects.toMatchObject({ code: 'INFLUXDB_DOWN' });
    influx = await InfluxDouble.start(port);
    await app.write(line(1));
    expect(await collect(app.store.windows(query()))).toHaveLength(1);
  });
});
