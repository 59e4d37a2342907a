import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { readManifest } from '../../src/backup/backup-manifest.js';
import { runBackup, type BackupOptions } from '../../src/backup/run-backup.js';
import { runRestore } from '../../src/backup/run-restore.js';
import type { AppConfig } from '../../src/config/app.config.js';
import { loadConfig } from '../../src/config/load-config.js';
import { EmbeddedEngineLockedError } from '../../src/infra/mongo/embedded/embedded-mongo.errors.js';
import { LeaseRepository } from '../../src/infra/lease/lease.repository.js';
import { LeaseService } from '../../src/infra/lease/lease.service.js';
import { openStore } from '../../src/infra/mongo/store-access.js';
import { createDataSource, dataSourceOptions } from '../../src/infra/sql/data-source-options.js';
import { ApiClient } from '../support/api-client.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';
import { fillServer, readAll, runCommand, type FilledServer } from '../support/rehearsal.js';
import { ServerProcess, temporaryFolder } from '../support/server.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

const ENV = { RATE_LIMIT_ENABLED: 'false', WEBHOOK_ALLOW_PRIVATE: 'true', JWT_ACCESS_TOKEN_EXPIRES: '86400' };
const postgres = (await sqlTestTargets()).find(({ dialect }) => dialect === 'postgres');
const hasTools = spawnSync('pg_dump', ['--version']).status === 0;
if (!hasTools && process.env.CI === 'true')
  throw new Error('pg_dump is required in CI: apt-get install postgresql-client');
if (!hasTools) console.warn('SKIPPED: backup of PostgreSQL (apt-get install postgresql-client)');

/** Stores to copy from, and empty ones to restore into. */
interface Rehearsal {
  source: Record<string, string>;
  target: Record<string, string>;
  end(): Promise<void>;
}

async function embedded(): Promise<Rehearsal> {
  const end = () => Promise.resolve();
  return { source: { DATA_DIR: temporaryFolder() }, target: { DATA_DIR: join(temporaryFolder(), 'new') }, end };
}

async function realStores(): Promise<Rehearsal> {
  const mongo: TestMongo = await startTestMongo();
  const databases: SqlTestDatabase[] = [await postgres!.create(), await postgres!.create()];
  const keys = {
    JWT_SECRET: randomBytes(32).toString('base64'),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  };
  const name = `almanac_${randomBytes(4).toString('hex')}`;
  const [source, target] = databases.map(({ config }, i) => ({
    ...keys,
    DATA_DIR: temporaryFolder(),
    MONGODB_URI: mongo.uri,
    MONGODB_DB_NAME: `${name}_${i}`,
    DATABASE_URL: config.location,
  }));
  const end = async () => {
    for (const database of databases) await database.drop();
    await mongo.stop();
  };
  return { source: source!, target: target!, end };
}

const kinds = [
  { stores: 'embedded stores', prepare: embedded },
  ...(postgres !== undefined && hasTools ? [{ stores: 'MongoDB and PostgreSQL', prepare: realStores }] : []),
];

/** Sends events one after another until it is told to stop. */
class Writer {
  acknowledged = 0;
  private stopped = false;
  private readonly ended: Promise<void>;

  constructor(api: ApiClient, projectKey: string) {
    this.ended = this.run(api, projectKey);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.ended;
  }

  private async run(api: ApiClient, projectKey: string): Promise<void> {
    for (let i = 0; !this.stopped; i += 1) {
      const event = { eventName: 'tick', timestamp: '2025-11-18T10:00:00Z', anonymousId: `a${i}`, userId: `u${i % 7}` };
      const { status } = await api.post('/v1/events/batch', { projectKey, events: [{ ...event, eventId: `e${i}` }] });
      if (status === 200) this.acknowledged += 1;
      await sleep(20);
    }
  }
}

