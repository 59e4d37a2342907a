// @ts-check
// npm run bench:activity [-- --rounds 3 --bodies 40 --points 2000000 --users 50 --keep DIR --profile]
// How close `POST /api/v2/write` comes to the bare driver in the same layout, and how fast a report reads. See README.md.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { mongo } from 'mongoose';
import { register } from './lib/api.mjs';
import { cpuSeconds } from './lib/cpu-time.mjs';
import { memoryOf, resetPeak } from './lib/memory.mjs';
import { startServer } from './lib/processes.mjs';
import { median, percentile } from './lib/statistics.mjs';
import { Worker } from './lib/worker.mjs';

const LINES = 5000;
const LANES = 4;
const YARDSTICK = 'bench_activity';
const ORG = 'Bench';
const TARGET_RATIO = 0.8;
const TARGET_RATE = 50_000;
const TARGET_SECONDS = 10;
const TARGET_RSS_MB = 400;

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    bodies: { type: 'string', default: '40' },
    points: { type: 'string', default: '2000000' },
    users: { type: 'string', default: '50' },
    profile: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
const bodies = Number(options.bodies);
const users = Number(options.users);
const points = Number(options.points);
const month = { users, points, size: LINES, org: ORG };

mkdirSync(resolve('data'), { recursive: true });
const dataDir = mkdtempSync(resolve('data', 'bench-activity-'));
try {
  await measureWriting();
  await measureReading();
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}

/** @typedef {'driver' | 'packing' | 'http'} Side */
/** @typedef {{rate: number, latenciesMs: number[], cpu: Record<string, number>}} Round */

async function measureWriting() {
  const nodeArgs = options.profile ? ['--cpu-prof', '--cpu-prof-dir=.cache/profiles'] : [];
  const server = await startServer({ dataDir, nodeArgs });
  const workers = {
    driver: new Worker(new URL('lib/driver-activity.mjs', import.meta.url)),
    http: new Worker(new URL('lib/http-activity.mjs', import.meta.url)),
  };
  const client = await new mongo.MongoClient(server.mongo.uri).connect();
  const db = client.db(server.mongo.database);
  const token = await register(server.url);
  const target = { url: server.url, lanes: LANES, token };
  try {
    const load = (loadavg()[0] ?? 0).toFixed(1);
    console.log(
      `${rounds} rounds of ${bodies} bodies with ${LINES} lines, ${LANES} at once, write concern ` +
        `${JSON.stringify(server.mongo.writeConcern)}, Node ${process.version}; load of the machine before: ${load}`,
    );
    /** @type {Record<Side, Round[]>} */
    const results = { driver: [], packing: [], http: [] };
    // The first round warms up and is not counted. The sides take turns in going first: the machine drifts.
    for (let round = 0; round <= rounds; round++) {
      const sides = /** @type {Side[]} */ (
        round % 2 === 0 ? ['driver', 'packing', 'http'] : ['http', 'packing', 'driver']
      );
      for (const side of sides) {
        await renew(db);
        const worker = side === 'http' ? workers.http : workers.driver;
        await worker.call('prepare', { month, first: round * bodies, bodies, ...target });
        const processes = { engine: server.enginePid, server: server.pid, load: worker.pid };
        const before = Object.values(processes).map(cpuSeconds);
        const timing = await worker.call('run', {
          ...server.mongo,
          collection: YARDSTICK,
          lanes: LANES,
          packing: side === 'packing',
        });
        const cpu = Object.fromEntries(
          Object.entries(processes).map(([name, pid], i) => [
            name,
            ((cpuSeconds(pid) - (before[i] ?? NaN)) / (bodies * LINES)) * 1e6,
          ]),
        );
        const rate = (bodies * LINES) / timing.seconds;
        if (round > 0) results[side].push({ rate, latenciesMs: timing.latenciesMs, cpu });
      }
    }
    report(results);
    await client.db(server.mongo.database).collection(YARDSTICK).drop();
    await renew(db);
    const { seconds } = await workers.http.call('load', { ...target, month });
    const stored = await count(db, 'activity_writes');
    const expected = Math.ceil(points / LINES) * LINES;
    console.log(
      `\nloaded ${expected.toLocaleString('en')} points in ${seconds.toFixed(1)} s; the server holds ${memoryOf(server.pid).peak.toFixed(0)} MB at most`,
    );
    if (stored !== expected) {
      console.log(`stored ${stored}: WRONG`);
      process.exitCode = 1;
    }
  } finally {
    for (const worker of Object.values(workers)) worker.stop();
    await client.close();
    await server.stop();
  }
}

