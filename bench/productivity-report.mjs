// @ts-check
// npm run bench:productivity-report [-- --users 50 --days 31 --points 2000000 --zone Europe/Berlin --runs 3]
// How long a productivity report takes, what it does to the server's memory and to other requests. See README.md.
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { post, register } from './lib/api.mjs';
import { HttpClient } from './lib/http-client.mjs';
import { LoopProbe } from './lib/loop-probe.mjs';
import { memoryOf, resetPeak } from './lib/memory.mjs';
import { startServer } from './lib/processes.mjs';
import { percentile } from './lib/statistics.mjs';
import { WorkingDays } from './lib/working-days.mjs';

const FROM = '2025-10-20';
const LINES_A_BODY = 5000;
const CONNECTIONS = 4;
const POLL_MS = 50;
const LIMIT_S = 10;
const LIMIT_MB = 400;
const LIMIT_LOOP_MS = 100;

const { values: options } = parseArgs({
  options: {
    users: { type: 'string', default: '50' },
    days: { type: 'string', default: '31' },
    points: { type: 'string', default: '2000000' },
    zone: { type: 'string', default: 'UTC' },
    runs: { type: 'string', default: '3' },
  },
});
const size = { users: Number(options.users), days: Number(options.days), points: Number(options.points), from: FROM };
const endDate = new Date(Date.parse(FROM) + (size.days - 1) * 86_400_000).toISOString().slice(0, 10);

const server = await startServer({ nodeArgs: ['--enable-source-maps'], env: { REPORT_CACHE_TTL: '0' } });
const client = new HttpClient(server.url, { connections: CONNECTIONS + 2 });
try {
  const token = await register(server.url);
  const { key } = await post(server.url, '/api/auth/api-keys', { name: 'Collector', scopes: ['ingest'] }, token);
  const days = new WorkingDays(size);
  const written = await write(days, key);
  console.log(
    `${size.users} people, ${size.days} days, ${written.points.toLocaleString('en')} points; Node ${process.version}; ` +
      `load of the machine before: ${(loadavg()[0] ?? 0).toFixed(1)}`,
  );
  console.log(`written at ${Math.round(written.points / written.seconds).toLocaleString('en')} points/s\n`);
  for (let run = 1; run <= Number(options.runs); run++) {
    await report(days.users, token, written.activeSeconds, run);
  }
} finally {
  client.close();
  await server.stop();
}

/** @param {WorkingDays} days @param {string} key */
async function write(days, key) {
  const began = performance.now();
  let points = 0;
  /** @type {Map<string, number>} */
  const activeSeconds = new Map();
  /** @type {string[]} */
  let lines = [];
  /** @type {Set<Promise<void>>} */
  const running = new Set();
  const send = async () => {
    const body = Buffer.from(lines.join('\n'));
    lines = [];
    while (running.size >= CONNECTIONS) await Promise.race(running);
    const sending = post5000(body, key).finally(() => running.delete(sending));
    running.add(sending);
  };
  for (const day of days.list()) {
    points += day.points;
    activeSeconds.set(day.user, (activeSeconds.get(day.user) ?? 0) + day.activeSeconds);
    lines.push(...day.lines);
    if (lines.length >= LINES_A_BODY) await send();
  }
  if (lines.length > 0) await send();
  await Promise.all(running);
  return { points, activeSeconds, seconds: (performance.now() - began) / 1000 };
}

/** @param {Buffer} body @param {string} key */
async function post5000(body, key) {
  for (;;) {
    const { status, text, headers } = await client.send({
      method: 'POST',
      path: '/api/v2/write?org=Bench&bucket=bench&precision=s',
      body,
      headers: { authorization: `Token ${key}`, 'content-type': 'text/plain' },
    });
    if (status === 204) return;
    if (status !== 503 && status !== 429) throw new Error(`The write answered ${status}: ${text}`);
    await sleep(1000 * Number(headers['retry-after'] ?? 1));
  }
}

/** @param {string[]} users @param {string} token @param {ReadonlyMap<string, number>} activeSeconds @param {number} run */
async function report(users, token, activeSeconds, run) {
  const authorization = `Bearer ${token}`;
  const before = memoryOf(server.pid);
  resetPeak(server.pid);
  const probe = new LoopProbe(client);
  const began = performance.now();
  const request = { org: 'Bench', users, startDate: FROM, endDate, tz: options.zone };
  const { taskId } = await post(server.url, '/api/reports/generate', request, token);
  await untilCompleted(taskId, authorization);
  const seconds = (performance.now() - began) / 1000;
  const delays = await probe.end();
  const { peak } = memoryOf(server.pid);
  console.log(
    `run ${run}: computed and stored in ${seconds.toFixed(1)} s${mark(seconds > LIMIT_S)}; memory ${before.rss.toFixed(0)} MB before, ` +
      `at most ${peak.toFixed(0)} MB${mark(peak > LIMIT_MB)}; /health/live p99 ${percentile(delays, 0.99).toFixed(0)} ms, ` +
      `at most ${Math.max(...delays).toFixed(0)} ms${mark(Math.max(...delays) > LIMIT_LOOP_MS)}`,
  );
  const { status, text, ms } = await client.send({ path: `/api/reports/status/${taskId}`, headers: { authorization } });
  if (status !== 200) throw new Error(`The status answered ${status}: ${text}`);
  check(JSON.parse(text).report, activeSeconds);
  console.log(`  whole  ${(Buffer.byteLength(text) / 1e6).toFixed(1).padStart(6)} MB in ${(ms / 1000).toFixed(1)} s`);
  for (const format of ['html', 'csv', 'json']) {
    const exportProbe = new LoopProbe(client);
    const path = `/api/reports/${taskId}/export?format=${format}`;
    const { status, text, ms } = await client.send({ path, headers: { authorization } });
    if (status !== 200) throw new Error(`The export answered ${status}: ${text.slice(0, 500)}`);
    const longest = Math.max(...(await exportProbe.end()));
    const megabytes = (Buffer.byteLength(text) / 1e6).toFixed(1);
    console.log(
      `  ${format.padEnd(4)} ${megabytes.padStart(6)} MB in ${(ms / 1000).toFixed(1)} s; /health/live at most ${longest.toFixed(0)} ms`,
    );
  }
}

/** Asks as a list does, which holds no reports. @param {string} taskId @param {string} authorization */
async function untilCompleted(taskId, authorization) {
  for (;;) {
    await sleep(POLL_MS);
    const { status, text } = await client.send({ path: '/api/reports/tasks?limit=1', headers: { authorization } });
    if (status !== 200) throw new Error(`The list of tasks answered ${status}: ${text}`);
    const [task] = JSON.parse(text).tasks;
    if (task.taskId !== taskId) throw new Error(`Another task is the newest: ${text}`);
    if (task.status === 'failed') throw new Error(`The report failed: ${task.error}`);
    if (task.status === 'completed') return;
  }
}

/** @param {boolean} isBeyond */
function mark(isBeyond) {
  return isBeyond ? ' (MISSED)' : '';
}

/** The active time of each person must be what was written, to the second. @param {any} made @param {ReadonlyMap<string, number>} activeSeconds */
function check(made, activeSeconds) {
  for (const { userName, overallReport } of made.organizations[0].users) {
    const expected = Math.round(((activeSeconds.get(userName) ?? 0) / 60) * 100) / 100;
    if (overallReport.totalActiveMinutes !== expected) {
      throw new Error(`WRONG: ${userName} was active for ${expected} min, not ${overallReport.totalActiveMinutes}`);
    }
  }
}
