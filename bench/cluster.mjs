// @ts-check
// npm run bench:cluster [-- --seconds 20 --lanes 16 --faults 60 --every 20]
// Two API processes and a worker on shared stores: what the second one adds, and whether anything is lost or doubled while
// they are killed in turn. See README.md.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { post, register } from './lib/api.mjs';
import { createBenchDatabase } from './lib/bench-database.mjs';
import { ClusterCpu } from './lib/cluster-cpu.mjs';
import { checkTasks, countStored } from './lib/cluster-count.mjs';
import { HttpClient } from './lib/http-client.mjs';
import { Replica } from './lib/replica.mjs';
import { sum } from './lib/statistics.mjs';
import { Worker } from './lib/worker.mjs';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    lanes: { type: 'string', default: '16' },
    faults: { type: 'string', default: '60' },
    every: { type: 'string', default: '20' },
  },
});
const MONGO_DATABASE = 'almanac';
const WARM_UP_SECONDS = 4;
const REDIS_URL = process.env.BENCH_REDIS_URL ?? 'redis://127.0.0.1:6379/13';
const lanes = Number(options.lanes);
const format = (/** @type {number} */ count) => Math.round(count).toLocaleString('en');

console.log(`Node ${process.version}; load of the machine before: ${(loadavg()[0] ?? 0).toFixed(1)}`);
const redis = new Redis(REDIS_URL);
if ((await redis.dbsize()) > 0) throw new Error(`${REDIS_URL} is not empty: name another by BENCH_REDIS_URL`);
mkdirSync('data', { recursive: true });
const folder = mkdtempSync(resolve('data/bench-'));
const database = await createBenchDatabase();
const engine = new Worker(new URL('lib/cluster-engine.mjs', import.meta.url));
const load = new Worker(new URL('lib/cluster-load.mjs', import.meta.url));
const framework = new Worker(new URL('lib/bare-framework.mjs', import.meta.url));
/** @type {Replica[]} */
let replicas = [];
let isRight = true;
try {
  const { uri, pid: enginePid } = await engine.call('open', {
    dataDir: join(folder, 'engine'),
    cacheDir: resolve('.cache'),
  });
  const env = {
    MONGODB_URI: uri,
    MONGODB_DB_NAME: MONGO_DATABASE,
    DATABASE_URL: database.url,
    REDIS_URL,
    JWT_SECRET: randomBytes(32).toString('base64'),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    RATE_LIMIT_ENABLED: 'false',
    CACHE_DIR: resolve('.cache'),
  };
  const [one, two, worker] = ['api', 'api', 'worker'].map(
    (type, i) =>
      new Replica(['API 1', 'API 2', 'worker'][i] ?? '', {
        ...env,
        PROCESS_TYPE: type,
        DATA_DIR: join(folder, `${i}`),
      }),
  );
  if (one === undefined || two === undefined || worker === undefined) throw new Error('No replicas');
  replicas = [one, two, worker];
  await Promise.all(replicas.map((replica) => replica.start()));
  const token = await register(one.url);
  const { projectKey } = await post(one.url, '/v1/projects', { name: 'bench' }, token);
  const target = { token, projectKey, lanes, tasks: false };
  const stores = { uri, database: MONGO_DATABASE, sqlUrl: database.url };

  await compare(target, { one, two, worker }, enginePid);
  await kill(target, stores, { one, two, worker });
} finally {
  for (const replica of replicas) await replica.stop();
  for (const process of [load, framework]) process.stop();
  await engine.call('close', {});
  engine.stop();
  await database.drop();
  await redis.flushdb();
  redis.disconnect();
  rmSync(folder, { recursive: true, force: true });
}
if (!isRight) process.exitCode = 1;

/** @param {any} target @param {Record<'one' | 'two' | 'worker', Replica>} replicas @param {number} enginePid */
async function compare(target, { one, two, worker }, enginePid) {
  const seconds = Number(options.seconds);
  const bareUrl = await framework.call('listen', {});
  const bare = await measure('Fastify alone', { Fastify: framework.pid }, 'bare', {
    ...target,
    urls: [bareUrl],
    seconds,
  });
  const all = { 'API 1': one.pid, 'API 2': two.pid, worker: worker.pid, engine: enginePid };
  await load.call('run', { ...target, urls: [one.url, two.url], seconds: WARM_UP_SECONDS });
  const single = await measure('one API process', all, 'run', { ...target, urls: [one.url], seconds });
  const both = await measure('two API processes', all, 'run', { ...target, urls: [one.url, two.url], seconds });
  console.log(
    `the second process: ${(both / single).toFixed(2)} times the rows; Fastify alone: ${(bare / both).toFixed(1)} times those of two`,
  );
}

