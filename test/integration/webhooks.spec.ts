import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Test, type TestingModule } from '@nestjs/testing';
import { Webhook } from 'standardwebhooks';
import type { DataSource } from 'typeorm';
import { AccountErasure } from '../../src/common/lifecycle/account-erasure.js';
import { AccountExport } from '../../src/common/lifecycle/account-export.js';
import { LifecycleModule } from '../../src/common/lifecycle/lifecycle.module.js';
import { ServerState } from '../../src/common/lifecycle/server-state.js';
import { Clock } from '../../src/common/time/clock.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { loadConfig } from '../../src/config/load-config.js';
import { CryptoModule } from '../../src/infra/crypto/crypto.module.js';
import { JobsModule } from '../../src/infra/jobs/jobs.module.js';
import { RedisModule } from '../../src/infra/redis/redis.module.js';
import { DatabaseClock } from '../../src/infra/sql/database-clock.js';
import { SqlConnector } from '../../src/infra/sql/sql-connector.js';
import { SqlModule } from '../../src/infra/sql/sql.module.js';
import { WebhookDeliveriesService } from '../../src/modules/webhooks/webhook-deliveries.service.js';
import { WebhookEndpointsService } from '../../src/modules/webhooks/webhook-endpoints.service.js';
import { WebhookUpkeepJob } from '../../src/modules/webhooks/webhook-upkeep.job.js';
import { WebhookNetwork } from '../../src/modules/webhooks/webhook.client.js';
import { WebhooksModule } from '../../src/modules/webhooks/webhooks.module.js';
import { WebhooksService } from '../../src/modules/webhooks/webhooks.service.js';
import { TEST_SECRETS, TestClock } from '../support/auth.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { PATIENT } from '../support/patience.js';

const HOUR = 3_600_000;
const PUBLIC_ADDRESS = '93.184.215.14';

/** What the database takes for the present, too. */
class TestDatabaseClock extends DatabaseClock {
  constructor(private readonly clock: TestClock) {
    super();
  }

  override now(): string {
    return String(this.clock.time);
  }
}

/** Answers names from a list and connects, whatever the address, to the receiver. Nothing leaves the loopback. */
class RecordingNetwork implements WebhookNetwork {
  names: Record<string, string[] | (() => string[])> = { 'hooks.example.com': [PUBLIC_ADDRESS] };
  readonly resolved: string[] = [];
  readonly dialled: { addresses: string[]; port: string }[] = [];
  /** What the socket says it is connected to. */
  remote?: string;

  constructor(private readonly port: () => number) {}

  readonly resolve = (hostname: string): Promise<string[]> => {
    this.resolved.push(hostname);
    const found = this.names[hostname];
    if (found === undefined) return Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
    return Promise.resolve(typeof found === 'function' ? found() : found);
  };

  readonly dial: NonNullable<WebhookNetwork['dial']> = (target, addresses, callback) => {
    this.dialled.push({ addresses, port: target.port });
    const socket = connect(this.port(), '127.0.0.1');
    Object.defineProperty(socket, 'remoteAddress', { value: this.remote ?? addresses[0] });
    socket.once('connect', () => callback(null, socket)).once('error', (error) => callback(error, null));
  };
}

