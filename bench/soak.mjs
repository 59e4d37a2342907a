// @ts-check
// npm run bench:soak [-- --minutes 10 --batches 300 --size 20 --connections 20 --reports 4 --segment 20 --csv FILE]
// What becomes of the server's memory and delays under a long mixed load. See README.md.
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { post, register } from './lib/api.mjs';
import { EventStore } from './lib/event-store.mjs';
import { HttpClient } from './lib/http-client.mjs';
import { startServer } from './lib/processes.mjs';
import { SoakMonitor } from './lib/soak-monitor.mjs';
import { percentile, sum } from './lib/statistics.mjs';
import { Worker } from './lib/worker.mjs';

const MOST_MB = 300;
/** Less than what the noise of garbage collection makes of a level line in ten minutes. */
const FLAT_MB_PER_MINUTE = 2;
const PROGRESS_SECONDS = 30;

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    batches: { type: 'string', default: '300' },
    size: { type: 'string', default: '20' },
    connections: { type: 'string', default: '20' },
    reports: { type: 'string', default: '4' },
    segment: { type: 'string', default: '20' },
    csv: { type: 'string' },
  },
});
const minutes = Number(options.minutes);
const batches = Number(options.batches);
const size = Number(options.size);
const connections = Number(options.connections);
const reports = Number(options.reports);

const server = await startServer({ nodeArgs: ['--enable-source-maps'] });
const load = new Worker(new URL('lib/soak-load.mjs', import.meta.url));
const monitor = new SoakMonitor(server);
try {
  const token = await register(server.url);
  const { projectKey } = await post(server.url, '/v1/projects', { name: 'Soak' }, token);
  const segment = (await hasSegment()) ? Number(options.segment) : 0;
  console.log(
    `${minutes} min: ${batches} batches/s of ${size} events over ${connections} connections, ` +
      `${segment > 0 ? `${segment} Segment batches/s of 10` : 'no Segment route'}, ${reports} reports/s`,
  );
  console.log(`Node ${process.version}; load of the machine before: ${(loadavg()[0] ?? 0).toFixed(1)}\n`);
  await load.call('start', { url: server.url, projectKey, token, batches, size, connections, reports, segment });
  await watch();
  const figures = await load.call('stop', {});
  if (options.csv !== undefined) monitor.save(options.csv);
  printTimes(figures);
  printMemory();
  await compareStored(projectKey, token, figures);
} finally {
  load.stop();
  monitor.close();
  await server.stop();
}

async function hasSegment() {
  const client = new HttpClient(server.url, { connections: 1 });
  const { status } = await client.send({ method: 'POST', path: '/v1/batch', body: { batch: [] } });
  client.close();
  return status !== 404;
}

async function watch() {
  const seconds = minutes * 60;
  for (let second = 1; second <= seconds; second++) {
    await sleep(Math.max(0, monitor.began + second * 1000 - performance.now()));
    await monitor.sample();
    if (second % PROGRESS_SECONDS === 0) await printProgress(second);
  }
}

/** @param {number} second */
async function printProgress(second) {
  const { acknowledged, statuses } = await load.call('figures', {});
  const { serverMb = NaN, engineMb = NaN, lagP99Ms = NaN } = monitor.samples.at(-1) ?? {};
  console.log(
    `  ${String(second).padStart(4)} s  ${acknowledged.toLocaleString('en')} events, server ${serverMb.toFixed(0)} MB, ` +
      `engine ${engineMb.toFixed(0)} MB, event loop ${lagP99Ms.toFixed(0)} ms, ${JSON.stringify(statuses)}`,
  );
}

/** @param {any} figures */
function printTimes({ times, byReport, statuses }) {
  console.log('\n                 requests   p50 ms   p99 ms');
  for (const [name, { requests, p50, p99 }] of Object.entries(times)) {
    if (requests === 0) continue;
    const cells = [requests.toLocaleString('en').padStart(9), p50.toFixed(1).padStart(8), p99.toFixed(1).padStart(8)];
    console.log(`${name.padEnd(16)}${cells.join(' ')}`);
  }
  const slowest = [...byReport].sort((a, b) => b.p99 - a.p99).slice(0, 3);
  console.log(`slowest reports (p99): ${slowest.map(({ name, p99 }) => `${name} ${p99.toFixed(0)} ms`).join(', ')}`);
  const failed = sum(Object.entries(statuses).map(([status, count]) => (/^[23]/.test(status) ? 0 : count)));
  console.log(`answers by status: ${JSON.stringify(statuses)}; not served: ${failed}`);
  const [p99, max] = [percentile(monitor.list('lagP99Ms'), 0.99), Math.max(...monitor.list('lagMaxMs'))];
  const level = percentile(monitor.list('lagP99Ms'), 0.5);
  console.log(
    `event-loop delay: p99 within a second ${level.toFixed(0)} ms in the median second, ${p99.toFixed(0)} ms in the ` +
      `worst of 100; longest ${max.toFixed(0)} ms`,
  );
}

function printMemory() {
  const growth = monitor.growth('serverMb');
  const most = Math.max(...monitor.list('serverMb'));
  const flat = Math.abs(growth) <= FLAT_MB_PER_MINUTE || growth < 0;
  console.log(
    `engine RSS: ${Math.max(...monitor.list('engineMb')).toFixed(0)} MB at most, ` +
      `${monitor.growth('engineMb').toFixed(1)} MB/min in the last two thirds`,
  );
  console.log(
    `server RSS: ${most.toFixed(0)} MB at most, target ${MOST_MB}: ${most <= MOST_MB ? 'reached' : 'MISSED'}; ` +
      `${growth.toFixed(2)} MB/min in the last two thirds, target flat (${FLAT_MB_PER_MINUTE}): ${flat ? 'reached' : 'MISSED'}`,
  );
}

/** @param {string} projectKey @param {string} token @param {any} figures */
async function compareStored(projectKey, token, { acknowledged, unknown, refused }) {
  const store = await EventStore.connect(server.mongo);
  const stored = await store.count(projectKey);
  await store.close();
  const client = new HttpClient(server.url, { connections: 1, headers: { authorization: `Bearer ${token}` } });
  const { text } = await client.send({ path: '/v1/reports/overview', query: { projectKey } });
  client.close();
  const reported = JSON.parse(text).totalEvents;
  const complete = refused === 0 && stored === reported && stored >= acknowledged && stored <= acknowledged + unknown;
  console.log(
    `acknowledged ${acknowledged}${unknown > 0 ? ` (and ${unknown} given up)` : ''}, stored ${stored}, ` +
      `reported ${reported}: ${complete ? 'nothing lost, nothing twice' : 'WRONG'}`,
  );
  if (!complete) process.exitCode = 1;
}