async function measureReading() {
  const reader = new Worker(new URL('lib/activity-reader.mjs', import.meta.url));
  try {
    await reader.call('open', { dataDir });
    console.log(`\nreading a report of ${users} users over 31 days, user after user:`);
    await read('as it was written');
    const { writes, seconds } = await reader.call('gather', {});
    console.log(`  gathered ${writes.toLocaleString('en')} documents in ${seconds.toFixed(1)} s`);
    await read('gathered');
    await reader.call('close', {});
  } finally {
    reader.stop();
  }

  /** @param {string} name */
  async function read(name) {
    resetPeak(reader.pid);
    const before = cpuSeconds(reader.pid);
    const { counts, seconds, versionMs } = await reader.call('read', { org: ORG, users });
    const cpu = cpuSeconds(reader.pid) - before;
    const rows = counts.afk + counts.windows + counts.appUsage + counts.dailyMetrics;
    const { peak } = memoryOf(reader.pid);
    const isReached = seconds < TARGET_SECONDS && peak < TARGET_RSS_MB;
    console.log(
      `  ${name.padEnd(18)} ${rows.toLocaleString('en')} points in ${seconds.toFixed(2)} s (CPU ${cpu.toFixed(2)} s), ` +
        `peak RSS ${peak.toFixed(0)} MB, data version ${versionMs.toFixed(0)} ms; ` +
        `target ${TARGET_SECONDS} s and ${TARGET_RSS_MB} MB for the whole report: ${isReached ? 'within' : 'MISSED'}`,
    );
  }
}

/** @param {mongo.Db} db */
async function renew(db) {
  for (const name of ['activity_writes', YARDSTICK]) {
    const source = name === YARDSTICK ? 'activity_writes' : name;
    const indexes = (await db.collection(source).indexes()).filter((index) => index.name !== '_id_');
    await db
      .collection(name)
      .drop()
      .catch(() => undefined);
    await db.createCollection(name);
    await db.collection(name).createIndexes(/** @type {any} */ (indexes.map(({ v: _, ...index }) => index)));
  }
  await db.admin().command({ fsync: 1 });
}

/** @param {mongo.Db} db @param {string} collection */
async function count(db, collection) {
  const [row] = await db
    .collection(collection)
    .aggregate([{ $group: { _id: null, points: { $sum: '$count' } } }])
    .toArray();
  return Number(row?.points);
}

/** @param {Record<Side, Round[]>} results */
function report(results) {
  console.log('                              points/s   p50 ms   p99 ms   CPU µs per point');
  console.log(line('driver, documents made before', results.driver));
  console.log(line('driver, from points', results.packing));
  console.log(line('over HTTP', results.http));
  const rate = median(results.http.map((round) => round.rate));
  for (const [name, side] of /** @type {[string, Round[]][]} */ ([
    ['documents made before', results.driver],
    ['from points', results.packing],
  ])) {
    const ratios = results.http.map((round, i) => round.rate / (side[i]?.rate ?? NaN));
    const ratio = median(ratios);
    const list = ratios.map((value) => value.toFixed(2)).join(', ');
    console.log(
      `ratio to the driver, ${name}: ${ratio.toFixed(2)} (rounds: ${list}); target ${TARGET_RATIO}: ${verdict(ratio >= TARGET_RATIO)}`,
    );
  }
  console.log(
    `rate ${Math.round(rate).toLocaleString('en')}/s; target ${TARGET_RATE.toLocaleString('en')}: ${verdict(rate >= TARGET_RATE)}`,
  );
}

/** @param {string} name @param {Round[]} side */
function line(name, side) {
  const latencies = side.flatMap(({ latenciesMs }) => latenciesMs);
  const rate = Math.round(median(side.map((round) => round.rate))).toLocaleString('en');
  const cpu = Object.keys(side[0]?.cpu ?? {}).map(
    (process) => `${process} ${median(side.map((round) => round.cpu[process] ?? NaN)).toFixed(2)}`,
  );
  const cells = [0.5, 0.99].map((share) => percentile(latencies, share).toFixed(1).padStart(8));
  return `${name.padEnd(29)}${rate.padStart(9)} ${cells.join(' ')}   ${cpu.join(', ')}`;
}

/** @param {boolean} isReached */
function verdict(isReached) {
  return isReached ? 'reached' : 'MISSED';
}
