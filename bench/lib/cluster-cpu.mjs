// @ts-check
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import pg from 'pg';
import { cpuSeconds } from './cpu-time.mjs';

const SAMPLE_MS = 500;
const TICKS_PER_SECOND = 100;

/** Cores that each process uses, and those of the whole machine. The connections of PostgreSQL to one database are one. */
export class ClusterCpu {
  /** @param {string} sqlUrl @param {Record<string, number>} pids by name */
  constructor(sqlUrl, pids) {
    this.sql = new pg.Client({ connectionString: sqlUrl });
    this.pids = pids;
    /** CPU seconds at the first and the last sight of a connection. @type {Map<number, {first: number, last: number}>} */
    this.backends = new Map();
  }

  async start() {
    await this.sql.connect();
    await this.sample(true);
    this.began = performance.now();
    this.before = this.read();
    this.busyBefore = busySeconds();
    this.timer = setInterval(() => void this.sample(false).catch(() => undefined), SAMPLE_MS);
  }

  /** @param {boolean} isStart a connection that came later began at nothing */
  async sample(isStart) {
    const { rows } = await this.sql.query(
      'SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    for (const { pid } of rows) {
      const last = cpuSeconds(pid);
      if (Number.isNaN(last)) continue;
      const known = this.backends.get(pid);
      if (known === undefined) this.backends.set(pid, { first: isStart ? last : 0, last });
      else known.last = last;
    }
  }

  read() {
    return Object.entries(this.pids).map(([name, pid]) => ({ name, seconds: cpuSeconds(pid) }));
  }

  /** @returns {Promise<{text: string, cores: number}>} `cores`: of the named processes and PostgreSQL */
  async stop() {
    const seconds = (performance.now() - (this.began ?? 0)) / 1000;
    clearInterval(this.timer);
    const after = this.read();
    const busy = (busySeconds() - (this.busyBefore ?? NaN)) / seconds;
    await this.sample(false);
    await this.sql.end();
    let postgres = 0;
    for (const { first, last } of this.backends.values()) postgres += last - first;
    const used = after.map(({ name, seconds: now }, i) => ({
      name,
      cores: (now - (this.before?.[i]?.seconds ?? NaN)) / seconds,
    }));
    used.push({ name: 'PostgreSQL', cores: postgres / seconds });
    const ours = used.reduce((total, { cores }) => total + cores, 0);
    const list = used.map(({ name, cores }) => `${name} ${cores.toFixed(2)}`).join(', ');
    const machine = `the machine ${busy.toFixed(2)} of ${cpus().length}`;
    return { text: `cores: ${list}; together ${ours.toFixed(2)}, ${machine}`, cores: ours };
  }
}

function busySeconds() {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] =
    readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.trim().split(/\s+/).slice(1).map(Number) ?? [];
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
}
