// @ts-check
import { cpuSeconds } from './cpu-time.mjs';
import { median, percentile } from './statistics.mjs';

const NAME_WIDTH = 30;

/** The times of equal calls, and the processor time that they took, which depends less on what else the machine does. */
export class MeasuredCalls {
  /** @type {number[]} */
  #times = [];
  #cpu = 0;
  #engineCpu = 0;

  /**
   * @param {number} pid the process that serves the calls
   * @param {number} enginePid the store's
   */
  constructor(pid, enginePid) {
    this.pid = pid;
    this.enginePid = enginePid;
  }

  get count() {
    return this.#times.length;
  }

  /** @template T @param {() => Promise<T>} call @returns {Promise<T>} */
  async measure(call) {
    const [cpu, engineCpu, began] = [cpuSeconds(this.pid), cpuSeconds(this.enginePid), performance.now()];
    const result = await call();
    this.#times.push(performance.now() - began);
    this.#cpu += cpuSeconds(this.pid) - cpu;
    this.#engineCpu += cpuSeconds(this.enginePid) - engineCpu;
    return result;
  }

  /**
   * A line under `heading`.
   * @param {string} name
   * @param {number} [targetMs] for the 95th percentile
   * @param {string} [more] what stands beside the times
   */
  line(name, targetMs, more = '') {
    const p95 = percentile(this.#times, 0.95);
    const times = [median(this.#times), p95, Math.max(...this.#times)].map((ms) => ms.toFixed(1).padStart(8));
    const cpu = [this.#cpu, this.#engineCpu].map((seconds) => ((seconds * 1000) / this.count).toFixed(0).padStart(7));
    const verdict = targetMs === undefined ? '' : `  ${targetMs} ms: ${p95 <= targetMs ? 'reached' : 'MISSED'}`;
    return [name.trim().padEnd(NAME_WIDTH), ...times, ...cpu, more.padStart(9)].join(' ') + verdict;
  }
}

/**
 * @param {string} name
 * @param {string} [side] whose processor time per call stands before the engine's
 * @param {string} [more]
 */
export function heading(name, side = 'server', more = '') {
  const columns = ['p50 ms', 'p95 ms', 'worst'].map((column) => column.padStart(8));
  return [name.padEnd(NAME_WIDTH), ...columns, side.padStart(7), 'engine'.padStart(7), more.padStart(9)]
    .join(' ')
    .trimEnd();
}
