// @ts-check
// The clients of `bench:cluster`: each sends a request again, with the same ids, until it is answered with success.
import { setTimeout as sleep } from 'node:timers/promises';
import { bodyOf, readOf, TURNS, WRITES } from './cluster-mix.mjs';
import { HttpClient } from './http-client.mjs';
import { serveWorker } from './worker.mjs';

const PAUSE_MS = 100;
const NO_ANSWER_MS = 10_000;
const TASK_EVERY_MS = 2000;
/** After the load has ended. */
const LAST_TRIES_MS = 60_000;

/** @typedef {import('./cluster-mix.mjs').RowKind} RowKind */
/** @typedef {{urls: string[], token: string, projectKey: string, lanes: number, seconds: number, tasks: boolean}} Load */

/** Numbers of rows go on from one load to the next. @type {Record<RowKind, number>} */
const sent = { events: 0, activities: 0, calls: 0, browsing: 0 };
/** @type {Record<RowKind, number>} */
const acknowledged = { events: 0, activities: 0, calls: 0, browsing: 0 };
/** @type {Record<string, number>} */
let statuses = {};
/** @type {string[]} */
const faults = [];
/** @type {string[]} */
const taskIds = [];
let tasks = 0;
let turns = 0;

serveWorker({
  /** The bare framework's numbers are not those of the stores. @param {Load} load */
  async bare(load) {
    const { requests, rows, seconds } = await runLoad(load, true);
    for (const kind of /** @type {RowKind[]} */ (Object.keys(sent))) sent[kind] = acknowledged[kind] = 0;
    return { requests, rows, seconds };
  },

  /** @param {Load} load */
  run: (load) => runLoad(load, false),

  totals: () => ({ sent, acknowledged, taskIds, faults }),
});

/** @param {Load} load @param {boolean} isBare */
async function runLoad({ urls, token, projectKey, lanes, seconds, tasks: withTasks }, isBare) {
  statuses = {};
  const headers = { authorization: `Bearer ${token}` };
  const clients = urls.map((url) => new HttpClient(url, { connections: lanes, headers, limitMs: NO_ANSWER_MS }));
  const began = performance.now();
  const end = began + seconds * 1000;
  let requests = 0;
  let rows = 0;
  /** @param {number} number */
  const lane = async (number) => {
    while (performance.now() < end) {
      const turn = turns++;
      const kind = TURNS[turn % TURNS.length] ?? 'read';
      if (kind === 'read') {
        const answer = await untilServed(clients, number, () => ({ path: readOf(turn / 4, projectKey) }), end);
        if (answer !== null) requests++;
        continue;
      }
      const { path, size } = WRITES[kind];
      const first = sent[kind];
      sent[kind] += size;
      const body = Buffer.from(JSON.stringify(bodyOf(kind, first, projectKey)));
      const answer = await untilServed(clients, number, () => ({ method: 'POST', path, body }), end);
      if (answer === null) continue;
      requests++;
      rows += size;
      const { inserted, duplicates } = JSON.parse(answer.text);
      if (isBare || inserted + duplicates === size) acknowledged[kind] += size;
      else faults.push(`${path} answered ${answer.status} ${answer.text.slice(0, 300)}`);
    }
  };
  const asks = withTasks ? askForReports(clients, end) : Promise.resolve();
  await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)));
  const took = (performance.now() - began) / 1000;
  await asks;
  for (const client of clients) client.close();
  return { requests, rows, seconds: took, statuses };
}

/**
 * @param {HttpClient[]} clients
 * @param {number} number which is asked first
 * @param {() => import('./http-client.mjs').Call} call
 * @param {number} end of the load
 */
async function untilServed(clients, number, call, end) {
  for (let attempt = number; ; attempt++) {
    const client = /** @type {HttpClient} */ (clients[attempt % clients.length]);
    const asked = call();
    const answer = await client.send(asked).catch(() => null);
    const status = answer === null ? 'no answer' : String(answer.status);
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (answer !== null && answer.status < 300) return answer;
    // A store that is away and a server that stops say 503, and 429 whoever has three reports waiting, as when their worker
    // was killed; everything else has no reason here.
    const isLater = answer === null || answer.status === 503 || answer.status === 429;
    if (!isLater) faults.push(`${asked.path} answered ${answer.status} ${answer.text.slice(0, 300)}`);
    if (performance.now() > end + LAST_TRIES_MS || !isLater) {
      faults.push(`${asked.path} was given up: ${status}`);
      return null;
    }
    await sleep(PAUSE_MS);
  }
}

/** @param {HttpClient[]} clients @param {number} end */
async function askForReports(clients, end) {
  while (performance.now() < end) {
    const number = tasks++;
    const start = Date.parse('2025-01-01') + number * 86_400_000;
    const body = {
      org: 'Bench',
      users: Array.from({ length: 20 }, (_, i) => `person ${i}`),
      startDate: new Date(start).toISOString().slice(0, 10),
      endDate: new Date(start + 20 * 86_400_000).toISOString().slice(0, 10),
    };
    const headers = { 'idempotency-key': `report ${number}` };
    const path = '/api/reports/generate';
    const answer = await untilServed(clients, number, () => ({ method: 'POST', path, body, headers }), end);
    if (answer !== null) taskIds.push(JSON.parse(answer.text).taskId);
    await sleep(TASK_EVERY_MS);
  }
}
