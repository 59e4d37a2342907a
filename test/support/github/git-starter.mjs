// @ts-check
// A small process that starts git for a large one; see git-process.mjs.
import { spawn } from 'node:child_process';

/** @type {Map<number, import('node:child_process').ChildProcessWithoutNullStreams>} */
const children = new Map();

process.on('message', (/** @type {import('./git-process.mjs').ToStarter} */ message) => {
  if ('args' in message) start(message);
  else if (message.input === null) children.get(message.id)?.stdin.end();
  else children.get(message.id)?.stdin.write(message.input);
});
process.on('disconnect', () => process.exit());

/** @param {import('./git-process.mjs').StartOfGit} message */
function start({ id, args, cwd, env }) {
  const child = spawn('git', args, { cwd, env, stdio: 'pipe' });
  children.set(id, child);
  /** @type {Buffer[]} */
  const output = [];
  let errors = '';
  // Git may end before it has read everything; its exit code says why.
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  child.once('error', (error) => (errors += String(error)));
  child.once('close', (code) => {
    children.delete(id);
    process.send?.({ id, code: code ?? -1, output: Buffer.concat(output), errors });
  });
}
