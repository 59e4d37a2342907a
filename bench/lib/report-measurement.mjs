// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpClient } from './http-client.mjs';
import { memoryOf, resetPeak } from './memory.mjs';
import { WHOLE_RANGE } from './report-ranges.mjs';

/** @typedef {import('./report-catalogue.mjs').Report} Report */
/** @typedef {import('./http-client.mjs').Call} Call */
/** @typedef {Awaited<ReturnType<typeof import('./processes.mjs').startServer>>} Server */
/**
 * @typedef {object} Measured
 * @property {Report} report
 * @property {number} [coldMs] the first call of a server
 * @property {number[]} warmMs
 * @property {string} sources as `X-Report-Source` says
 * @property {number} peakMb most memory of the server during the warm calls
 * @property {string} [problem] why it was not measured
 */

/** A report that takes long is called less often. */
const WARM_LIMIT_MS = 20_000;
const UNMEASURED = 3;
const TRIES = 4;
const RETRY_MS = 1000;
const ODD_RANGE = { from: '2026-07-19T13:47:11.333Z', to: '2026-09-02T05:02:59.001Z', tz: 'Asia/Kathmandu' };

/** Calls reports of one project on one server, one at a time over one connection. */
export class ReportCaller {
  /** @param {Server} server @param {{projectKey: string, token: string}} access */
  constructor(server, { projectKey, token }) {
    this.server = server;
    this.projectKey = projectKey;
    this.client = new HttpClient(server.url, { connections: 1, headers: { authorization: `Bearer ${token}` } });
  }

  /**
   * A server that had to fight for the processor while it started refuses work for its first seconds.
   * @param {Call} call
   */
  async send(call) {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.client.send(call);
      if (answer.status !== 503 || attempt === TRIES) return answer;
      await sleep(RETRY_MS);
    }
  }

  /** @param {Report} report @returns {Promise<number | undefined>} milliseconds of one call over the whole range */
  async first(report) {
    const { status, ms } = await this.send(report.call(this.projectKey, WHOLE_RANGE));
    return status === 200 ? ms : undefined;
  }

  /** @param {Report} report @param {number} calls @returns {Promise<Measured>} */
  async measure(report, calls) {
    /** @type {Measured} */
    const measured = { report, warmMs: [], sources: '', peakMb: NaN };
    /** @type {Set<string>} */
    const sources = new Set();
    const end = performance.now() + WARM_LIMIT_MS;
    resetPeak(this.server.pid);
    for (const [index, range] of report.ranges(UNMEASURED + calls).entries()) {
      const { status, text, headers, ms } = await this.send(report.call(this.projectKey, range));
      if (status !== 200) return { ...measured, problem: describe(status, text) };
      sources.add(String(headers['x-report-source'] ?? '-'));
      if (index >= UNMEASURED) measured.warmMs.push(ms);
      if (performance.now() > end && measured.warmMs.length > 0) break;
    }
    return { ...measured, sources: [...sources].join(', '), peakMb: memoryOf(this.server.pid).peak };
  }

  /**
   * Whether the report says the same, byte by byte, as when it is computed from raw events.
   * @param {Report} report
   * @returns {Promise<{outcome: 'equal' | 'WRONG' | 'no rollup' | 'no raw', rawMs?: number}>} `rawMs`: from raw events, over
   *   the whole range
   */
  async compareWithRaw(report) {
    let rawMs;
    for (const range of [ODD_RANGE, WHOLE_RANGE]) {
      const call = report.call(this.projectKey, range);
      const usual = await this.send(call);
      if (usual.headers['x-report-source'] !== 'rollup') return { outcome: 'no rollup' };
      const raw = await this.send({ ...call, query: { ...call.query, source: 'raw' } });
      if (raw.status !== 200 || raw.headers['x-report-source'] !== 'raw') return { outcome: 'no raw' };
      if (raw.text !== usual.text) return { outcome: 'WRONG' };
      rawMs = raw.ms;
    }
    return { outcome: 'equal', rawMs };
  }

  close() {
    this.client.close();
  }
}

/** @param {number} status @param {string} text */
function describe(status, text) {
  if (status === 404) return 'not there';
  const error = /"error":"([^"]*)"/.exec(text)?.[1];
  return `answered ${status}${error === undefined ? '' : `: ${error}`}`;
}
