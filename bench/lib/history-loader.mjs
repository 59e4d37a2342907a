// @ts-check
// Loads the data set through the server's own code, in a process of its own: the application without its HTTP side, on
// the embedded engine. What `POST /v1/events/batch` does after its body is read is all done here too.
import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { importBuilt } from './built.mjs';
import { ShopHistory } from './shop-history.mjs';
import { serveWorker } from './worker.mjs';

const ROLLUPS = 'modules/analytics/product/product-rollups.service.js';
const QUIET = { info: () => undefined, warn: console.warn, error: console.error };
/** Progress is written down this often, and an interrupted run repeats that much at most. */
const PART_MS = 2000;
const TRIES = 5;
const RETRY_MS = 2000;

/** @type {{context: import('@nestjs/common').INestApplicationContext, engine: {stop(): Promise<void>}} | undefined} */
let application;

serveWorker({
  /** @param {{dataDir: string}} where */
  async open({ dataDir }) {
    const [{ loadConfig }, { EmbeddedMongo }, { AppModule }, { ServerState }] = await Promise.all([
      importBuilt('config/load-config.js'),
      importBuilt('infra/mongo/embedded/embedded-mongo.js'),
      importBuilt('app.module.js'),
      importBuilt('common/lifecycle/server-state.js'),
    ]);
    Logger.overrideLogger(['warn', 'error', 'fatal']);
    const config = loadConfig({ DATA_DIR: dataDir, CACHE_DIR: process.env.CACHE_DIR, RATE_LIMIT_ENABLED: 'false' });
    const engine = await EmbeddedMongo.start({ ...config.storage, log: QUIET });
    const module = AppModule.forRoot({ ...config, mongo: { ...config.mongo, uri: engine.uri } });
    const context = await NestFactory.createApplicationContext(module, { abortOnError: false });
    application = { context, engine };
    await context.get(ServerState).whenRunning;
  },

  /**
   * Loads for a while, from event number `first` on.
   * @param {{projectKey: string, events: number, first: number, batch: number, lanes: number}} part
   * @returns {Promise<{next: number, inserted: number, duplicates: number}>} all before number `next` are stored
   */
  async load({ projectKey, events, first, batch, lanes }) {
    const { ProductEventsService } = await importBuilt('modules/events/product/product-events.service.js');
    const service = opened().get(ProductEventsService);
    const batches = new ShopHistory(events).batches(first, batch);
    const end = performance.now() + PART_MS;
    const outcome = { next: first, inserted: 0, duplicates: 0 };
    const lane = async () => {
      while (performance.now() < end) {
        const { value } = batches.next();
        if (value === undefined) return;
        const { inserted, duplicates, rejected } = await record(service, { projectKey, events: value });
        if (rejected.length > 0) throw new Error(`Refused: ${JSON.stringify(rejected[0])}`);
        outcome.next += value.length;
        outcome.inserted += inserted;
        outcome.duplicates += duplicates;
      }
    };
    // When all lanes are through, every batch taken is stored: there are no gaps before `next`.
    await Promise.all(Array.from({ length: lanes }, lane));
    return outcome;
  },

  /** @param {{projectKey: string, limitMs: number}} what @returns {Promise<boolean>} false: there are no rollups */
  async settle({ projectKey, limitMs }) {
    const rollups = await importBuilt(ROLLUPS).catch((error) => {
      if (error.code !== 'ERR_MODULE_NOT_FOUND' || !error.message.includes(ROLLUPS)) throw error;
    });
    if (rollups === undefined) return false;
    await opened().get(rollups.ProductRollupsService, { strict: false }).settle(projectKey, limitMs);
    return true;
  },

  async close() {
    await application?.context.close();
    await application?.engine.stop();
    application = undefined;
  },
});

/** @returns {import('@nestjs/common').INestApplicationContext} */
function opened() {
  if (application === undefined) throw new Error('open comes first');
  return application.context;
}

/**
 * As a client does: what the store was too busy for is sent again. What it stored all the same counts as a duplicate.
 * @param {any} service
 * @param {object} batch
 */
async function record(service, batch) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await service.recordBatch(batch);
    } catch (error) {
      if (attempt === TRIES) throw error;
      console.warn(`Sending a batch again: ${String(error)}`);
      await sleep(RETRY_MS);
    }
  }
}
