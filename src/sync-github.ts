import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LifecycleModule } from './common/lifecycle/lifecycle.module.js';
import { ServerState } from './common/lifecycle/server-state.js';
import type { AppConfig } from './config/app.config.js';
import { ConfigModule } from './config/config.module.js';
import { loadEnvFile } from './config/env-file.js';
import { ConfigError, loadConfig } from './config/load-config.js';
import { JobsModule } from './infra/jobs/jobs.module.js';
import { createPino, PinoLoggerService } from './infra/logging/logger.js';
import { RedisModule } from './infra/redis/redis.module.js';
import { SqlConnector } from './infra/sql/sql-connector.js';
import { SqlModule } from './infra/sql/sql.module.js';
import { GithubRefreshModule } from './modules/github/github.module.js';
import { RefreshPrinter } from './modules/github/refresh/refresh-printer.js';
import { RefreshService } from './modules/github/refresh/refresh.service.js';

const USAGE = `Usage: npm run sync:github

Reads the repositories of GITHUB_ACCESS_TOKEN's owner into the database (DATABASE_URL, else the file in DATA_DIR), as
POST /api/github/refresh does. A server on the same database may be running: where it has begun a refresh, this one is watched.
Exit code: 0 completed, 1 failed, 2 partial (some repositories could not be read), 130 interrupted.`;

const LOOK_MS = 500;
const STORE_LIMIT_MS = 30_000;
const FAILED = 1;
const INTERRUPTED = 130;

/** What a refresh needs of the server: no routes, no MongoDB, no schedule. */
@Module({})
class SyncModule {
  static forRoot(config: AppConfig): DynamicModule {
    return {
      module: SyncModule,
      imports: [ConfigModule.forRoot(config), LifecycleModule, SqlModule, RedisModule, JobsModule, GithubRefreshModule],
    };
  }
}

async function main(): Promise<number> {
  if (process.argv.length > 2) {
    console.error(USAGE);
    return FAILED;
  }
  const config = loadConfig(loadEnvFile(process.env));
  if (config.github.token === undefined) {
    console.error('GitHub not configured: set GITHUB_ACCESS_TOKEN');
    return FAILED;
  }
  const logger = new PinoLoggerService(createPino({ ...config.logging, level: 'error' }));
  Logger.overrideLogger(logger);
  // Also where the server leaves the work to others.
  const jobs = { ...config.jobs, processType: 'all' as const };
  const app = await NestFactory.createApplicationContext(SyncModule.forRoot({ ...config, jobs }), {
    logger,
    abortOnError: false,
  });
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  try {
    return await sync(app, interrupted.signal);
  } finally {
    await app.close();
  }
}

async function sync(app: INestApplicationContext, interrupted: AbortSignal): Promise<number> {
  const isReady = await Promise.race([
    app.get(SqlConnector).ready.then(() => true),
    sleep(STORE_LIMIT_MS, false, { ref: false }),
  ]);
  if (!isReady) {
    console.error('The database does not answer');
    return FAILED;
  }
  app.get(ServerState).markRunning();
  const refreshes = app.get(RefreshService);
  const printer = new RefreshPrinter(process.stdout);
  const { id } = await refreshes.start();
  for (;;) {
    const refresh = await refreshes.get(id);
    if (refresh.job.completedAt !== null) return printer.end(refresh);
    printer.show(refresh);
    if (interrupted.aborted) break;
    await sleep(LOOK_MS, undefined, { signal: interrupted }).catch(() => undefined);
  }
  console.error('Interrupted: the refresh goes on where it was when a server runs, or with the next sync');
  return INTERRUPTED;
}

// What this process writes is for its owner alone.
process.umask(0o077);

try {
  process.exit(await main());
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error instanceof Error ? error.message : String(error));
  process.exit(FAILED);
}
