// @ts-check
// Owns the embedded engine, which other processes reach through its socket.
import { importBuilt } from './built.mjs';
import { serveWorker } from './worker.mjs';

const { EmbeddedMongo } = await importBuilt('infra/mongo/embedded/embedded-mongo.js');
const quiet = { info: () => undefined, warn: console.warn, error: console.error };

/** @type {any} */
let engine;

serveWorker({
  /** @param {{dataDir: string, cacheDir: string}} folders @returns {Promise<{uri: string, pid: number}>} */
  async open(folders) {
    engine = await EmbeddedMongo.start({ ...folders, log: quiet });
    return { uri: engine.uri, pid: engine.pid };
  },

  close: () => engine?.stop(),
});