describe.each(await sqlTestTargets())('webhooks on $dialect', (target) => {
  let database: SqlTestDatabase;
  let dataSource: DataSource;
  let receiver: WebhookReceiver;
  let network: RecordingNetwork;
  let clock: TestClock;
  let module: TestingModule;
  let webhooks: WebhooksService;
  let endpoints: WebhookEndpointsService;
  let deliveries: WebhookDeliveriesService;

  beforeEach(async () => {
    database = await target.create();
    dataSource = await database.connect([]);
    receiver = await WebhookReceiver.start();
    network = new RecordingNetwork(() => receiver.port);
    clock = new TestClock();
    module = await start();
  });

  afterEach(async () => {
    await module.close();
    await receiver.stop();
    await database.drop();
  });

  async function start(env: Record<string, string> = {}): Promise<TestingModule> {
    const { location, dialect } = database.config;
    const config = loadConfig({
      ...PATIENT,
      NODE_ENV: 'test',
      ...TEST_SECRETS,
      DATABASE_URL: dialect === 'sqlite' ? `sqlite://${location}` : location,
      SHUTDOWN_TIMEOUT_MS: '500',
      ...env,
    });
    const made = await Test.createTestingModule({
      imports: [
        ConfigModule.forRoot(config),
        LifecycleModule,
        SqlModule,
        RedisModule,
        CryptoModule,
        JobsModule,
        WebhooksModule,
      ],
    })
      .overrideProvider(Clock)
      .useValue(clock)
      .overrideProvider(DatabaseClock)
      .useValue(new TestDatabaseClock(clock))
      .overrideProvider(WebhookNetwork)
      .useValue(network)
      .setLogger(false as never)
      .compile();
    made.useLogger(false);
    await made.init();
    await made.get(SqlConnector).ready;
    made.get(ServerState).markRunning();
    webhooks = made.get(WebhooksService);
    endpoints = made.get(WebhookEndpointsService);
    deliveries = made.get(WebhookDeliveriesService);
    return made;
  }

  async function until<T>(what: string, read: () => Promise<T> | T, limitMs = 60_000): Promise<T> {
    const end = Date.now() + limitMs;
    for (;;) {
      const value = await read();
      if (value) return value;
      if (Date.now() > end) throw new Error(`Waited ${limitMs} ms for ${what}`);
      await sleep(10);
    }
  }

  const only = async () => (await deliveries.list('ann', { limit: 10 }))[0]!;
  const attempts = (count: number) => until(`attempt ${count}`, async () => (await only()).attempts === count);
  const ended = () => until('the delivery to end', async () => ((await only()).endedAt !== null ? only() : null));
  const register = (url = 'http://hooks.example.com/in?x=1', userId = 'ann') => endpoints.create(userId, { url });
  const report = (id?: string) =>
    webhooks.send({ userId: 'ann', type: 'report.completed', data: { taskId: 't1', größe: '😀' }, id });

  it('W1 should deliver a message that the published library verifies, once for an id', async () => {
    const { secret, endpoint } = await register();
    await Promise.all(Array.from({ length: 5 }, () => report('task/t1')));
    expect(await ended()).toMatchObject({ status: 'delivered', attempts: 1, lastOutcome: 'ok' });
    await report('task/t1');
    await sleep(200);
    expect(receiver.calls).toHaveLength(1);
    const { body, headers, path } = receiver.calls[0]!;
    expect(path).toBe('/in?x=1');
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', host: 'hooks.example.com' });
    const sent = headers as unknown as Record<string, string>;
    const at = (time: number) => ({ ...sent, 'webhook-timestamp': String(Math.floor(time / 1000)) });
    expect(headers['webhook-timestamp']).toBe(String(clock.time / 1000));
    // The library also checks that the message is of now; the test's clock stands in the past.
    const realNow = Date.now;
    Date.now = () => clock.time;
    try {
      expect(new Webhook(secret).verify(body, sent)).toEqual({
        type: 'report.completed',
        timestamp: '2025-11-20T10:00:00.000Z',
        data: { taskId: 't1', größe: '😀' },
      });
      expect(() => new Webhook(secret).verify(`${body}x`, sent)).toThrow();
      expect(() => new Webhook(secret).verify(body, at(clock.time + 1000))).toThrow();
    } finally {
      Date.now = realNow;
    }
    const { log } = await deliveries.get('ann', (await only()).id);
    expect(log).toEqual([
      expect.objectContaining({ attempt: 1, attemptedAt: clock.time, httpStatus: 204, outcome: 'ok' }),
    ]);
    expect((await endpoints.get('ann', endpoint.id)).lastSuccessAt).toBe(clock.time);
    expect(network.dialled).toEqual([{ addresses: [PUBLIC_ADDRESS], port: '' }]);
    // Nothing of the answer is kept, and no secret stands in the database as it is.
    const rows = JSON.stringify([
      await dataSource.query('SELECT * FROM "webhook_endpoints"'),
      await dataSource.query('SELECT * FROM "webhook_deliveries"'),
      await dataSource.query('SELECT * FROM "webhook_attempts"'),
      await dataSource.query('SELECT * FROM "jobs"'),
    ]);
    expect(rows).not.toContain('a secret of the receiver');
    expect(rows).not.toContain(secret);
    expect(rows).not.toContain(secret.slice(6));
  });

  it('W1 should try 10 times in three days, with the same id, and then give up', async () => {
    await register();
    receiver.answers = [500];
    await report();
    const times: number[] = [];
    for (let count = 1; count <= 10; count++) {
      await attempts(count);
      times.push(clock.time);
      const { nextAttemptAt, status } = await only();
      if (count === 10) {
        expect([nextAttemptAt, status]).toEqual([null, 'failed']);
        break;
      }
      // Not a moment early.
      clock.time = nextAttemptAt! - 1;
      await sleep(50);
      expect(receiver.calls).toHaveLength(count);
      clock.time = nextAttemptAt!;
    }
    const hours = (times.at(-1)! - times[0]!) / HOUR;
    expect(hours).toBeGreaterThan(67);
    expect(hours).toBeLessThan(84);
    expect(receiver.calls).toHaveLength(10);
    expect(new Set(receiver.calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(receiver.calls.map(({ headers }) => headers['webhook-signature'])).size).toBe(10);
    expect(receiver.calls.map(({ headers }) => Number(headers['webhook-timestamp']) * 1000)).toEqual(
      times.map((time) => Math.floor(time / 1000) * 1000),
    );
    const { log } = await deliveries.get('ann', (await only()).id);
    expect(log.map(({ httpStatus }) => httpStatus)).toEqual(Array.from({ length: 10 }, () => 500));

    // The owner may send it again, with all attempts.
    receiver.answers = [500, 200];
    await deliveries.redeliver('ann', (await only()).id);
    await attempts(11);
    expect((await only()).nextAttemptAt! - clock.time).toBeLessThan(6000);
    await deliveries.redeliver('ann', (await only()).id);
    expect(await ended()).toMatchObject({ status: 'delivered', attempts: 12 });
  }, 60_000);

  it('W1 should not follow redirects, and take them for failures', async () => {
    await register();
    receiver.answers = [(response) => response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end()];
    await report();
    await attempts(1);
    expect(await only()).toMatchObject({ status: 'pending', lastOutcome: 'redirect' });
    expect(receiver.calls).toHaveLength(1);
    expect(network.resolved).toEqual(['hooks.example.com']);
    expect(network.dialled).toHaveLength(1);
  });

  it('W1 should disable an endpoint that says 410, and tell the others', async () => {
    const { endpoint } = await register();
    network.names['other.example.com'] = [PUBLIC_ADDRESS];
    await endpoints.create('ann', { url: 'http://other.example.com/', eventTypes: ['webhook.disabled'] });
    receiver.answers = [410, 204];
    await report();
    await until('the notice', () => receiver.calls.length === 2);
    expect(JSON.parse(receiver.calls[1]!.body)).toMatchObject({
      type: 'webhook.disabled',
      data: { webhookId: endpoint.id, reason: 'gone' },
    });
    expect(await endpoints.get('ann', endpoint.id)).toMatchObject({ disabledReason: 'gone', disabledAt: clock.time });
    // No further message, neither to all nor to it alone; the log says so.
    await webhooks.send({ userId: 'ann', endpointId: endpoint.id, type: 'report.failed', data: {} });
    const log = await deliveries.list('ann', { endpointId: endpoint.id, limit: 10 });
    expect(log.map(({ status, lastOutcome }) => [status, lastOutcome])).toEqual(
      expect.arrayContaining([
        ['failed', 'gone'],
        ['cancelled', 'disabled'],
      ]),
    );
    await expect(deliveries.redeliver('ann', log[0]!.id)).rejects.toThrow('disabled');
    expect(await endpoints.update('ann', endpoint.id, { enabled: true })).toMatchObject({ disabledAt: null });
    await deliveries.redeliver('ann', log[0]!.id);
    await until('it to be sent', () => receiver.calls.length === 3);
  });

  it('W1 should disable an endpoint after five days of nothing but failures', async () => {
    const { endpoint } = await register();
    receiver.answers = [500];
    await report('first');
    await attempts(1);
    clock.advance(5 * 24 * HOUR - 60_000);
    await attempts(2);
    expect((await endpoints.get('ann', endpoint.id)).disabledAt).toBeNull();
    receiver.answers = [200, 500];
    clock.time = (await only()).nextAttemptAt!;
    await ended();
    expect((await endpoints.get('ann', endpoint.id)).failingSince).toBeNull();
    // A success in between: the days begin anew.
    await report('second');
    await attempts(1);
    clock.advance(5 * 24 * HOUR);
    await until('it to be disabled', async () => (await endpoints.get('ann', endpoint.id)).disabledAt !== null);
    expect(await endpoints.get('ann', endpoint.id)).toMatchObject({ disabledReason: 'failing' });
    const calls = receiver.calls.length;
    clock.advance(24 * HOUR);
    await until('what waits to be cancelled', async () => (await only()).status === 'cancelled');
    expect(receiver.calls).toHaveLength(calls);
  });

  it('W1 should leave an overloaded endpoint alone for a while', async () => {
    const { endpoint } = await register();
    receiver.answers = [(response) => response.writeHead(429, { 'retry-after': '600' }).end(), 503, 204];
    await report('first');
    await attempts(1);
    expect((await only()).nextAttemptAt).toBeGreaterThanOrEqual(clock.time + 600_000);
    expect((await endpoints.get('ann', endpoint.id)).slowUntil).toBe(clock.time + 600_000);
    // Others wait too, without losing an attempt.
    await report('second');
    await until('it to wait', async () => {
      const [first, second] = await deliveries.list('ann', { limit: 10 });
      return first!.nextAttemptAt! > clock.time && second!.nextAttemptAt! > clock.time;
    });
    expect(receiver.calls).toHaveLength(1);
    clock.advance(620_000);
    await until('both to be tried', () => receiver.calls.length === 3);
    await until('one to be delivered', async () =>
      (await deliveries.list('ann', { limit: 10 })).some(({ status }) => status === 'delivered'),
    );
    await until('it to be called as before', async () => (await endpoints.get('ann', endpoint.id)).slowUntil === null);
    expect((await endpoints.get('ann', endpoint.id)).slowMs).toBe(0);
  });

  it('W1 should sign with both secrets for a day after a rotation', async () => {
    const { endpoint, secret } = await register();
    const { secret: fresh } = await endpoints.rotateSecret('ann', endpoint.id);
    expect(fresh).not.toBe(secret);
    const signaturesOf = async (id: string) => {
      const before = receiver.calls.length;
      await report(id);
      await until('the call', () => receiver.calls.length === before + 1);
      const { headers, body } = receiver.calls.at(-1)!;
      const realNow = Date.now;
      Date.now = () => clock.time;
      const verifies = (key: string) => {
        try {
          return Boolean(new Webhook(key).verify(body, headers as Record<string, string>));
        } catch {
          return false;
        }
      };
      const result = [verifies(secret), verifies(fresh)];
      Date.now = realNow;
      return [(headers['webhook-signature'] as string).split(' ').length, ...result];
    };
    expect(await signaturesOf('during')).toEqual([2, true, true]);
    clock.advance(24 * HOUR);
    expect(await signaturesOf('after')).toEqual([1, false, true]);
  });

  // What is waited for is the same whichever database keeps the log.
  if (target.dialect === 'sqlite') {
    it('W1 should wait 15 s for an answer, and not for its end', async () => {
      await register();
      receiver.answers = [(response) => void response.writeHead(200).write('x'.repeat(100)), () => undefined];
      await report('endless');
      expect(await ended()).toMatchObject({ status: 'delivered' });
      const before = Date.now();
      await report('silent');
      await until('the time to be over', async () =>
        (await deliveries.list('ann', { limit: 10 })).some(({ lastOutcome }) => lastOutcome === 'timeout'),
      );
      expect(Date.now() - before).toBeGreaterThan(14_000);
    }, 60_000);
  }

  it('W1 should send at most 20 kB', async () => {
    await register();
    const send = (length: number) =>
      webhooks.send({ userId: 'ann', type: 'report.completed', data: { text: 'ü'.repeat(length / 2) } });
    await expect(send(20_000)).rejects.toMatchObject({ code: 'WEBHOOK_PAYLOAD_TOO_LARGE', kind: 'invalid' });
    await send(19_800);
    await ended();
    expect(Buffer.byteLength(receiver.calls[0]!.body)).toBeLessThanOrEqual(20_000);
  });

  it('W1 should outlive a restart', async () => {
    await register();
    receiver.answers = [500, 204];
    await report();
    await attempts(1);
    await module.close();
    module = await start();
    clock.time = (await only()).nextAttemptAt!;
    expect(await ended()).toMatchObject({ status: 'delivered', attempts: 2 });
  });

  it('W1 should find deliveries that have lost their job', async () => {
    await register();
    await report();
    await ended();
    await dataSource.query(
      `UPDATE "webhook_deliveries" SET "status" = 'pending', "ended_at" = NULL, "next_attempt_at" = 1`,
    );
    await dataSource.query('DELETE FROM "jobs"');
    await module.get(WebhookUpkeepJob).run();
    await until('the call', () => receiver.calls.length === 2);
    await ended();
    clock.advance(31 * 24 * HOUR);
    await module.get(WebhookUpkeepJob).run();
    expect(await deliveries.list('ann', { limit: 10 })).toEqual([]);
  });

  describe('W2 private addresses', () => {
    const FORMS = [
      'http://127.0.0.1/',
      'http://127.1/',
      'http://2130706433/',
      'http://0x7f000001/',
      'http://0x7f.1/',
      'http://0177.0.0.1/',
      'http://0.0.0.0/',
      'http://[::1]/',
      'http://[::]/',
      'http://[::ffff:127.0.0.1]/',
      'http://[64:ff9b::7f00:1]/',
      'http://10.0.0.1/',
      'http://172.16.0.1/',
      'http://192.168.0.1/',
      'http://169.254.169.254/latest/meta-data/',
      'http://[fd00:ec2::254]/',
      'http://localhost/',
      'http://①②⑦.⓪.⓪.①/',
      'http://100.64.0.1/',
    ];
    const OTHERS = [
      'http://user:pass@hooks.example.com/',
      'http://hooks.example.com@127.0.0.1/',
      'http://127.0.0.1#@hooks.example.com/',
      'http://127.0.0.1\\@hooks.example.com/',
      'http://hooks.example.com:8080/',
      'https://hooks.example.com:22/',
      'ftp://hooks.example.com/',
      'file:///etc/passwd',
      'gopher://hooks.example.com/',
      'javascript:alert(1)',
      '//hooks.example.com/',
      'hooks.example.com',
      '',
      `http://hooks.example.com/${'x'.repeat(2000)}`,
    ];

    it('should refuse each of these forms when it is saved', async () => {
      for (const url of [...FORMS, ...OTHERS]) {
        const refusal = { kind: 'invalid', code: 'WEBHOOK_URL_REFUSED' };
        expect([url, await endpoints.create('ann', { url }).catch((error: unknown) => error)]).toEqual([
          url,
          expect.objectContaining(refusal),
        ]);
        await expect(webhooks.send({ userId: 'ann', url, type: 'report.completed', data: {} })).rejects.toMatchObject(
          refusal,
        );
      }
      expect(network.dialled).toEqual([]);
      expect(network.resolved).toEqual([]);
    });

    it('should call none of them when it stands in the database', async () => {
      const { endpoint } = await register();
      for (const [i, url] of FORMS.entries()) {
        await dataSource.query(`UPDATE "webhook_endpoints" SET "url" = '${url}' WHERE "id" = '${endpoint.id}'`);
        clock.advance(1000);
        await report(`form${i}`);
        expect([url, await ended()]).toEqual([
          url,
          expect.objectContaining({ status: 'failed', lastOutcome: 'blocked', attempts: 1 }),
        ]);
      }
      expect(await deliveries.list('ann', { limit: 100 })).toHaveLength(FORMS.length);
      expect(network.dialled).toEqual([]);
      expect(receiver.calls).toEqual([]);
    });

    it('should not call a name that resolves to one, alone or among others', async () => {
      await register();
      const answers = [
        ['127.0.0.1'],
        ['::1'],
        ['169.254.169.254'],
        ['10.0.0.5'],
        ['::ffff:192.168.0.1'],
        ['fe80::1'],
        [PUBLIC_ADDRESS, '127.0.0.1'],
        [],
      ];
      for (const addresses of answers) {
        network.names['hooks.example.com'] = addresses;
        clock.advance(1000);
        await report(`to ${addresses.join()}`);
        expect([addresses, await ended()]).toEqual([
          addresses,
          expect.objectContaining({ status: 'failed', lastOutcome: 'blocked' }),
        ]);
      }
      expect(network.resolved).toHaveLength(answers.length);
      expect(network.dialled).toEqual([]);
      expect(receiver.calls).toEqual([]);
    });

    it('should judge the very answer that it connects to, each time (rebinding)', async () => {
      await register();
      let asked = 0;
      network.names['hooks.example.com'] = () => (++asked % 2 === 1 ? [PUBLIC_ADDRESS] : ['127.0.0.1']);
      receiver.answers = [500];
      await report();
      await attempts(1);
      expect(network.dialled).toEqual([{ addresses: [PUBLIC_ADDRESS], port: '' }]);
      expect(asked).toBe(1);
      clock.time = (await only()).nextAttemptAt!;
      expect(await ended()).toMatchObject({ status: 'failed', lastOutcome: 'blocked' });
      expect(network.dialled).toHaveLength(1);
    });

    it('should close a connection that ends up at a private address', async () => {
      await register();
      network.remote = '127.0.0.1';
      await report();
      expect(await ended()).toMatchObject({ status: 'failed', lastOutcome: 'blocked' });
      expect(network.dialled).toHaveLength(1);
      expect(receiver.calls).toEqual([]);
    });

    it('should say which kind of trouble a name makes', async () => {
      await register('http://unknown.example.com/');
      await report();
      await attempts(1);
      expect(await only()).toMatchObject({ status: 'pending', lastOutcome: 'dns' });
    });

    it('should want https in production', async () => {
      await module.close();
      module = await start({ NODE_ENV: 'production', LOG_LEVEL: 'silent' });
      await expect(register('http://hooks.example.com/')).rejects.toThrow('https');
      expect((await register('https://hooks.example.com/')).endpoint.url).toBe('https://hooks.example.com/');
    });

    it('should let all of it through where WEBHOOK_ALLOW_PRIVATE=true', async () => {
      await module.close();
      module = await start({ WEBHOOK_ALLOW_PRIVATE: 'true' });
      await register('http://127.0.0.1:8080/in');
      await report();
      expect(await ended()).toMatchObject({ status: 'delivered' });
      expect(network.dialled).toEqual([{ addresses: ['127.0.0.1'], port: '8080' }]);
      await expect(register('http://a:b@127.0.0.1/')).rejects.toThrow('user name');
    });
  });

  describe('endpoints', () => {
    it('should keep no secret in production without ENCRYPTION_KEY, and say what to set', async () => {
      await module.close();
      module = await start({ NODE_ENV: 'production', ENCRYPTION_KEY: '', LOG_LEVEL: 'silent' });
      await expect(register('https://hooks.example.com/')).rejects.toMatchObject({
        code: 'ENCRYPTION_KEY_MISSING',
        message: expect.stringContaining('ENCRYPTION_KEY'),
      });
    });

    it('S1 should not open a secret that was moved to another row', async () => {
      const first = await register('http://hooks.example.com/1');
      const second = await register('http://hooks.example.com/2');
      await dataSource.query(
        `UPDATE "webhook_endpoints" SET "secret" = '${first.endpoint.secret}' WHERE "id" = '${second.endpoint.id}'`,
      );
      const moved = await endpoints.get('ann', second.endpoint.id);
      expect(() => endpoints.secretsOf(moved)).toThrow('changed or moved');
    });

    it('should belong to their user', async () => {
      const { endpoint } = await register();
      expect(await endpoints.list('bob')).toEqual([]);
      for (const act of [
        () => endpoints.update('bob', endpoint.id, { enabled: false }),
        () => endpoints.rotateSecret('bob', endpoint.id),
        () => endpoints.delete('bob', endpoint.id),
        () => deliveries.sendTest('bob', endpoint.id),
      ])
        await expect(act()).rejects.toMatchObject({ kind: 'not_found' });
      await report();
      const { id } = (await ended())!;
      await expect(deliveries.get('bob', id)).rejects.toMatchObject({ kind: 'not_found' });
      await expect(deliveries.redeliver('bob', id)).rejects.toMatchObject({ kind: 'not_found' });
      expect(await deliveries.list('bob', { limit: 10 })).toEqual([]);
      await webhooks.send({ userId: 'bob', endpointId: endpoint.id, type: 'report.completed', data: {} });
      expect(await deliveries.list('ann', { limit: 10 })).toHaveLength(1);
    });

    it('should have each address once, and at most 20', async () => {
      await register();
      await expect(register()).rejects.toMatchObject({ code: 'WEBHOOK_EXISTS' });
      for (let i = 1; i < 20; i++) await register(`http://hooks.example.com/${i}`);
      await expect(register('http://hooks.example.com/20')).rejects.toMatchObject({ code: 'TOO_MANY_WEBHOOKS' });
      await register(undefined, 'bob');
    });

    it('should make an endpoint of an address in a request, for its own messages only', async () => {
      const url = 'http://hooks.example.com/once';
      const first = await webhooks.endpointFor('ann', url);
      expect(first.secret).toMatch(/^whsec_/);
      expect(await webhooks.endpointFor('ann', `${url}#part`)).toEqual({ id: first.id, url, secret: undefined });
      await report();
      await webhooks.send({ userId: 'ann', url, type: 'budget.threshold', data: { percent: 80 } });
      await ended();
      expect(receiver.calls.map(({ body }) => JSON.parse(body).type)).toEqual(['budget.threshold']);
      // Registered later, it gets all messages, and a secret that is shown.
      const registered = await register(url);
      expect(registered.endpoint).toMatchObject({ id: first.id, fromRequest: false });
      expect(registered.secret).not.toBe(first.secret);
    });

    it('should keep the 100 addresses of requests that were used last', async () => {
      for (let i = 0; i < 103; i++) {
        clock.advance(1000);
        await webhooks.endpointFor('ann', `http://hooks.example.com/${i}`);
      }
      const kept = (await endpoints.list('ann')).map(({ url }) => Number(url.split('/').at(-1)));
      expect(kept.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 3));
    }, 60_000);

    it('should send only the types that one wants, and a test on demand', async () => {
      const { endpoint } = await endpoints.create('ann', {
        url: 'http://hooks.example.com/',
        eventTypes: ['report.failed'],
      });
      await report();
      await webhooks.send({ userId: 'ann', type: 'report.failed', data: {} });
      await ended();
      expect(receiver.calls.map(({ body }) => JSON.parse(body).type)).toEqual(['report.failed']);
      const { type, id } = await deliveries.sendTest('ann', endpoint.id);
      expect(type).toBe('webhook.test');
      await until('the test', () => receiver.calls.some(({ headers }) => headers['webhook-id'] === id));
    });

    it('should take their log along when they are deleted', async () => {
      const { endpoint } = await register();
      await report();
      await ended();
      await endpoints.delete('ann', endpoint.id);
      expect(await deliveries.list('ann', { limit: 10 })).toEqual([]);
      expect(await dataSource.query('SELECT * FROM "webhook_attempts"')).toEqual([]);
    });
  });

  it('L1 should erase all of an account, and export it without secrets', async () => {
    const { secret } = await register();
    await register(undefined, 'bob');
    await report();
    await ended();
    const exported: Record<string, object[]> = {};
    for (const [name, rows] of module.get(AccountExport).list()) {
      exported[name] = [];
      for await (const row of rows('ann')) exported[name].push(row);
    }
    expect(exported.webhooks).toEqual([expect.objectContaining({ url: 'http://hooks.example.com/in?x=1' })]);
    expect(exported['webhook-deliveries']).toEqual([
      expect.objectContaining({ type: 'report.completed', attempts: [expect.objectContaining({ outcome: 'ok' })] }),
    ]);
    expect(JSON.stringify(exported)).not.toMatch(/whsec_|v1\.[0-9a-f]{8}\./);
    expect(JSON.stringify(exported)).not.toContain(secret);
    for (const [, erase] of module.get(AccountErasure).list())
      await erase('ann', new AbortController().signal, () => Promise.resolve());
    for (const table of ['webhook_endpoints', 'webhook_deliveries', 'webhook_attempts', 'jobs']) {
      const rows: { user_id?: string }[] = await dataSource.query(`SELECT * FROM "${table}"`);
      expect(rows.filter((row) => JSON.stringify(row).includes('"ann"'))).toEqual([]);
    }
    expect(await endpoints.list('bob')).toHaveLength(1);
  });
});
