// @ts-check
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const START_LIMIT_MS = 60_000;
const READY_LINE = /Readiness\s+http:/;

/** One process of a cluster. It keeps its port when it is started again, as behind a load balancer. */
export class Replica {
  /** @param {string} name @param {Record<string, string>} env */
  constructor(name, env) {
    this.name = name;
    this.env = env;
    this.url = '';
    this.logs = '';
    /** CPU time is read by these, one for each start. @type {number[]} */
    this.pids = [];
    /** @type {import('node:child_process').ChildProcess | undefined} */
    this.child = undefined;
  }

  async start() {
    if (this.url === '') this.url = `http://127.0.0.1:${await freePort()}`;
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, LOG_PRETTY: 'false', PORT: new URL(this.url).port, ...this.env };
    const child = spawn(process.execPath, ['dist/main.js'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.pids.push(child.pid ?? 0);
    let logs = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (this.logs = logs = (logs + String(chunk)).slice(-200_000)));
    const end = Date.now() + START_LIMIT_MS;
    while (!READY_LINE.test(logs)) {
      if (child.exitCode !== null || Date.now() > end) throw new Error(`${this.name} did not start:\n${logs}`);
      await sleep(50);
    }
  }

  get pid() {
    return this.pids.at(-1) ?? 0;
  }

  /** @param {NodeJS.Signals} [signal] */
  async stop(signal = 'SIGTERM') {
    const child = this.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await exited;
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
