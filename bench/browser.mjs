// @ts-check
// npm run bench:browser [-- --days 365 --events 2000 --calls 20 --batch 5000]
// A heavy user's year of browsing: how fast it is taken, and how fast reports over it answer. See README.md.
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { register } from './lib/api.mjs';
import { browsingDay } from './lib/browsing-year.mjs';
import { EventStore } from './lib/event-store.mjs';
import { HttpClient } from './lib/http-client.mjs';
import { memoryOf, resetPeak } from './lib/memory.mjs';
import { startServer } from './lib/processes.mjs';
import { median, percentile } from './lib/statistics.mjs';

const DAY_MS = 86_400_000;
const SYNC_TARGET_MS = 500;
const REPORT_TARGET_MS = 1000;
const PACK_LIMIT_MS = 600_000;
/** The job leaves those that are still being added to. */
const RECENT_DAYS = 2;
const DRIVER_CALLS = 3;

const { values: options } = parseArgs({
  options: {
    days: { type: 'string', default: '365' },
    events: { type: 'string', default: '2000' },
    calls: { type: 'string', default: '20' },
    batch: { type: 'string', default: '5000' },
  },
});
const days = Number(options.days);
const perDay = Number(options.events);
const calls = Number(options.calls);
const batch = Number(options.batch);
const today = Math.floor(Date.now() / DAY_MS);
const total = days * perDay;
const format = (/** @type {number} */ count) => count.toLocaleString('en');

console.log(`${format(total)} events, ${format(perDay)} on each of ${days} days`);
console.log(`Node ${process.version}; load of the machine before: ${(loadavg()[0] ?? 0).toFixed(1)}\n`);
const server = await startServer({ nodeArgs: ['--enable-source-maps'] });
try {
  const headers = { authorization: `Bearer ${await register(server.url)}` };
  const client = new HttpClient(server.url, { connections: 1, headers });
  await measureSync(client);
  await untilPacked();
  await measureReports(client);
  await measureDriver();
  client.close();
} finally {
  await server.stop();
}

/** @param {HttpClient} client */
async function measureSync(client) {
  const first = [];
  const again = [];
  let stored = 0;
  const began = performance.now();
  for (let waiting = [], day = today - days + 1; day <= today; day++) {
    waiting.push(...browsingDay(day, perDay));
    while (waiting.length >= batch || (day === today && waiting.length > 0)) {
      const events = waiting.splice(0, batch);
      const { ms, inserted } = await sync(client, events);
      stored += inserted;
      first.push(ms);
      if (first.length % 10 === 1) again.push((await sync(client, events, 0)).ms);
    }
  }
  const rate = Math.round(total / ((performance.now() - began) / 1000));
  if (stored !== total) throw new Error(`WRONG: ${total} events were sent and ${stored} stored`);
  console.log(`one sync of ${format(batch)}      p50 ms   p95 ms   worst`);
  console.log(timeLine('first time', first, SYNC_TARGET_MS));
  console.log(timeLine('sent again', again, SYNC_TARGET_MS));
  console.log(`${format(rate)} events/s, one sync after the other\n`);
}

/** @param {HttpClient} client @param {object[]} events @param {number} [expected] */
async function sync(client, events, expected = events.length) {
  const { status, text, ms } = await client.send({ method: 'POST', path: '/api/events/sync', body: { events } });
  const { inserted } = JSON.parse(text);
  if (status !== 200 || inserted !== expected)
    throw new Error(`WRONG: a sync answered ${status} ${text.slice(0, 200)}`);
  return { ms, inserted };
}

