// @ts-check
// What a bench measures: the built server with its embedded engine, as `npm start` runs them.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { importBuilt } from './built.mjs';

const START_LIMIT_MS = 30_000;
const READY_LINE = /Readiness\s+(http:\/\/[^\s"]+)\/health\/ready/;

/**
 * Starts `dist/main.js` on a free port and waits until it is ready. No MongoDB is configured: with `MONGODB_URI` the
 * server would take the engine for a real MongoDB and write with another write concern.
 *
 * @param {{env?: Record<string, string>, nodeArgs?: string[], dataDir?: string}} [options] without a `dataDir` it gets a
 *   fresh folder that is removed in the end
 */
export async function startServer({ env = {}, nodeArgs = [], dataDir: kept } = {}) {
  const dataDir = kept ?? benchFolder();
  // The engine's socket is in the folder for temporary files; one of our own tells where. Its path must be short.
  const socketDir = mkdtempSync(join(tmpdir(), 'bench-'));
  const serverEnv = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    CACHE_DIR: process.env.CACHE_DIR,
    TMPDIR: socketDir,
    DATA_DIR: dataDir,
    PORT: '0',
    LOG_PRETTY: 'false',
    RATE_LIMIT_ENABLED: 'false',
    ...env,
  };
  const child = spawn(process.execPath, [...nodeArgs, 'dist/main.js'], {
    env: serverEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async () => {
    if (child.exitCode === null) {
      const exited = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await exited;
    }
    for (const folder of kept === undefined ? [dataDir, socketDir] : [socketDir])
      rmSync(folder, { recursive: true, force: true });
  };
  const pid = child.pid ?? 0;
  try {
    const url = await untilReady(child);
    return { url, pid, enginePid: enginePid(pid), mongo: await mongoOf(serverEnv, socketDir), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** On the disk where data lives by default; a folder for temporary files may be memory, where nothing is ever synced. */
function benchFolder() {
  const parent = resolve('data');
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, 'bench-'));
}

/** @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child */
async function untilReady(child) {
  let logs = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (logs += String(chunk)));
  const end = Date.now() + START_LIMIT_MS;
  for (;;) {
    const url = READY_LINE.exec(logs)?.[1];
    if (url !== undefined) return url;
    if (child.exitCode !== null || Date.now() > end) throw new Error(`The server did not start:\n${logs}`);
    await sleep(50);
  }
}

/**
 * Where the server's engine is and how durably the server writes to it, said by the server's own configuration.
 *
 * @param {NodeJS.ProcessEnv} serverEnv
 * @param {string} socketDir
 * @returns {Promise<{uri: string, database: string, writeConcern: {w: number | 'majority', j: boolean}}>}
 */
async function mongoOf(serverEnv, socketDir) {
  const { loadConfig } = await importBuilt('config/load-config.js');
  const { durableWriteConcern } = await importBuilt('infra/mongo/mongo-options.js');
  const config = loadConfig(serverEnv).mongo;
  const folder = readdirSync(socketDir).find((name) => name.startsWith('almanac-'));
  if (!config.embedded || folder === undefined) throw new Error('The server does not run the embedded engine');
  const socket = join(socketDir, folder, 'engine.sock');
  const uri = `mongodb://${encodeURIComponent(socket)}/?directConnection=true`;
  return { uri, database: config.databaseName, writeConcern: durableWriteConcern(config) };
}

/**
 * The server's child that is the engine; 0 where there is no /proc.
 * @param {number} serverPid
 */
function enginePid(serverPid) {
  try {
    const children = readFileSync(`/proc/${serverPid}/task/${serverPid}/children`, 'utf8').trim().split(/\s+/);
    return Number(children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('engine.mjs')));
  } catch {
    return 0;
  }
}
