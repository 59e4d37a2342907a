// @ts-check
// npm run bench:ingest [-- --rounds 3 --events 50000 --small 20000 --paced 15 --profile]
// How close `POST /v1/events/batch` comes to the bare driver on the same engine. See README.md.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { post, register } from './lib/api.mjs';
import { cpuSeconds } from './lib/cpu-time.mjs';
import { EventStore } from './lib/event-store.mjs';
import { startServer } from './lib/processes.mjs';
import { median, percentile, sum } from './lib/statistics.mjs';
import { Worker } from './lib/worker.mjs';

const YARDSTICK = 'bench_yardstick';
const TARGET_P99_MS = 60;
/** Connections of the paced load: so many that a request hardly ever waits for one. */
const PACED_CONNECTIONS = 32;

/**
 * @typedef {object} Shape
 * @property {number} size events in a batch
 * @property {number} lanes batches at once
 * @property {number} events in a round
 * @property {number} target
 * @property {number} [stretch]
 */
/**
 * @typedef {object} Round
 * @property {number} events
 * @property {number} eventsPerSecond
 * @property {number[]} latenciesMs
 * @property {Record<string, number>} cpuMicros CPU time per event, by process
 * @property {number} documentBytes
 * @property {number} acknowledged events
 * @property {number} stored events
 */

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    events: { type: 'string', default: '50000' },
    small: { type: 'string', default: '20000' },
    paced: { type: 'string', default: '15' },
    profile: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
/** @type {Shape[]} */
const shapes = [
  { size: 100, lanes: 8, events: Number(options.events), target: 0.85, stretch: 1.5 },
  { size: 10, lanes: 32, events: Number(options.small), target: 1.3 },
];

const server = await startServer({
  nodeArgs: options.profile ? ['--cpu-prof', '--cpu-prof-dir=.cache/profiles'] : [],
});
const store = await EventStore.connect(server.mongo);
const token = await register(server.url);
// One for all rounds, as in life: the first events of a project have their rollups built, later ones merged.
const { projectKey } = await post(server.url, '/v1/projects', { name: 'bench' }, token);
const workers = {
  driver: new Worker(new URL('lib/driver-ingest.mjs', import.meta.url)),
  http: new Worker(new URL('lib/http-ingest.mjs', import.meta.url)),
  framework: new Worker(new URL('lib/bare-framework.mjs', import.meta.url)),
};
const bareUrl = await workers.framework.call('listen', {});
/** @typedef {'driver' | 'http'} Side */
const processes = { engine: server.enginePid, server: server.pid };
/** Number of the round among all: each has events of its own. */
let part = 0;

try {
  const concern = JSON.stringify(server.mongo.writeConcern);
  const load = (loadavg()[0] ?? 0).toFixed(1);
  console.log(
    `${rounds} rounds, write concern ${concern}, Node ${process.version}; load of the machine before: ${load}`,
  );
  /** @type {Round[]} */
  const all = [];
  let fullRate = 0;
  for (const shape of shapes) {
    const results = await compare(shape);
    fullRate ||= rateOf(results.http) / shape.size;
    all.push(...results.driver, ...results.http);
  }
  all.push(await pace(fullRate / 2));
  const [acknowledged, stored] = [sum(all.map((one) => one.acknowledged)), sum(all.map((one) => one.stored))];
  const complete = all.every((one) => one.acknowledged === one.events && one.stored === one.events);
  console.log(
    `\nacknowledged ${acknowledged}, stored ${stored}: ${complete ? 'nothing lost, nothing twice' : 'WRONG'}`,
  );
  if (!complete) process.exitCode = 1;
} finally {
  for (const worker of Object.values(workers)) worker.stop();
  await store.close();
  await server.stop();
}

/** @param {Shape} shape @returns {Promise<Record<Side, Round[]>>} */
async function compare(shape) {
  /** @type {Record<Side, Round[]>} */
  const results = { driver: [], http: [] };
  // The first round warms up and is not counted. Each side goes first in turn: the machine drifts.
  for (let round = 0; round <= rounds; round++) {
    const order = /** @type {Side[]} */ (round % 2 === 0 ? ['driver', 'http'] : ['http', 'driver']);
    for (const side of order) {
      const result = await run(side, shape);
      if (round > 0) results[side].push(result);
    }
  }
  report(shape, results);
  await showFramework(shape);
  return results;
}

/** What HTTP and JSON alone cost. @param {Shape} shape */
async function showFramework({ size, lanes, events }) {
  const batches = Math.round(events / size);
  await workers.http.call('prepare', { projectKey, round: part++, batches, size, url: bareUrl, lanes });
  const before = cpuSeconds(workers.framework.pid);
  const { seconds } = await workers.http.call('run', { lanes });
  const micros = ((cpuSeconds(workers.framework.pid) - before) / (batches * size)) * 1e6;
  const rate = Math.round((batches * size) / seconds).toLocaleString('en');
  console.log(
    `Fastify alone, which parses these bodies and stores nothing: ${rate} events/s, CPU ${micros.toFixed(1)} µs per event`,
  );
}