async function untilPacked() {
  const store = await EventStore.connect(server.mongo);
  const began = performance.now();
  const recent = today - RECENT_DAYS;
  const left = () => store.db.collection('browser_days').countDocuments({ dirty: true, '_id.d': { $lt: recent } });
  while ((await left()) > 0) {
    if (performance.now() - began > PACK_LIMIT_MS) throw new Error('The days were not packed in time');
    await sleep(250);
  }
  console.log(`all days packed ${((performance.now() - began) / 1000).toFixed(1)} s after the last sync`);
  for (const name of ['browser_events', 'browser_day_columns']) {
    const documents = await store.db.collection(name).estimatedDocumentCount();
    const size = await store.averageSize(name);
    console.log(`  ${name.padEnd(20)} ${format(documents).padStart(8)} documents of ${format(Math.round(size))} B`);
  }
  await store.close();
}

/** @param {HttpClient} client */
async function measureReports(client) {
  console.log('\nreport                         p50 ms   p95 ms   worst   peak RSS');
  const year = String(days);
  for (const [path, query] of /** @type {[string, Record<string, string>][]} */ ([
    ['/api/analytics/time-spent', { days: year }],
    ['/api/analytics/time-spent', { days: year, gap: 'drop', tz: 'Asia/Kathmandu' }],
    ['/api/analytics/time-spent', { days: '7', tz: 'Europe/Berlin' }],
    ['/api/analytics/productivity', { days: year }],
    ['/api/analytics/productivity', { days: '7' }],
    ['/api/analytics/dashboard', { days: year, tz: 'America/New_York' }],
    ['/api/analytics/dashboard', { days: '7' }],
    ['/api/analytics/patterns', { days: year }],
    ['/api/events/domains', {}],
    ['/api/events/count', {}],
    ['/api/events', { limit: '100' }],
    ['/api/events', { domain: 'github.com', type: 'TAB_ACTIVATED' }],
  ])) {
    resetPeak(server.pid);
    const times = [];
    for (let i = 0; i < calls; i++) {
      const { status, text, ms } = await client.send({ path, query });
      if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`);
      times.push(ms);
    }
    const name = `${path.split('/').slice(2).join('/')} ${query.days ?? ''} ${query.gap ?? ''}`;
    const target = path.startsWith('/api/analytics') ? REPORT_TARGET_MS : undefined;
    console.log(timeLine(name, times, target, `${memoryOf(server.pid).peak.toFixed(0)} MB`));
  }
}

/** What the engine and the driver need to read the same events, without looking at them. */
async function measureDriver() {
  console.log('\nthe bare driver over all events     p50 ms');
  const store = await EventStore.connect(server.mongo);
  const events = store.db.collection('browser_events');
  const projection = { _id: 0, timestamp: 1, type: 1, domain: 1, tabId: 1, windowId: 1, state: 1 };
  const hint = { userId: 1, timestamp: 1, _id: 1 };
  const userId = (await events.findOne())?.userId;
  for (const [name, raw] of /** @type {[string, boolean][]} */ ([
    ['documents', false],
    ['raw BSON', true],
  ])) {
    const times = [];
    for (let i = 0; i < DRIVER_CALLS; i++) {
      const began = performance.now();
      let read = 0;
      const cursor = events.find({ userId }, { projection, hint, sort: { timestamp: 1 }, batchSize: 20_000, raw });
      for await (const _event of cursor) read++;
      if (read !== total) throw new Error(`WRONG: ${total} events were acknowledged and ${read} are stored`);
      times.push(performance.now() - began);
    }
    console.log(`${name.padEnd(34)} ${median(times).toFixed(0).padStart(7)}`);
  }
  await store.close();
}

/** @param {string} name @param {number[]} times @param {number} [targetMs] @param {string} [more] */
function timeLine(name, times, targetMs, more = '') {
  const p95 = percentile(times, 0.95);
  const figures = [median(times), p95, Math.max(...times)].map((ms) => ms.toFixed(1).padStart(8)).join(' ');
  const verdict = targetMs === undefined ? '' : `   ${targetMs} ms: ${p95 <= targetMs ? 'reached' : 'MISSED'}`;
  return `${name.trim().padEnd(26)} ${figures} ${more.padStart(9)}${verdict}`;
}
