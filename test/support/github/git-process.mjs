// @ts-check
// Git, started by a small process: to start a program takes the longer the larger the process is that does it, up to 50 ms for
// a worker of the tests, and these start git a thousand times.
import { fork } from 'node:child_process';

/** Settings of the machine's user must not reach the repositories of a test. */
export const CLEAN_GIT_ENV = {
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  LANG: 'C',
  TZ: 'UTC',
};

/**
 * @typedef {{id: number, args: string[], cwd: string, env: Record<string, string>}} StartOfGit
 * @typedef {StartOfGit | {id: number, input: Uint8Array | null}} ToStarter `null` ends the input
 * @typedef {{id: number, code: number, output: Uint8Array, errors: string}} EndOfGit
 */

/** @type {import('node:child_process').ChildProcess | undefined} */
let starter;
let lastId = 0;
/** @type {Map<number, {resolve: (end: EndOfGit) => void, reject: (error: Error) => void}>} */
const running = new Map();

/**
 * @param {string[]} args
 * @param {{cwd: string, input?: Iterable<Uint8Array>}} options
 * @returns {Promise<Buffer>} what it printed
 * @throws {Error & {code: number}} when it fails: with its exit code and what it printed to its error output
 */
export async function git(args, { cwd, input = [] }) {
  const id = ++lastId;
  /** @type {Promise<EndOfGit>} */
  const ended = new Promise((resolve, reject) => running.set(id, { resolve, reject }));
  ended.catch(() => undefined);
  start().channel?.ref();
  await send({ id, args, cwd, env: CLEAN_GIT_ENV });
  for (const chunk of input) await send({ id, input: chunk });
  await send({ id, input: null });
  const { code, output, errors } = await ended;
  if (code !== 0) throw Object.assign(new Error(`git ${args.join(' ')} failed: ${errors}`), { code });
  return Buffer.from(output);
}

/** @param {ToStarter} message @returns {Promise<void>} when the other process can take more */
function send(message) {
  return new Promise((resolve, reject) =>
    start().send(message, (error) => (error === null ? resolve() : reject(error))),
  );
}

function start() {
  if (starter !== undefined) return starter;
  const child = fork(new URL('./git-starter.mjs', import.meta.url), {
    serialization: 'advanced',
    stdio: 'ignore',
    execArgv: [],
  });
  starter = child;
  // It ends with this process, which waits for it only while git runs.
  child.unref();
  child.channel?.unref();
  child.on('message', (message) => {
    const end = /** @type {EndOfGit} */ (message);
    running.get(end.id)?.resolve(end);
    running.delete(end.id);
    if (running.size === 0) child.channel?.unref();
  });
  child.once('exit', () => {
    starter = undefined;
    for (const { reject } of running.values()) reject(new Error('The process that starts git has ended'));
    running.clear();
  });
  return child;
}