describe.each(kinds)('backup and restore of $stores', ({ stores, prepare }) => {
  const folder = join(temporaryFolder(), 'backup');
  let rehearsal: Rehearsal;
  let receiver: WebhookReceiver;
  let server: ServerProcess;
  let filled: FilledServer;
  let before: Map<string, string>;
  /** Of the project that was written to: acknowledged before the backup began, and in all. */
  let busy: { before: number; sent: number };

  const start = (env: Record<string, string>) =>
    ServerProcess.start({ dataDir: env.DATA_DIR, env: { ...ENV, ...env } });
  const totalOf = async (projectKey: string): Promise<number> =>
    (await new ApiClient(server.url, filled.token).get(`/v1/reports/overview?projectKey=${projectKey}`)).body
      .totalEvents;

  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
    rehearsal = await prepare();
    server = await start(rehearsal.source);
    filled = await fillServer(server, `${receiver.url}/hook`);
  }, 90_000);

  afterAll(async () => {
    await server.stop();
    await receiver.stop();
    await rehearsal.end();
  });

  it('should make a backup that only its owner can read, while the server is written to', async () => {
    const writer = new Writer(new ApiClient(server.url), filled.busyKey);
    await server.waitFor(() => writer.acknowledged > 10, 'some events');
    const acknowledged = writer.acknowledged;
    const backup = await runCommand('backup', ['--to', folder], rehearsal.source);
    // Of these one at most was under way before.
    const during = writer.acknowledged;
    await server.waitFor(() => writer.acknowledged > during + 1, 'events after the backup');
    await writer.stop();
    expect(backup).toMatchObject({ status: 0, output: expect.stringContaining('is complete') });
    busy = { before: acknowledged, sent: writer.acknowledged };
    before = await readAll(server, filled);
    for (const [path, answer] of before) expect([path, answer.slice(0, 4)]).toEqual([path, '200 ']);
    expect(await server.stop()).toBe(0);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(8);
    for (const { parentPath, name } of files) expect(statSync(join(parentPath, name)).mode & 0o077).toBe(0);
  });

  it('L3 should answer the same questions with the same bytes from a restored copy', async () => {
    const restore = await runCommand('restore', ['--from', folder], rehearsal.target);
    expect(restore).toMatchObject({ status: 0, output: expect.stringContaining('Restored as it was at') });
    server = await start(rehearsal.target);
    expect(filled.paths.length).toBeGreaterThan(20);
    expect(Object.fromEntries(await readAll(server, filled))).toEqual(Object.fromEntries(before));
    const api = new ApiClient(server.url, filled.token);
    const overview = `/v1/reports/overview?projectKey=${filled.projectKey}`;
    const isMadeAgain = async () => {
      // Each question that comes too early is answered from raw events.
      await sleep(300);
      return (await api.get(overview)).headers.get('x-report-source') === 'rollup';
    };
    await server.waitFor(isMadeAgain, 'the rollups to be made again', 60_000);
    expect(Object.fromEntries(await readAll(server, filled))).toEqual(Object.fromEntries(before));
  }, 120_000);

  it('should have in the copy what was acknowledged before the backup began', async () => {
    const total = await totalOf(filled.busyKey);
    expect(total).toBeGreaterThanOrEqual(busy.before);
    expect(total).toBeLessThanOrEqual(busy.sent);
  });

  // By leases in SQL, which have suites of their own on both databases.
  if (stores === kinds[0]!.stores) {
    it('L1 should wait for the end of an erasure, of which it would have a part only', async () => {
      const { sql } = loadConfig({ ...rehearsal.target });
      const dataSource = await createDataSource(dataSourceOptions(sql, [])).initialize();
      try {
        const leases = new LeaseService(new LeaseRepository(dataSource));
        let lease = await leases.acquire('account-erasure', 120_000);
        // The server looks for accounts to erase now and then.
        for (; lease === null; lease = await leases.acquire('account-erasure', 120_000)) await sleep(100);
        const running = runCommand('backup', ['--to', join(temporaryFolder(), 'late')], rehearsal.target);
        const first = await Promise.race([running.then(() => 'made'), sleep(4000).then(() => 'waits')]);
        await leases.release(lease);
        expect([first, (await running).status]).toEqual(['waits', 0]);
      } finally {
        await dataSource.destroy();
      }
    });
  }

  it('should let people sign in and sign webhooks with their old secrets', async () => {
    const login = { email: filled.email, password: 'correct horse battery' };
    expect((await new ApiClient(server.url).post('/api/auth/login', login)).status).toBe(200);
    const { id, secret } = filled.webhook;
    const test = await new ApiClient(server.url, filled.token).post(`/api/reports/webhooks/${id}/test`);
    expect(test.status).toBeLessThan(300);
    await server.waitFor(() => receiver.calls.length > 0, 'the webhook');
    const { headers, body } = receiver.calls[0]!;
    expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).not.toThrow();
  });

  it('should not touch data or backups that are there already', async () => {
    const target = loadConfig({ ...rehearsal.target });
    await expect(runBackup(target, options(folder))).rejects.toThrow('is not empty');
    // The embedded engine is in use, whatever is forced.
    const refused = target.mongo.embedded
      ? expect(runRestore(target, options(folder, true))).rejects.toThrow(EmbeddedEngineLockedError)
      : expect(runRestore(target, options(folder))).rejects.toThrow('There is data already (MongoDB, SQL)');
    await refused;
  });

  it('should put what is in the backup in place of what is there, when it is forced to', async () => {
    const restored = await totalOf(filled.busyKey);
    expect(restored).toBeLessThan(busy.sent);
    const source = loadConfig({ ...rehearsal.source });
    await runRestore(source, options(folder, true));
    expect(await eventsIn(source, filled.busyKey)).toBe(restored);
  });

  it('should refuse a backup that is damaged or not complete, before anything is written', async () => {
    const target = loadConfig({ ...rehearsal.target, DATA_DIR: temporaryFolder() });
    const { path } = readManifest(folder).sql;
    appendFileSync(join(folder, path), 'x');
    await expect(runRestore(target, options(folder, true))).rejects.toThrow(
      `${path} of the backup is missing or damaged`,
    );
    rmSync(join(folder, 'manifest.json'));
    await expect(runRestore(target, options(folder, true))).rejects.toThrow('holds no complete backup');
    expect(readdirSync(target.storage.dataDir)).not.toContain('mongodb');
  });
});

describe('the commands', () => {
  it.each(['backup', 'restore'] as const)('should say how npm run %s is used', async (command) => {
    const { status, output } = await runCommand(command, [], { DATA_DIR: temporaryFolder() });
    expect([status, output]).toEqual([2, expect.stringContaining(`npm run ${command} -- --`)]);
  });

  it('should say so when there is nothing to copy', async () => {
    const folder = join(temporaryFolder(), 'backup');
    const { status, output } = await runCommand('backup', ['--to', folder], { DATA_DIR: temporaryFolder() });
    expect([status, output]).toEqual([1, expect.stringContaining('There is no database at')]);
    expect(existsSync(folder)).toBe(false);
  });
});

function options(folder: string, force = false): BackupOptions {
  return { folder, force, environment: process.env, log: () => undefined };
}

async function eventsIn(config: AppConfig, projectKey: string): Promise<number> {
  const store = await openStore(config.mongo, config.storage);
  try {
    return await store.connection.collection('events').countDocuments({ projectKey });
  } finally {
    await store.close();
  }
}
