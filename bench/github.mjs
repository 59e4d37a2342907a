// @ts-check
// npm run bench:github [-- --repositories 300 --commits 200000 --readers 500 --within command|server]
// How long a refresh of the GitHub dashboard takes, what it costs, and how fast its figures are read. See README.md.
import { fork, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { post, register } from './lib/api.mjs';
import { cpuSeconds } from './lib/cpu-time.mjs';
import { memoryOf, resetPeak } from './lib/memory.mjs';
import { startServer } from './lib/processes.mjs';
import { percentile } from './lib/statistics.mjs';

const TIME_TARGET_S = 600;
const RSS_TARGET_MB = 300;
const READ_TARGET_MS = 20;
const READS = 300;

const { values: options } = parseArgs({
  options: {
    repositories: { type: 'string', default: '300' },
    commits: { type: 'string', default: '200000' },
    readers: { type: 'string', default: '500' },
    within: { type: 'string', default: 'command' },
  },
});

console.log(`Node ${process.version}; load of the machine before: ${(loadavg()[0] ?? 0).toFixed(1)}`);
if (Number(options.repositories) > 0) await measureRefresh(Number(options.repositories), Number(options.commits));
if (Number(options.readers) > 0) await measureReads(Number(options.readers));

/** @param {number} repositories @param {number} commits */
async function measureRefresh(repositories, commits) {
  const world = await startWorld(repositories, commits);
  try {
    console.log(`\n${repositories} repositories, ${world.commits.toLocaleString('en')} commits`);
    console.log('refresh                         seconds   points  questions  downloads  peak RSS MB');
    if (options.within === 'command') {
      const cost = await command(world);
      row('everything, by sync:github', await world.ask('tell'), cost);
    }
    const server = await startServer({ env: world.env, dataDir: world.dataDir, nodeArgs: ['--enable-source-maps'] });
    try {
      const token = await register(server.url);
      console.log(`the server at rest             ${memoryOf(server.pid).rss.toFixed(0).padStart(49)}`);
      const names = ['nothing changed', 'three commits pushed to three'];
      if (options.within === 'server') names.unshift('everything, by the server');
      for (const name of names) {
        await world.ask(name.startsWith('three') ? 'push' : 'forget');
        const cost = await measured(() => refresh(server.url, token), server.pid);
        const told = await world.ask('tell');
        row(name, told, cost);
        assertRight(cost.result, told, repositories);
      }
      const { total_commits: shown } = await read(server.url, '/api/github/metrics', token);
      if (shown !== world.commits + 9) throw new Error(`${shown} commits are shown, ${world.commits + 9} there are`);
    } finally {
      await server.stop();
    }
  } finally {
    world.stop();
  }
}

/**
 * `npm run sync:github` as package.json has it.
 * @param {World} world @param {Record<string, string>} [env]
 */
async function command(world, env = {}) {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const args = String(scripts['sync:github']).split('&& node ')[1]?.split(' ') ?? [];
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, ...world.env, DATA_DIR: world.dataDir, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return measured(async () => {
    const code = await new Promise((done) => child.once('exit', done));
    if (code !== 0) throw new Error(`sync:github ended with ${code}`);
  }, child.pid ?? 0);
}

/** @template T @param {() => Promise<T>} work @param {number} pid whose memory is looked at */
async function measured(work, pid) {
  resetPeak(pid);
  const began = performance.now();
  let peak = 0;
  const look = setInterval(() => (peak = Math.max(peak, memoryOf(pid).peak || 0)), 200);
  const result = await work().finally(() => clearInterval(look));
  return { result, peak: Math.max(peak, memoryOf(pid).peak || 0), seconds: (performance.now() - began) / 1000 };
}

/** @param {string} name @param {any} told @param {{peak: number, seconds: number}} cost */
function row(name, told, { peak, seconds }) {
  const cells = [seconds.toFixed(1).padStart(7), told.points, told.questions, told.clones, peak.toFixed(0)];
  console.log(name.padEnd(31), cells.map((cell, i) => String(cell).padStart([8, 8, 10, 10, 12][i] ?? 8)).join(''));
  if (name.startsWith('everything'))
    target(seconds < TIME_TARGET_S && peak < RSS_TARGET_MB, `${TIME_TARGET_S} s and ${RSS_TARGET_MB} MB`);
}

/** @param {number} repositories */
async function measureReads(repositories) {
  const world = await startWorld(repositories, repositories * 40);
  try {
    // Without a git lines are estimated: what is shown takes as long to read.
    await command(world, { PATH: '/nonexistent' });
    const server = await startServer({ env: world.env, dataDir: world.dataDir, nodeArgs: ['--enable-source-maps'] });
    try {
      const token = await register(server.url);
      console.log(`\n${repositories} repositories, read ${READS} times one after the other`);
      console.log('route                                      p50 ms    p95 ms  server ms of processor');
      for (const path of [
        '/health/live',
        '/api/github/projects',
        '/api/github/metrics',
        '/api/github/project/repository-7',
        '/api/github/project/repository-7/activity',
      ]) {
        /** @type {number[]} */
        const times = [];
        const cpuBefore = cpuSeconds(server.pid);
        for (let i = 0; i < READS; i += 1) {
          const began = performance.now();
          await read(server.url, path, token);
          times.push(performance.now() - began);
        }
        const cpu = (1000 * (cpuSeconds(server.pid) - cpuBefore)) / READS;
        const [p50, p95] = [0.5, 0.95].map((share) => percentile(times, share));
        console.log(path.padEnd(40), [p50, p95, cpu].map((ms) => (ms ?? NaN).toFixed(1).padStart(9)).join(' '));
        target((p95 ?? NaN) < READ_TARGET_MS, `p95 under ${READ_TARGET_MS} ms`);
      }
    } finally {
      await server.stop();
    }
  } finally {
    world.stop();
  }
}

/** @param {string} url @param {string} token */
async function refresh(url, token) {
  const { job_id: id } = await post(url, '/api/github/refresh', {}, token);
  for (;;) {
    const job = await read(url, `/api/github/refresh/status/${id}`, token);
    if (job.completed_at !== null) return job;
    await sleep(250);
  }
}

/** @param {string} url @param {string} path @param {string} token @returns {Promise<any>} */
async function read(url, path, token) {
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
  return response.json();
}

/** @param {any} job @param {any} told @param {number} repositories */
function assertRight(job, told, repositories) {
  if (job.status !== 'completed' || job.repositories_processed !== repositories)
    throw new Error(JSON.stringify(job).slice(0, 2000));
  if (told.invalid.length > 0 || told.mostAtOnce > 1) throw new Error(JSON.stringify(told));
  if (job.rate_limit.used !== told.points)
    throw new Error(`${job.rate_limit.used} points are told, ${told.points} were spent`);
}

/** @param {boolean} isMet @param {string} text */
function target(isMet, text) {
  if (!isMet) console.log(`  missed: ${text}`);
}

/** @typedef {Awaited<ReturnType<typeof startWorld>>} World */

/** A GitHub in a process of its own, and a folder for what is read from it. @param {number} repositories @param {number} commits */
async function startWorld(repositories, commits) {
  const parent = resolve('data');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'bench-github-'));
  const child = fork('bench/lib/github-world.mjs', [join(folder, 'github'), String(repositories), String(commits)]);
  /** @returns {Promise<any>} */
  const next = () =>
    new Promise((resolveNext, reject) => {
      child.once('message', resolveNext);
      child.once('exit', () => reject(new Error('The double ended')));
    });
  const { url, token, commits: made } = await next();
  return {
    commits: made,
    dataDir: join(folder, 'data'),
    // Points of a whole refresh may be more than those of an hour; waiting for the next would measure nothing.
    env: { GITHUB_API_URL: url, GITHUB_ACCESS_TOKEN: token, GITHUB_SYNC_CRON: 'off' },
    /** @param {string} what @returns {Promise<any>} */
    ask: (what) => {
      const answer = next();
      child.send(what);
      return answer;
    },
    stop: () => {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