/** @param {string} name @param {Record<string, number>} pids @param {string} call @param {any} target */
async function measure(name, pids, call, target) {
  const cpu = new ClusterCpu(database.url, { ...pids, load: load.pid });
  await cpu.start();
  const { requests, rows, seconds, statuses } = await load.call(call, target);
  const used = await cpu.stop();
  console.log(`\n${name}: ${format(requests / seconds)} requests/s, ${format(rows / seconds)} rows/s`);
  console.log(`  ${used.text}; ${format(rows / seconds / used.cores)} rows for a second of one core`);
  if (statuses !== undefined) console.log(`  answers by status: ${JSON.stringify(statuses)}`);
  return rows / seconds;
}

/** @param {any} target @param {any} stores @param {Record<'one' | 'two' | 'worker', Replica>} replicas */
async function kill(target, stores, { one, two, worker }) {
  const seconds = Number(options.faults);
  const running = load.call('run', { ...target, urls: [one.url, two.url], seconds, tasks: true });
  running.catch(() => undefined);
  const began = performance.now();
  /** @type {string[]} */
  const killed = [];
  const victims = [one, worker, two, worker];
  for (let round = 0; ; round++) {
    const due = (round + 0.5) * Number(options.every);
    if (due >= seconds) break;
    await sleep(Math.max(0, began + due * 1000 - performance.now()));
    const victim = /** @type {Replica} */ (victims[round % victims.length]);
    await victim.stop('SIGKILL');
    const at = performance.now();
    await victim.start();
    killed.push(`${victim.name} (ready again after ${((performance.now() - at) / 1000).toFixed(1)} s)`);
  }
  const { statuses, requests, rows } = await running;
  console.log(`\n${seconds} s with kills of ${killed.join(', ')}`);
  console.log(
    `  ${format(requests)} requests with ${format(rows)} rows; answers by status: ${JSON.stringify(statuses)}`,
  );
  const { sent, acknowledged, taskIds, faults } = await load.call('totals', {});
  const wrongTasks = await checkTasks(stores, taskIds);
  await settle(target, one, acknowledged, stores, sent);
  for (const fault of [...faults, ...wrongTasks].slice(0, 10)) console.log(`  WRONG: ${fault}`);
  if (faults.length + wrongTasks.length > 0) isRight = false;
  console.log(`  report tasks: ${taskIds.length} accepted, ${wrongTasks.length} faults`);
  if (killed.length > 0 && taskIds.length === 0) isRight = false;
  console.log(isRight ? 'nothing lost, nothing twice' : 'WRONG');
}

/** @param {any} target @param {Replica} one @param {any} acknowledged @param {any} stores @param {any} sent */
async function settle(target, one, acknowledged, stores, sent) {
  const stored = /** @type {Record<string, any>} */ (await countStored(stores));
  const reported = /** @type {Record<string, number>} */ (await askReports(target, one));
  console.log('\n             acknowledged     stored  different ids   reported');
  for (const kind of ['events', 'activities', 'calls', 'browsing']) {
    const { rows, ids, first, last } = stored[kind];
    const cells = [acknowledged[kind], rows, ids, reported[kind]].map((cell, i) =>
      format(cell).padStart([13, 11, 15, 11][i] ?? 0),
    );
    // Every row was acknowledged in the end, so the numbers of the ids must be all from 0 on.
    const good =
      [sent[kind], rows, ids, reported[kind], last + 1].every((count) => count === acknowledged[kind]) && first === 0;
    if (!good) isRight = false;
    console.log(`${kind.padEnd(12)}${cells.join('')}${good ? '' : ' ← WRONG'}`);
  }
}

/** @param {any} target @param {Replica} one */
async function askReports({ token, projectKey }, { url }) {
  const client = new HttpClient(url, { connections: 1, headers: { authorization: `Bearer ${token}` } });
  const ask = async (/** @type {string} */ path) => {
    const { status, text } = await client.send({ path });
    if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`);
    return JSON.parse(text);
  };
  try {
    const day = (/** @type {number} */ ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
    const range = `start=${day(1)}&end=${day(0)}&tz=UTC`;
    const users = await ask(`/api/v1/user-stats?${range}`);
    const calls = await ask(`/api/v1/ai-stats?${range}`);
    const browsing = await ask('/api/events/count');
    const events = await ask(`/v1/reports/overview?projectKey=${projectKey}`);
    return {
      events: events.totalEvents,
      activities: sum(users.map((/** @type {any} */ one) => one.logins + one.registrations)),
      calls: sum(calls.map((/** @type {any} */ one) => one.total_api_calls)),
      browsing: browsing.count,
    };
  } finally {
    client.close();
  }
}
