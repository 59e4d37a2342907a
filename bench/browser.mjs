// @ts-check
// npm run bench:browser [-- --days 365 --events 2000 --calls 20 --batch 5000]
// A heavy user's year of browsing: how fast it is taken, and how fast reports over it answer. See README.md.
import { randomBytes } from 'node:crypto';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { mongo } from 'mongoose';
import { register } from './lib/api.mjs';
import { browsingDay } from './lib/browsing-year.mjs';
import { EventStore } from './lib/event-store.mjs';
import { HttpClient } from './lib/http-client.mjs';
import { heading, MeasuredCalls } from './lib/measured-calls.mjs';
import { memoryOf, resetPeak } from './lib/memory.mjs';
import { startServer } from './lib/processes.mjs';

const DAY_MS = 86_400_000;
const SYNC_TARGET_MS = 500;
const REPORT_TARGET_MS = 1000;
const PACK_LIMIT_MS = 600_000;
/** The job leaves those that are still being added to. */
const RECENT_DAYS = 2;
const BY_TIME = /** @type {const} */ ({ userId: 1, timestamp: 1, _id: 1 });
const DRIVER = 'bare driver';
const DRIVER_READS = 2;
const DRIVER_INSERTS = 10;

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
console.log(`Node ${process.version}; load of the machine before: ${(loadavg()[0] ?? 0).toFixed(1)}`);
console.log('Beside the times: processor time of a call, in ms, of the server and of the engine\n');
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
  const first = new MeasuredCalls(server.pid, server.enginePid);
  const again = new MeasuredCalls(server.pid, server.enginePid);
  let stored = 0;
  const began = performance.now();
  for (let waiting = [], day = today - days + 1; day <= today; day++) {
    waiting.push(...browsingDay(day, perDay));
    while (waiting.length >= batch || (day === today && waiting.length > 0)) {
      const events = waiting.splice(0, batch);
      stored += await first.measure(() => sync(client, events));
      if (first.count % 10 === 1) await again.measure(() => sync(client, events, 0));
    }
  }
  const rate = Math.round(total / ((performance.now() - began) / 1000));
  if (stored !== total) throw new Error(`WRONG: ${total} events were sent and ${stored} stored`);
  console.log(heading(`one sync of ${format(batch)}`));
  console.log(first.line('first time', SYNC_TARGET_MS));
  console.log(again.line('sent again', SYNC_TARGET_MS));
  console.log(`${format(rate)} events/s, one sync after the other\n`);
}

/** @param {HttpClient} client @param {object[]} events @param {number} [expected] */
async function sync(client, events, expected = events.length) {
  const { status, text } = await client.send({ method: 'POST', path: '/api/events/sync', body: { events } });
  const { inserted } = JSON.parse(text);
  if (status !== 200 || inserted !== expected)
    throw new Error(`WRONG: a sync answered ${status} ${text.slice(0, 200)}`);
  return Number(inserted);
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
  console.log(`\nthe server holds ${memoryOf(server.pid).rss.toFixed(0)} MB after the syncs`);
  console.log(`\n${heading('report', 'server', 'peak RSS')}`);
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
    const times = new MeasuredCalls(server.pid, server.enginePid);
    for (let i = 0; i < calls; i++) {
      await times.measure(async () => {
        const { status, text } = await client.send({ path, query });
        if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`);
      });
    }
    const name = `${path.split('/').slice(2).join('/')} ${query.days ?? query.domain ?? ''} ${query.gap ?? ''}`;
    const target = path.startsWith('/api/analytics') ? REPORT_TARGET_MS : undefined;
    console.log(times.line(name, target, `${memoryOf(server.pid).peak.toFixed(0)} MB`));
  }
}

/**
 * What engine and driver need to write such events without judging them, and to read all of them without looking at
 * them.
 */
async function measureDriver() {
  console.log(`\n${heading('the bare driver', 'here')}`);
  const store = await EventStore.connect(server.mongo);
  const events = store.db.collection('browser_events');
  const userId = (await events.findOne())?.userId;

  // Into the same collection, since what an insertion costs depends on its size.
  const inserts = new MeasuredCalls(process.pid, server.enginePid);
  for (let i = 0; i < DRIVER_INSERTS; i++) {
    const some = await events.find({ userId }, { hint: BY_TIME, skip: i * batch, limit: batch }).toArray();
    const others = some.map((event) => ({ ...event, _id: new mongo.Binary(randomBytes(16)), userId: DRIVER }));
    await inserts.measure(() =>
      events.insertMany(/** @type {any} */ (others), { ordered: false, writeConcern: { w: 1, journal: true } }),
    );
  }
  await events.deleteMany({ userId: DRIVER });
  console.log(inserts.line(`insert ${format(batch)}`));

  const projection = { _id: 0, timestamp: 1, type: 1, domain: 1, tabId: 1, windowId: 1, state: 1 };
  for (const [name, raw] of /** @type {[string, boolean][]} */ ([
    ['read all as documents', false],
    ['read all as raw BSON', true],
  ])) {
    const reads = new MeasuredCalls(process.pid, server.enginePid);
    for (let i = 0; i < DRIVER_READS; i++) {
      await reads.measure(async () => {
        let read = 0;
        const cursor = events.find({ userId }, { projection, hint: BY_TIME, sort: BY_TIME, batchSize: 20_000, raw });
        for await (const _event of cursor) read++;
        if (read !== total) throw new Error(`WRONG: ${total} events were acknowledged and ${read} are stored`);
      });
    }
    console.log(reads.line(name));
  }
  await store.close();
}
