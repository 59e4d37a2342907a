// @ts-check
import { writeFileSync } from 'node:fs';
import { HttpClient } from './http-client.mjs';
import { memoryOf } from './memory.mjs';
import { slope } from './statistics.mjs';

const LAG = 'almanac_nodejs_eventloop_lag_';
/** The first third is for caches and compiled code to settle. */
const SETTLING = 1 / 3;
const SECONDS_PER_MINUTE = 60;

/**
 * @typedef {object} Sample
 * @property {number} second since the start of the load
 * @property {number} serverMb
 * @property {number} engineMb
 * @property {number} lagP99Ms delay of the event loop since the sample before
 * @property {number} lagMaxMs
 */

/** Looks at a server every second. */
export class SoakMonitor {
  /** @param {{url: string, pid: number, enginePid: number}} server */
  constructor(server) {
    this.server = server;
    this.client = new HttpClient(server.url, { connections: 1 });
    /** @type {Sample[]} */
    this.samples = [];
    this.began = performance.now();
  }

  async sample() {
    const { pid, enginePid } = this.server;
    const { rss: serverMb } = memoryOf(pid);
    const { rss: engineMb } = memoryOf(enginePid);
    const second = (performance.now() - this.began) / 1000;
    // The server counts the delays anew after every time it was asked.
    const { text } = await this.client.send({ path: '/api/v1/metrics' }).catch(() => ({ text: '' }));
    const [lagP99Ms = NaN, lagMaxMs = NaN] = ['p99', 'max'].map((kind) => metric(text, `${LAG}${kind}_seconds`) * 1000);
    this.samples.push({ second, serverMb, engineMb, lagP99Ms, lagMaxMs });
  }

  /** Over the last two thirds. @param {'serverMb' | 'engineMb'} field @returns {number} MB per minute */
  growth(field) {
    const settled = this.samples.slice(Math.floor(this.samples.length * SETTLING));
    return slope(settled.map((sample) => ({ x: sample.second / SECONDS_PER_MINUTE, y: sample[field] })));
  }

  /** @param {Exclude<keyof Sample, 'second'>} field @returns {number[]} without the samples that the server did not answer */
  list(field) {
    return this.samples.map((sample) => sample[field]).filter((value) => !Number.isNaN(value));
  }

  /** @param {string} path */
  save(path) {
    const fields = /** @type {(keyof Sample)[]} */ (['second', 'serverMb', 'engineMb', 'lagP99Ms', 'lagMaxMs']);
    const lines = this.samples.map((sample) => fields.map((field) => sample[field].toFixed(1)).join(','));
    writeFileSync(path, `${fields.join(',')}\n${lines.join('\n')}\n`);
  }

  close() {
    this.client.close();
  }
}

/** @param {string} text Prometheus @param {string} name without labels */
function metric(text, name) {
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? NaN);
}
