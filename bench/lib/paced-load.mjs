// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from './statistics.mjs';

/**
 * Sends at a fixed rate, whatever the server does: a request is due at its moment, and its time counts from there even
 * when no connection was free. A server that stalls for a second is thus seen by all that came in that second.
 */
export class PacedLoad {
  /**
   * @param {object} options
   * @param {number} options.perSecond requests
   * @param {number} options.connections requests at once
   * @param {(number: number) => Promise<void>} options.send
   */
  constructor({ perSecond, connections, send }) {
    this.perSecond = perSecond;
    this.connections = connections;
    this.send = send;
    /** @type {number[]} */
    this.latenciesMs = [];
    this.stopping = false;
    /** @type {Promise<unknown>} */
    this.running = Promise.resolve();
  }

  start() {
    const began = performance.now();
    let next = 0;
    const lane = async () => {
      while (!this.stopping) {
        const number = next++;
        const due = began + (number * 1000) / this.perSecond;
        const early = due - performance.now();
        if (early > 0) await sleep(early);
        if (this.stopping) return;
        await this.send(number);
        this.latenciesMs.push(performance.now() - due);
      }
    };
    if (this.perSecond > 0) this.running = Promise.all(Array.from({ length: this.connections }, lane));
  }

  /** Resolves when what is under way has ended. */
  async stop() {
    this.stopping = true;
    await this.running;
  }

  figures() {
    if (this.latenciesMs.length === 0) return { requests: 0, p50: NaN, p99: NaN };
    const [p50, p99] = [0.5, 0.99].map((share) => percentile(this.latenciesMs, share));
    return { requests: this.latenciesMs.length, p50, p99 };
  }
}
