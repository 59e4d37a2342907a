// @ts-check
// npm run bench:whoop [-- --years 5 --calls 200]
// Years of a WHOOP member: how fast the dashboard reads them, and how many requests a sync needs. See README.md.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { post, register } from './lib/api.mjs';
import { importBuilt } from './lib/built.mjs';
import { HttpClient } from './lib/http-client.mjs';
import { heading, MeasuredCalls } from './lib/measured-calls.mjs';
import { startServer } from './lib/processes.mjs';
import { storeHistory } from './lib/whoop-history.mjs';
import { startWhoop } from './lib/whoop-loopback.mjs';

const READ_TARGET_MS = 15;
const YEAR_TARGET = 70;
const DAY_TARGET = 8;
const PATHS = [
  '/api/whoop/recovery?days=7',
  '/api/whoop/recovery/latest',
  '/api/whoop/sleep?days=7',
  '/api/whoop/sleep?days=30&include_naps=true',
  '/api/whoop/sleep/latest',
  '/api/whoop/workouts?days=30',
  '/api/whoop/cycles?days=30',
  '/api/whoop/metrics?days=30',
  '/api/whoop/metrics?days=365',
  '/api/whoop/recovery?days=365',
  '/api/whoop/profile',
  '/api/whoop/status',
  '/api/whoop/sync/status',
];

const { values: options } = parseArgs({
  options: { years: { type: 'string', default: '5' }, calls: { type: 'string', default: '200' } },
});
const calls = Number(options.calls);
const days = Math.round(Number(options.years) * 365.25);

const { generateWhoopMember } = await importBuilt('demo/whoop-member.js');
const member = generateWhoopMember({ seed: 1, end: Date.now() - 3_600_000, days });
const count = ['cycles', 'recoveries', 'sleeps', 'workouts'].reduce((sum, kind) => sum + member[kind].length, 0);
console.log(`${count.toLocaleString('en')} records of ${days} days`);
console.log(`Node ${process.version}; load of the machine before: ${(loadavg()[0] ?? 0).toFixed(1)}\n`);

mkdirSync(resolve('data'), { recursive: true });
const dataDir = mkdtempSync(resolve('data', 'bench-'));
const whoop = await startWhoop(member);
try {
  await storeHistory(dataDir, member);
  const env = {
    WHOOP_API_URL: whoop.url,
    WHOOP_CLIENT_ID: 'bench',
    WHOOP_CLIENT_SECRET: 'bench',
    WHOOP_REFRESH_TOKEN: 'refresh-0',
    WHOOP_SYNC_CRON: 'off',
  };
  const server = await startServer({ env, dataDir, nodeArgs: ['--enable-source-maps'] });
  try {
    const token = await register(server.url);
    await measureSyncs(server.url, token);
    await measureReads(server, token);
  } finally {
    await server.stop();
  }
} finally {
  whoop.close();
  rmSync(dataDir, { recursive: true, force: true });
}

/** @param {string} url @param {string} token */
async function measureSyncs(url, token) {
  // The refresh token of the environment is taken over just after the start.
  await sleep(500);
  for (const [name, path, target] of /** @type {[string, string, number][]} */ ([
    ['a year', '/api/whoop/sync/full?days=365', YEAR_TARGET],
    ['a day later', '/api/whoop/sync/incremental', DAY_TARGET],
  ])) {
    const began = performance.now();
    const { status } = await post(url, path, undefined, token);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const requests = whoop.takeRequests();
    const verdict = status === 'completed' && requests <= target ? 'ok' : 'MISSED';
    console.log(`${name.padEnd(12)} ${status}, ${requests} requests (target ${target}: ${verdict}), ${seconds} s`);
  }
}

/** @param {{url: string, pid: number, enginePid: number}} server @param {string} token */
async function measureReads({ url, pid, enginePid }, token) {
  console.log(`\n${heading(`one read, ${calls} times`)}`);
  const client = new HttpClient(url, { connections: 1, headers: { authorization: `Bearer ${token}` } });
  for (const path of PATHS) {
    const times = new MeasuredCalls(pid, enginePid);
    for (let i = -20; i < calls; i++) {
      const read = async () => {
        const { status, text } = await client.send({ path });
        if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`);
      };
      if (i < 0) await read();
      else await times.measure(read);
    }
    console.log(times.line(path.replace('/api/whoop/', ''), READ_TARGET_MS));
  }
  client.close();
}
