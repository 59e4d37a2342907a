// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';

const PROBE_MS = 10;

/** Asks for what needs nothing but the event loop, again and again. */
export class LoopProbe {
  /** @param {import('./http-client.mjs').HttpClient} client with a connection to spare */
  constructor(client) {
    this.client = client;
    /** @type {number[]} */
    this.delays = [];
    this.isEnded = false;
    this.running = this.#run();
  }

  async #run() {
    while (!this.isEnded) {
      const { ms } = await this.client.send({ path: '/health/live' });
      this.delays.push(ms);
      await sleep(PROBE_MS);
    }
  }

  async end() {
    this.isEnded = true;
    await this.running;
    return this.delays;
  }
}
