// @ts-check
// Reads activity as a report does, in a process of its own: the server's application without its HTTP side, on the
// embedded engine of a data folder.
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ACTIVITY_DAYS, ACTIVITY_START, userName } from './activity-lines.mjs';
import { importBuilt } from './built.mjs';
import { serveWorker } from './worker.mjs';

const QUIET = { info: () => undefined, warn: console.warn, error: console.error };
const DAY = 86_400_000;

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

  /** All points of all users, one user after the other, as a report asks for them. @param {{org: string, users: number}} what */
  async read({ org, users }) {
    const { ActivityService } = await importBuilt('modules/activity/activity.service.js');
    const service = opened().get(ActivityService, { strict: false });
    const scope = { org, from: ACTIVITY_START, toExclusive: ACTIVITY_START + ACTIVITY_DAYS * DAY };
    const counts = { afk: 0, windows: 0, appUsage: 0, dailyMetrics: 0 };
    let milliseconds = 0;
    const began = performance.now();
    for (let i = 0; i < users; i++) {
      const query = { ...scope, user: { name: userName(i) } };
      for await (const batch of service.afk(query)) {
        counts.afk += batch.length;
        for (const { durationMs } of batch) milliseconds += durationMs;
      }
      for await (const batch of service.windows(query)) {
        counts.windows += batch.length;
        for (const { durationMs } of batch) milliseconds += durationMs;
      }
      for await (const batch of service.appUsage(query)) counts.appUsage += batch.length;
      for await (const batch of service.dailyMetrics(query)) counts.dailyMetrics += batch.length;
    }
    const seconds = (performance.now() - began) / 1000;
    const versionBegan = performance.now();
    const names = Array.from({ length: users }, (_, i) => ({ name: userName(i) }));
    await service.dataVersion({ ...scope, users: names });
    return { counts, seconds, milliseconds, versionMs: performance.now() - versionBegan };
  },

  /** Gathers all that waits. */
  async gather() {
    const { ActivityGatheringService } = await importBuilt('modules/activity/embedded/activity-gathering.service.js');
    const service = opened().get(ActivityGatheringService, { strict: false });
    const began = performance.now();
    const writes = await service.gather(AbortSignal.any([]), true);
    return { writes, seconds: (performance.now() - began) / 1000 };
  },

  async close() {
    await application?.context.close();
    await application?.engine.stop();
  },
});

function opened() {
  if (application === undefined) throw new Error('The data folder is not open');
  return application.context;
}
