// @ts-check
// A bench's load comes from a process of its own, so that it does not share a thread with what it measures.
import { fork } from 'node:child_process';

/** A child process whose exported functions are called by name. */
export class Worker {
  /** @param {URL} file a module that calls `serveWorker` @param {string[]} [nodeArgs] */
  constructor(file, nodeArgs = []) {
    this.child = fork(file, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: nodeArgs });
  }

  /** @returns {number} */
  get pid() {
    return this.child.pid ?? 0;
  }

  /**
   * One call at a time.
   * @param {string} name
   * @param {object} args JSON
   * @returns {Promise<any>} what the function returns
   */
  call(name, args) {
    return new Promise((resolve, reject) => {
      /** @param {number | null} code */
      const onExit = (code) => reject(new Error(`The worker ended with ${code} during ${name}`));
      this.child.once('exit', onExit);
      this.child.once('message', (/** @type {any} */ { result, error }) => {
        this.child.off('exit', onExit);
        if (error === undefined) resolve(result);
        else reject(new Error(error));
      });
      this.child.send({ name, args });
    });
  }

  stop() {
    this.child.disconnect();
  }
}

/**
 * The other end: answers calls until the bench goes away.
 * @param {Record<string, (args: any) => unknown>} functions
 */
export function serveWorker(functions) {
  process.on('message', (/** @type {any} */ { name, args }) => {
    Promise.resolve()
      .then(() => functions[name]?.(args))
      .then((result) => process.send?.({ result }))
      .catch((error) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }));
  });
  process.on('disconnect', () => process.exit(0));
}
