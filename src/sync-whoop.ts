import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Logger, Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DomainError } from './common/errors/domain.error.js';
import { LifecycleModule } from './common/lifecycle/lifecycle.module.js';
import { ServerState } from './common/lifecycle/server-state.js';
import type { AppConfig } from './config/app.config.js';
import { ConfigModule } from './config/config.module.js';
import { loadEnvFile } from './config/env-file.js';
import { loadConfig } from './config/load-config.js';
import { CryptoModule } from './infra/crypto/crypto.module.js';
import { JobsModule } from './infra/jobs/jobs.module.js';
import { createPino, PinoLoggerService } from './infra/logging/logger.js';
import { RedisModule } from './infra/redis/redis.module.js';
import { SqlConnector } from './infra/sql/sql-connector.js';
import { SqlModule } from './infra/sql/sql.module.js';
import { WhoopLinksService } from './modules/whoop/grant/whoop-links.service.js';
import { SyncPrinter } from './modules/whoop/sync/sync-printer.js';
import { WhoopSyncService } from './modules/whoop/sync/whoop-sync.service.js';
import { WhoopModule } from './modules/whoop/whoop.module.js';

const MAX_DAYS = 365;
const USAGE = `Usage: npm run sync:whoop -- [--days=365]

Fetches the last days (1 to ${MAX_DAYS}, default ${MAX_DAYS}) of the linked WHOOP member into the database (DATABASE_URL, else the file in
DATA_DIR), as POST /api/whoop/sync/full does. A server on the same database may be running: a sync that it has begun is watched
instead of beginning another one. Exit code: 0 completed, 1 failed, 2 partial, 130 interrupted.`;

const LOOK_MS = 300;
const STORE_LIMIT_MS = 30_000;
const FAILED = 1;
const INTERRUPTED = 130;

/** What a sync needs of the server: no routes, no MongoDB, no schedule. */
@Module({})
class SyncModule {
  static forRoot(config: AppConfig): DynamicModule {
    return {
      module: SyncModule,
      imports: [
        ConfigModule.forRoot(config),
        LifecycleModule,
        SqlModule,
        RedisModule,
        CryptoModule,
        JobsModule,
        WhoopModule,
      ],
    };
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { days: { type: 'string' }, help: { type: 'boolean', default: false } } });
  const days = Number(values.days ?? MAX_DAYS);
  if (values.help || !Number.isInteger(days) || days < 1 || days > MAX_DAYS) {
    console.error(USAGE);
    return values.help ? 0 : FAILED;
  }
  const config = loadConfig(loadEnvFile(process.env));
  const logger = new PinoLoggerService(createPino({ ...config.logging, level: 'error' }));
  Logger.overrideLogger(logger);
  const settings: AppConfig = {
    ...config,
    // Also where the server leaves the work to others; and what begins by itself would come first.
    jobs: { ...config.jobs, processType: 'all' },
    whoop: { ...config.whoop, syncCron: null },
  };
  const app = await NestFactory.createApplicationContext(SyncModule.forRoot(settings), { logger, abortOnError: false });
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  try {
    return await sync(app, days, interrupted.signal);
  } finally {
    await app.close();
  }
}

async function sync(app: INestApplicationContext, days: number, interrupted: AbortSignal): Promise<number> {
  const isReady = await Promise.race([
    app.get(SqlConnector).ready.then(() => true),
    sleep(STORE_LIMIT_MS, false, { ref: false }),
  ]);
  if (!isReady) {
    console.error('The database does not answer');
    return FAILED;
  }
  app.get(ServerState).markRunning();
  await app.get(WhoopLinksService).importSeed();
  await app.get(WhoopLinksService).assertLinked();
  const syncs = app.get(WhoopSyncService);
  const printer = new SyncPrinter(process.stdout);
  const id = await syncs.begin('command', days);
  while (!interrupted.aborted) {
    const run = await syncs.find(id);
    if (run === null) throw new Error('The sync was erased with all data');
    if (run.status !== 'running') return printer.end(run);
    printer.show(run);
    await sleep(LOOK_MS, undefined, { signal: interrupted }).catch(() => undefined);
  }
  console.error('Interrupted: the sync goes on where it was when a server runs, or with the next sync');
  return INTERRUPTED;
}

function sentence(error: unknown): string {
  if (error instanceof DomainError && error.explanation !== undefined) return `${error.message}: ${error.explanation}`;
  return error instanceof Error ? error.message : String(error);
}

// What this process writes is for its owner alone.
process.umask(0o077);

try {
  process.exit(await main());
} catch (error) {
  console.error(sentence(error));
  process.exit(FAILED);
}
