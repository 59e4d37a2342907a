// A worker in a process of its own, for tests that kill it: `node job-worker.mjs <database url> <redis url or "">`.
// It runs jobs of the kind "doomed", and says so before it waits for its end. Ends only by a job or a signal.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';

/** @param {string} path */
const load = (path) => import(new URL(`../../dist/${path}`, import.meta.url).href);
const { ConfigModule } = await load('config/config.module.js');
const { loadConfig } = await load('config/load-config.js');
const { LifecycleModule } = await load('common/lifecycle/lifecycle.module.js');
const { ServerState } = await load('common/lifecycle/server-state.js');
const { JobQueue } = await load('infra/jobs/job-queue.js');
const { JobsModule } = await load('infra/jobs/jobs.module.js');
const { RedisModule } = await load('infra/redis/redis.module.js');
const { SqlConnector } = await load('infra/sql/sql-connector.js');
const { SqlModule } = await load('infra/sql/sql.module.js');

const [databaseUrl, redisUrl] = process.argv.slice(2);
const config = loadConfig({
  NODE_ENV: 'test',
  SQL_CONNECT_TIMEOUT_MS: '15000',
  SQL_QUERY_TIMEOUT_MS: '20000',
  JWT_SECRET: 'kX9-4fQz!nB7_vLw2@tR6#pH8$cM1%dJ',
  ENCRYPTION_KEY: '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
  DATABASE_URL: databaseUrl,
  REDIS_URL: redisUrl,
});
// As the listener keeps a server: a job that is not due yet keeps nothing.
setInterval(() => undefined, 60_000);
class Worker {}
const module = {
  module: Worker,
  imports: [ConfigModule.forRoot(config), LifecycleModule, SqlModule, RedisModule, JobsModule],
};
const app = await NestFactory.createApplicationContext(module, { logger: false });
const doomed = async (/** @type {any} */ run) => {
  process.stdout.write(`began ${run.id} attempt ${run.attempt}\n`);
  if (run.payload.exits === true) process.exit(1);
  await new Promise(() => undefined);
};
app.get(JobQueue).register('doomed', doomed, { backoff: { firstDelayMs: 20, maxDelayMs: 50 } });
await app.get(SqlConnector).ready;
app.get(ServerState).markRunning();
