// @ts-check
// The load of `bench:soak`, in a process of its own: small batches, some of them twice, Segment's batches, and reports.
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpClient } from './http-client.mjs';
import { PacedLoad } from './paced-load.mjs';
import { Random } from './random.mjs';
import { REPORTS } from './report-catalogue.mjs';
import { SoakBatches, toSegmentBatch } from './soak-batches.mjs';
import { percentile } from './statistics.mjs';
import { serveWorker } from './worker.mjs';

/** @typedef {import('./http-client.mjs').Call} Call */
/** @typedef {{url: string, projectKey: string, token: string, batches: number, size: number, connections: number, reports: number, segment: number}} Mix `batches`, `reports`, `segment`: per second */

const RESENT = 0.02;
const TRIES = 20;
const LONGEST_PAUSE_MS = 2000;
const SEGMENT_SIZE = 10;
const FEW_CONNECTIONS = 4;
const HOUR_MS = 3_600_000;
const BACK_MS = [HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS];
/** One report of so many is of the kind that reads raw events, of the last minute: of an hour it would take seconds. */
const RAW_EVERY = 10;
const RAW_BACK_MS = 60_000;
/** The same reports over another range; and sessions by their ids, which look back nine days: all that was sent. */
const LEFT_OUT = /90 d$|by id/;

/** @type {Record<string, PacedLoad>} */
let loads = {};
/** @type {Map<string, number>} how often each status came; `no answer` too */
const statuses = new Map();
/** @type {Map<string, number[]>} */
const reportsMs = new Map();
const outcome = { acknowledged: 0, unknown: 0, refused: 0 };

serveWorker({
  /** @param {Mix} mix */
  start(mix) {
    const { url, batches, connections, reports, segment } = mix;
    const ingest = new HttpClient(url, { connections });
    const few = new HttpClient(url, { connections: 2 * FEW_CONNECTIONS });
    loads = {
      batches: new PacedLoad({ perSecond: batches, connections, send: batchSender(ingest, mix) }),
      reports: new PacedLoad({ perSecond: reports, connections: FEW_CONNECTIONS, send: reportSender(few, mix) }),
      segment: new PacedLoad({ perSecond: segment, connections: FEW_CONNECTIONS, send: segmentSender(few, mix) }),
    };
    for (const load of Object.values(loads)) load.start();
  },

  figures,

  async stop() {
    await Promise.all(Object.values(loads).map((load) => load.stop()));
    return figures();
  },
});

function figures() {
  const times = Object.entries(loads).map(([name, load]) => [name, load.figures()]);
  const byReport = [...reportsMs].map(([name, list]) => ({ name, p99: percentile(list, 0.99), calls: list.length }));
  return { ...outcome, times: Object.fromEntries(times), statuses: Object.fromEntries(statuses), byReport };
}

/** @param {HttpClient} client @param {Mix} mix */
function batchSender(client, { projectKey, size }) {
  const source = new SoakBatches(1);
  const random = new Random(1);
  return async () => {
    const body = Buffer.from(JSON.stringify({ projectKey, events: source.next(size) }));
    /** @type {Call} */
    const call = { method: 'POST', path: '/v1/events/batch', body };
    await deliver(client, call, size, (text) => JSON.parse(text).rejected.length);
    if (random.chance(RESENT)) await sendOnce(client, call);
  };
}

/** @param {HttpClient} client @param {Mix} mix */
function segmentSender(client, { projectKey }) {
  const source = new SoakBatches(2);
  const headers = { authorization: `Basic ${Buffer.from(`${projectKey}:`).toString('base64')}` };
  return async () => {
    const events = source.next(SEGMENT_SIZE);
    events.forEach((event) => (event.eventId ??= `${event.sessionId}.${event.properties.position}`));
    await deliver(client, { method: 'POST', path: '/v1/batch', body: toSegmentBatch(events), headers }, SEGMENT_SIZE);
  };
}

/** @param {HttpClient} client @param {Mix} mix */
function reportSender(client, { projectKey, token }) {
  const headers = { authorization: `Bearer ${token}` };
  const rolledUp = REPORTS.filter(({ fromRaw }) => fromRaw !== true);
  const raw = REPORTS.filter(({ name, fromRaw }) => fromRaw === true && !LEFT_OUT.test(name));
  return async (/** @type {number} */ number) => {
    const isRaw = number % RAW_EVERY === RAW_EVERY - 1;
    const turn = isRaw ? Math.floor(number / RAW_EVERY) : number;
    const offered = isRaw ? raw : rolledUp;
    const report = offered[turn % offered.length];
    if (report === undefined) return;
    const back = isRaw ? RAW_BACK_MS : (BACK_MS[Math.floor(turn / offered.length) % BACK_MS.length] ?? HOUR_MS);
    const range = { from: new Date(Date.now() - back).toISOString(), to: new Date().toISOString() };
    const began = performance.now();
    const answer = await client.send({ ...report.call(projectKey, range), headers }).catch(() => null);
    if (answer?.status === 404) {
      offered.splice(offered.indexOf(report), 1);
      return;
    }
    countStatus(answer);
    const times = reportsMs.get(report.name) ?? [];
    times.push(performance.now() - began);
    reportsMs.set(report.name, times);
  };
}

/**
 * Sends until it is acknowledged, as a client that loses nothing.
 * @param {HttpClient} client
 * @param {Call} call
 * @param {number} events
 * @param {(text: string) => number} [countRefused]
 */
async function deliver(client, call, events, countRefused = () => 0) {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const answer = await sendOnce(client, call);
    if (answer?.status === 200) {
      const refused = countRefused(answer.text);
      outcome.refused += refused;
      outcome.acknowledged += events - refused;
      return;
    }
    await sleep(Math.min(LONGEST_PAUSE_MS, 100 * 2 ** attempt));
  }
  outcome.unknown += events;
}

/** @param {HttpClient} client @param {Call} call */
async function sendOnce(client, call) {
  const answer = await client.send(call).catch(() => null);
  countStatus(answer);
  return answer;
}

/** @param {{status: number} | null} answer */
function countStatus(answer) {
  const status = answer === null ? 'no answer' : String(answer.status);
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
}
