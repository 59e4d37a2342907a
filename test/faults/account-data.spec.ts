import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Unzip, UnzipInflate } from 'fflate';
import { createConnection } from 'mongoose';
import { describeAccountData } from '../support/account-data-suite.js';
import { ApiClient } from '../support/api-client.js';
import { startTestMongo } from '../support/mongo.js';
import { RedisServer } from '../support/redis-server.js';
import { ServerProcess } from '../support/server.js';
import { sqlTestTargets } from '../support/sql.js';
import { readMongoTexts, readPostgresTexts } from '../support/stored-texts.js';

const SHARED = {
  JWT_SECRET: 'a secret that all the replicas share 0123456789',
  ENCRYPTION_KEY: '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
};
const EVENTS = Number(process.env.EXPORT_EVENTS ?? 200_000);
const BATCH = 5000;
const HEAP_MIB = 144;
const MIB = 1024 * 1024;

const postgres = (await sqlTestTargets()).find(({ dialect }) => dialect === 'postgres');
if (postgres !== undefined && RedisServer.find() !== null) {
  describeAccountData('all data of an account on PostgreSQL and Redis, with a second process', async () => {
    const [mongo, sql, redis] = await Promise.all([startTestMongo(), postgres.create(), RedisServer.start()]);
    const stores = {
      MONGODB_URI: mongo.uri,
      MONGODB_DB_NAME: `accounts_${Date.now()}`,
      DATABASE_URL: sql.config.location,
      REDIS_URL: redis.url,
    };
    const servers: ServerProcess[] = [];
    const launch = async (env: Record<string, string>): Promise<ServerProcess> => {
      const server = await ServerProcess.start({ env: { ...SHARED, ...stores, ...env } });
      servers.push(server);
      return server;
    };
    let second: ServerProcess | undefined;
    return {
      async start(env) {
        second ??= await launch(env);
        return launch(env);
      },
      async read() {
        const store = await createConnection(mongo.uri, { dbName: stores.MONGODB_DB_NAME }).asPromise();
        try {
          return { ...(await readMongoTexts(store)), ...(await readPostgresTexts(sql.config.location)) };
        } finally {
          await store.close();
        }
      },
      logs: () => servers.map(({ logs }) => logs).join('\n'),
      async dispose() {
        await second?.stop();
        await Promise.all([mongo.stop(), sql.drop(), redis.kill()]);
      },
    };
  });
}

describe('the archive of a large account', () => {
  it(`L2 should hold ${EVENTS} events, in memory that does not grow with them, also for one who reads slowly`, async () => {
    const env = { RATE_LIMIT_ENABLED: 'false' };
    let server = await ServerProcess.start({ env });
    try {
      const { client, accessToken } = await new ApiClient(server.url).register('ann');
      const projectKey = await client.createProject('Large');
      for (let sent = 0; sent < EVENTS; sent += BATCH) {
        const events = Array.from({ length: BATCH }, (_, i) => eventAt(sent + i));
        expect((await client.post('/v1/events/batch', { projectKey, events })).body.inserted).toBe(BATCH);
      }
      // Without what the ingest left, and with too little room to hold the events at once.
      await server.stop();
      const { dataDir } = server;
      server = await ServerProcess.start({ env, dataDir, nodeArguments: [`--max-old-space-size=${HEAP_MIB}`] });
      await sleep(5000);
      const before = residentBytes(server);
      const watch = watchMemory(server);
      const startedAt = performance.now();
      const { ids, bytes } = await readArchive(server.url, accessToken);
      const seconds = (performance.now() - startedAt) / 1000 - PAUSE_MS / 1000;
      const peak = watch.stop();
      process.stdout.write(
        `${EVENTS} events, ${(bytes / MIB).toFixed(1)} MiB packed, in ${seconds.toFixed(1)} s; ` +
          `memory ${Math.round(before / MIB)} MiB before, ${Math.round(peak / MIB)} MiB at most\n`,
      );
      expect(ids.size).toBe(EVENTS);
      expect(peak - before).toBeLessThan(80 * MIB);
    } finally {
      await server.stop();
    }
  }, 180_000);
});

const PAUSE_MS = 3000;

function eventAt(i: number): object {
  return {
    eventId: `event-${i}`,
    eventName: ['open', 'search', 'buy'][i % 3],
    timestamp: new Date(Date.UTC(2025, 0, 6) + i * 1000).toISOString(),
    anonymousId: `visitor-${i % 5000}`,
    // Of little sense and little repetition, so that the archive is large as well.
    properties: { text: Array.from({ length: 12 }, (_, k) => ((i + 1) * 2654435761 * (k + 7)) % 4294967296) },
  };
}

/** Reads it as it comes, with a pause in the midst; the ids of the events in it. */
async function readArchive(url: string, token: string): Promise<{ ids: Set<string>; bytes: number }> {
  const response = await fetch(`${url}/api/auth/export`, { headers: { authorization: `Bearer ${token}` } });
  expect(response.status).toBe(200);
  const ids = new Set<string>();
  let rest = '';
  const unzip = new Unzip((file) => {
    if (!file.name.startsWith('product-events')) return;
    const decoder = new TextDecoder();
    file.ondata = (error, data) => {
      if (error) throw error;
      const lines = (rest + decoder.decode(data, { stream: true })).split('\n');
      rest = lines.pop()!;
      for (const line of lines) ids.add((JSON.parse(line) as { eventId: string }).eventId);
    };
    file.start();
  });
  unzip.register(UnzipInflate);
  let [bytes, paused] = [0, false];
  for await (const piece of response.body!) {
    bytes += (piece as Uint8Array).length;
    unzip.push(piece as Uint8Array);
    if (paused || bytes < 2 * MIB) continue;
    paused = true;
    await sleep(PAUSE_MS);
  }
  unzip.push(new Uint8Array(0), true);
  expect([paused, rest]).toEqual([true, '']);
  return { ids, bytes };
}

function residentBytes({ child }: ServerProcess): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))!;
  return Number(kilobytes) * 1024;
}

function watchMemory(server: ServerProcess): { stop: () => number } {
  let peak = residentBytes(server);
  const timer = setInterval(() => (peak = Math.max(peak, residentBytes(server))), 50);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}
