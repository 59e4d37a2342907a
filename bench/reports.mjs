// @ts-check
// npm run bench:reports [-- --events 1000000 --keep DIR --report name --calls 60 --no-cold]
// How fast the product reports answer over 90 days of a shop with 50,000 persons. See README.md.
import { resolve } from 'node:path';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { YARDSTICKS } from './lib/engine-yardstick.mjs';
import { EventStore } from './lib/event-store.mjs';
import { openHistory } from './lib/history-folder.mjs';
import { memoryOf } from './lib/memory.mjs';
import { startServer } from './lib/processes.mjs';
import { REPORTS } from './lib/report-catalogue.mjs';
import { ReportCaller } from './lib/report-measurement.mjs';
import { median, percentile } from './lib/statistics.mjs';

/** @typedef {import('./lib/report-measurement.mjs').Measured} Measured */

const MILLION = 1_000_000;
const RSS_TARGET_MB = 350;
const YARDSTICK_CALLS = 3;
const YARDSTICK_LIMIT_MS = 15_000;

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: String(MILLION) },
    keep: { type: 'string' },
    report: { type: 'string', multiple: true },
    rollups: { type: 'boolean', default: false },
    calls: { type: 'string', default: '60' },
    cold: { type: 'boolean', default: true },
    raw: { type: 'boolean' },
    yardstick: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const events = Number(options.events);
const dataDir = resolve(options.keep ?? `data/bench-reports-${events}`);
const asked = options.report;
const reports = REPORTS.filter(
  ({ name, fromRaw }) =>
    (asked === undefined || asked.some((part) => name.includes(part))) && !(options.rollups && fromRaw),
);
// A server as `npm start` runs it.
const serverOptions = { dataDir, nodeArgs: ['--enable-source-maps'] };

const history = await openHistory(dataDir, events);
console.log(`\n${events.toLocaleString('en')} events in ${dataDir}`);
if (history.loaded > 0) console.log(loadingLine(history));
console.log(`Node ${process.version}; load of the machine before: ${(loadavg()[0] ?? 0).toFixed(1)}\n`);

const cold = options.cold ? await measureCold() : new Map();
const server = await startServer(serverOptions);
const caller = new ReportCaller(server, history);
try {
  const atStart = memoryOf(server.pid).rss;
  const measured = await measureWarm();
  const atEnd = memoryOf(server.pid).rss;
  memoryLine(atStart, measured, atEnd);
  if (options.raw ?? events <= MILLION) await compareAll(measured);
  if (options.yardstick) await measureEngine();
} finally {
  caller.close();
  await server.stop();
}

/** Every report once on a server of its own, which has nothing in memory; nor has its engine. */
async function measureCold() {
  /** @type {Map<string, number | undefined>} */
  const times = new Map();
  for (const report of reports) {
    const fresh = await startServer(serverOptions);
    const first = new ReportCaller(fresh, history);
    times.set(report.name, await first.first(report).finally(() => first.close()));
    await fresh.stop();
  }
  return times;
}

async function measureWarm() {
  console.log('report                     source   cold ms   p50 ms   p95 ms  calls  peak RSS   target for p95');
  /** @type {Measured[]} */
  const all = [];
  for (const report of reports) {
    const measured = await caller.measure(report, Number(options.calls));
    measured.coldMs = cold.get(report.name);
    all.push(measured);
    console.log(reportLine(measured));
  }
  return all;
}

/** @param {Measured} measured */
function reportLine({ report, warmMs, coldMs, sources, peakMb, problem }) {
  const name = report.name.padEnd(26);
  if (problem !== undefined) return `${name} ${problem}`;
  const p95 = percentile(warmMs, 0.95);
  const times = [coldMs, median(warmMs), p95].map((ms) => (ms?.toFixed(1) ?? '-').padStart(8)).join(' ');
  const targetMs = report.targetMs?.[events <= MILLION ? 'million' : 'tenMillion'];
  const verdict = targetMs === undefined ? '' : `   ${targetMs} ms: ${p95 <= targetMs ? 'reached' : 'MISSED'}`;
  const memory = `${peakMb.toFixed(0)} MB`.padStart(9);
  return `${name} ${sources.padEnd(7)} ${times} ${String(warmMs.length).padStart(6)} ${memory}${verdict}`;
}

/** @param {number} atStart @param {Measured[]} measured @param {number} atEnd MB */
function memoryLine(atStart, measured, atEnd) {
  /** @param {(sources: string) => boolean} isOfKind */
  const most = (isOfKind) =>
    Math.max(0, ...measured.filter(({ sources }) => isOfKind(sources)).map(({ peakMb }) => peakMb || 0));
  const [rolledUp, others] = [most((sources) => sources === 'rollup'), most((sources) => sources !== 'rollup')];
  const verdict =
    rolledUp === 0 ? '' : `; target ${RSS_TARGET_MB}: ${rolledUp <= RSS_TARGET_MB ? 'reached' : 'MISSED'}`;
  console.log(`\nRSS of the server: ${atStart.toFixed(0)} MB after the start, ${atEnd.toFixed(0)} MB at the end`);
  if (others > 0) console.log(`  at most ${others.toFixed(0)} MB in reports that read raw events`);
  if (rolledUp > 0) console.log(`  at most ${rolledUp.toFixed(0)} MB in reports from rollups${verdict}`);
}

/** @param {Measured[]} measured */
async function compareAll(measured) {
  /** @type {Map<string, string[]>} */
  const names = new Map();
  for (const { report, problem } of measured) {
    if (problem !== undefined) continue;
    const { outcome, rawMs } = await caller.compareWithRaw(report);
    const time = rawMs === undefined ? '' : ` (${rawMs.toFixed(0)} ms)`;
    names.set(outcome, [...(names.get(outcome) ?? []), `${report.name}${time}`]);
    if (outcome === 'WRONG') process.exitCode = 1;
  }
  console.log('\nCompared with ?source=raw over an odd range and the whole one (time from raw events):');
  for (const [outcome, list] of names) console.log(`  ${outcome}: ${list.join('; ')}`);
}

async function measureEngine() {
  console.log('\nthe bare engine over the whole range     p50 ms  calls');
  const store = await EventStore.connect(server.mongo);
  for (const { name, run } of YARDSTICKS) {
    const times = [];
    const end = performance.now() + YARDSTICK_LIMIT_MS;
    do {
      const began = performance.now();
      await run(store.db, history.projectKey);
      times.push(performance.now() - began);
    } while (times.length < YARDSTICK_CALLS && performance.now() < end);
    console.log(`${name.padEnd(38)} ${median(times).toFixed(1).padStart(8)} ${String(times.length).padStart(6)}`);
  }
  await store.close();
}

/** @param {import('./lib/history-folder.mjs').History} history */
function loadingLine({ loaded, seconds, settleSeconds }) {
  const rate = Math.round(loaded / seconds).toLocaleString('en');
  const settled = settleSeconds === undefined ? 'no rollups' : `rollups settled in ${settleSeconds.toFixed(1)} s`;
  return `loaded ${loaded.toLocaleString('en')} in ${seconds.toFixed(1)} s: ${rate} events/s; ${settled}`;
}
