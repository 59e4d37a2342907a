// @ts-check
// A data folder with the data set of `bench:reports` in it. It is kept: loading is done once for each size, and goes on
// where it was interrupted.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { post, signIn } from './api.mjs';
import { EventStore } from './event-store.mjs';
import { startServer } from './processes.mjs';
import { ShopHistory } from './shop-history.mjs';
import { Worker } from './worker.mjs';

/** Grows when the data set changes. */
const VERSION = 1;
const BATCH = 1000;
const LANES = 4;
const SETTLE_LIMIT_MS = 1_800_000;
const REPORT_EVERY_MS = 10_000;
// Young garbage is most of what loading makes; the default of 16 MB promotes much of it.
const LOADER_ARGS = ['--max-semi-space-size=64'];

/**
 * @typedef {object} Progress what is durable in the folder
 * @property {number} version
 * @property {number} events
 * @property {string} projectKey
 * @property {number} next all events before this number are stored
 * @property {boolean} complete counted and merged into rollups
 */
/**
 * @typedef {object} History
 * @property {string} projectKey
 * @property {string} token of an administrator, valid for an hour
 * @property {number} loaded events loaded by this run
 * @property {number} seconds that took
 * @property {number} [settleSeconds] absent when nothing was left to do, or there are no rollups
 */

/**
 * @param {string} dataDir
 * @param {number} events
 * @returns {Promise<History>}
 */
export async function openHistory(dataDir, events) {
  const { token, progress } = await openProject(dataDir, events);
  const history = { projectKey: progress.projectKey, token, loaded: 0, seconds: 0 };
  if (progress.complete) return history;
  const loader = new Worker(new URL('history-loader.mjs', import.meta.url), LOADER_ARGS);
  try {
    await loader.call('open', { dataDir });
    const loading = await load(loader, dataDir, progress);
    const began = performance.now();
    const settled = await loader.call('settle', { projectKey: progress.projectKey, limitMs: SETTLE_LIMIT_MS });
    const settleSeconds = settled ? (performance.now() - began) / 1000 : undefined;
    await loader.call('close', {});
    await count(dataDir, progress);
    // Without rollups the folder is not complete: the next run makes them.
    if (settled) writeProgress(dataDir, { ...progress, complete: true });
    return { ...history, ...loading, settleSeconds };
  } finally {
    loader.stop();
  }
}

/** @param {string} dataDir @param {number} events */
async function openProject(dataDir, events) {
  mkdirSync(dataDir, { recursive: true });
  const found = readProgress(dataDir);
  if (found !== null && (found.version !== VERSION || found.events !== events)) {
    throw new Error(`${dataDir} holds another data set; remove it or choose another folder with --keep`);
  }
  const server = await startServer({ dataDir });
  try {
    const token = await signIn(server.url);
    if (found !== null) return { token, progress: found };
    const { projectKey } = await post(server.url, '/v1/projects', { name: `History of ${events} events` }, token);
    const progress = { version: VERSION, events, projectKey, next: 0, complete: false };
    writeProgress(dataDir, progress);
    return { token, progress };
  } finally {
    await server.stop();
  }
}

/** @param {Worker} loader @param {string} dataDir @param {Progress} progress is moved on */
async function load(loader, dataDir, progress) {
  const { projectKey, events } = progress;
  const began = performance.now();
  const first = progress.next;
  let reportAt = began + REPORT_EVERY_MS;
  const rate = () => Math.round((progress.next - first) / ((performance.now() - began) / 1000));
  if (first < events) {
    const persons = new ShopHistory(events).persons.toLocaleString('en');
    console.log(`Loading ${events.toLocaleString('en')} events of ${persons} persons from number ${first} on`);
  }
  while (progress.next < events) {
    const part = { projectKey, events, first: progress.next, batch: BATCH, lanes: LANES };
    const { next } = await loader.call('load', part);
    progress.next = next;
    writeProgress(dataDir, progress);
    if (performance.now() < reportAt) continue;
    console.log(`  ${next.toLocaleString('en')} events, ${rate().toLocaleString('en')}/s`);
    reportAt += REPORT_EVERY_MS;
  }
  return { loaded: events - first, seconds: (performance.now() - began) / 1000 };
}

/** @param {string} dataDir @param {Progress} progress */
async function count(dataDir, { projectKey, events }) {
  const server = await startServer({ dataDir });
  try {
    const store = await EventStore.connect(server.mongo);
    const stored = await store.count(projectKey);
    await store.close();
    if (stored !== events) throw new Error(`WRONG: ${events} events were acknowledged and ${stored} are stored`);
  } finally {
    await server.stop();
  }
}

/** @param {string} dataDir @returns {Progress | null} */
function readProgress(dataDir) {
  const path = join(dataDir, 'bench-progress.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

/** Written aside, synced and moved into place: an interruption leaves the old one or the new one. @param {string} dataDir @param {Progress} progress */
function writeProgress(dataDir, progress) {
  const path = join(dataDir, 'bench-progress.json');
  const file = openSync(`${path}.new`, 'w');
  writeSync(file, JSON.stringify(progress));
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.new`, path);
}
