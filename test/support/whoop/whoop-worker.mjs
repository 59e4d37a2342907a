// A server with nothing but WHOOP in it, for tests that kill it: `node whoop-worker.mjs <database url> <url of the double>`.
// It begins a sync, or joins the one that was going on when the last worker was killed, and tells how that ended.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';

/** @param {string} path */
const load = (path) => import(new URL(`../../../dist/${path}`, import.meta.url).href);
const { AccountLifecycleModule } = await load('common/lifecycle/account-lifecycle.module.js');
const { ConfigModule } = await load('config/config.module.js');
const { CryptoModule } = await load('infra/crypto/crypto.module.js');
const { USUAL_JOB_TIMINGS } = await load('infra/jobs/job-timings.js');
const { JobsModule } = await load('infra/jobs/jobs.module.js');
const { LifecycleModule } = await load('common/lifecycle/lifecycle.module.js');
const { loadConfig } = await load('config/load-config.js');
const { RedisModule } = await load('infra/redis/redis.module.js');
const { ServerState } = await load('common/lifecycle/server-state.js');
const { SqlConnector } = await load('infra/sql/sql-connector.js');
const { SqlModule } = await load('infra/sql/sql.module.js');
const { USUAL_WHOOP_TIMINGS } = await load('modules/whoop/api/whoop-timings.js');
const { WhoopModule } = await load('modules/whoop/whoop.module.js');
const { WhoopSyncRequestsService } = await load('modules/whoop/sync/whoop-sync-requests.service.js');

const [databaseUrl, whoopUrl] = process.argv.slice(2);
const config = loadConfig({
  NODE_ENV: 'test',
  SQL_CONNECT_TIMEOUT_MS: '15000',
  SQL_QUERY_TIMEOUT_MS: '20000',
  JWT_SECRET: 'kX9-4fQz!nB7_vLw2@tR6#pH8$cM1%dJ',
  ENCRYPTION_KEY: '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
  DATABASE_URL: databaseUrl,
  WHOOP_CLIENT_ID: 'double-client-id',
  WHOOP_CLIENT_SECRET: 'double-client-secret-canary',
  WHOOP_API_URL: whoopUrl,
  WHOOP_SYNC_CRON: 'off',
  WHOOP_TIMEOUT_MS: '1000',
});
// They are symbols of the modules, so their providers are changed where they stand.
Object.assign(USUAL_JOB_TIMINGS, { leaseMs: 700, heartbeatMs: 150, upkeepMs: 100, lookMs: 50 });
Object.assign(USUAL_WHOOP_TIMINGS, { retryDelayMs: 5, breakerOpenMs: 50, refreshDoubtMs: 1000, pollMs: 15 });
class Worker {}
const module = {
  module: Worker,
  imports: [
    ConfigModule.forRoot(config),
    LifecycleModule,
    AccountLifecycleModule,
    SqlModule,
    RedisModule,
    CryptoModule,
    JobsModule,
    WhoopModule,
  ],
};
const app = await NestFactory.createApplicationContext(module, { logger: false });
await app.get(SqlConnector).ready;
app.get(ServerState).markRunning();
process.stdout.write('began\n');
try {
  const { run } = await app.get(WhoopSyncRequestsService).full(365);
  process.stdout.write(`ended ${run.status}\n`);
} catch (error) {
  process.stdout.write(`ended ${error instanceof Error ? error.name : 'unknown'}\n`);
}
setInterval(() => undefined, 60_000);