/** @param {Side} side @param {Shape} shape @returns {Promise<Round>} */
async function run(side, { size, lanes, events }) {
  const collection = side === 'driver' ? YARDSTICK : 'events';
  await (side === 'driver' ? store.renewYardstick(YARDSTICK) : store.renew());
  const batches = Math.round(events / size);
  const shape = { projectKey, round: part++, batches, size, url: server.url, lanes };
  await workers[side].call('prepare', shape);
  const cpu = startCpu(workers[side], batches * size);
  const timing = await workers[side].call('run', { ...server.mongo, collection, lanes });
  return toRound(timing, batches * size, collection, cpu());
}

/** @param {number} batchesPerSecond @returns {Promise<Round>} */
async function pace(batchesPerSecond) {
  await store.renew();
  const [{ size }] = /** @type {[Shape, ...Shape[]]} */ (shapes);
  const batches = Math.round(batchesPerSecond * Number(options.paced));
  const shape = { projectKey, round: part++, batches, size, url: server.url, lanes: PACED_CONNECTIONS };
  await workers.http.call('prepare', shape);
  const cpu = startCpu(workers.http, batches * size);
  const target = { lanes: PACED_CONNECTIONS, perSecond: batchesPerSecond };
  const timing = await workers.http.call('pace', target);
  const round = await toRound(timing, batches * size, 'events', cpu());
  const [p50, p99] = [0.5, 0.99].map((share) => percentile(round.latenciesMs, share));
  console.log(
    `\nat half of that rate, ${Math.round(batchesPerSecond * size).toLocaleString('en')} events/s in batches of ${size}:`,
  );
  console.log(
    `p50 ${p50?.toFixed(1)} ms, p99 ${p99?.toFixed(1)} ms; target ${TARGET_P99_MS} ms: ${verdict(Number(p99) <= TARGET_P99_MS)}`,
  );
  return round;
}

/** @param {Worker} worker @param {number} events @returns {() => Record<string, number>} µs per event since now */
function startCpu(worker, events) {
  const pids = Object.entries({ ...processes, load: worker.pid });
  const before = pids.map(([, pid]) => cpuSeconds(pid));
  return () =>
    Object.fromEntries(
      pids.map(([name, pid], index) => [name, ((cpuSeconds(pid) - (before[index] ?? NaN)) / events) * 1e6]),
    );
}

/**
 * @param {{seconds: number, latenciesMs: number[], acknowledged: number}} timing
 * @param {number} events
 * @param {string} collection
 * @param {Record<string, number>} cpuMicros
 * @returns {Promise<Round>}
 */
async function toRound({ seconds, latenciesMs, acknowledged }, events, collection, cpuMicros) {
  const stored = await store.count(projectKey, collection);
  const documentBytes = await store.averageSize(collection);
  return { events, eventsPerSecond: events / seconds, latenciesMs, cpuMicros, documentBytes, acknowledged, stored };
}

/** @param {Round[]} side */
function rateOf(side) {
  return median(side.map(({ eventsPerSecond }) => eventsPerSecond));
}

/** @param {boolean} isReached */
function verdict(isReached) {
  return isReached ? 'reached' : 'MISSED';
}

/** @param {Shape} shape @param {Record<Side, Round[]>} results */
function report({ size, lanes, events, target, stretch }, { driver, http }) {
  console.log(`\nbatches of ${size}, ${lanes} at once, ${events.toLocaleString('en')} events a round`);
  console.log('               events/s   p50 ms   p99 ms   document   CPU µs per event');
  console.log(line('bare driver', driver));
  console.log(line('over HTTP', http));
  const ratios = http.map(({ eventsPerSecond }, round) => eventsPerSecond / (driver[round]?.eventsPerSecond ?? NaN));
  const ratio = median(ratios);
  const list = ratios.map((value) => value.toFixed(2)).join(', ');
  const goals = [`target ${target}: ${verdict(ratio >= target)}`];
  if (stretch !== undefined) goals.push(`stretch ${stretch}: ${verdict(ratio >= stretch)}`);
  console.log(`ratio ${ratio.toFixed(2)} (rounds: ${list}); ${goals.join('; ')}`);
}

/** @param {string} name @param {Round[]} side */
function line(name, side) {
  const latencies = side.flatMap(({ latenciesMs }) => latenciesMs);
  const rate = Math.round(rateOf(side)).toLocaleString('en');
  const cpu = Object.keys(side[0]?.cpuMicros ?? {}).map(
    (process) => `${process} ${median(side.map(({ cpuMicros }) => cpuMicros[process] ?? NaN)).toFixed(1)}`,
  );
  const cells = [rate.padStart(9), ...[0.5, 0.99].map((share) => percentile(latencies, share).toFixed(1).padStart(8))];
  const bytes = `${Math.round(median(side.map(({ documentBytes }) => documentBytes)))} B`.padStart(10);
  return `${name.padEnd(14)}${cells.join(' ')} ${bytes}   ${cpu.join(', ')}`;
}
