import { jest } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import type { DataSource } from 'typeorm';
import { getDataSourceToken } from '@nestjs/typeorm';
import { Administrators } from '../../../src/common/auth/administrators.js';
import { AccountLifecycleModule } from '../../../src/common/lifecycle/account-lifecycle.module.js';
import { LifecycleModule } from '../../../src/common/lifecycle/lifecycle.module.js';
import { ServerState } from '../../../src/common/lifecycle/server-state.js';
import { ConfigModule } from '../../../src/config/config.module.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { CryptoModule } from '../../../src/infra/crypto/crypto.module.js';
import { JOB_TIMINGS, USUAL_JOB_TIMINGS } from '../../../src/infra/jobs/job-timings.js';
import { JobsModule } from '../../../src/infra/jobs/jobs.module.js';
import { RedisModule } from '../../../src/infra/redis/redis.module.js';
import { SqlConnector } from '../../../src/infra/sql/sql-connector.js';
import { SqlModule } from '../../../src/infra/sql/sql.module.js';
import { USUAL_WHOOP_TIMINGS, WHOOP_TIMINGS, type WhoopTimings } from '../../../src/modules/whoop/api/whoop-timings.js';
import { TEST_SECRETS } from '../auth.js';
import type { SqlTestDatabase } from '../sql.js';
import { CLIENT_ID, CLIENT_SECRET, type WhoopDouble } from './whoop-double.js';
import { PATIENT } from '../patience.js';

// Decorators of controllers, of which nothing is called here: Jest cannot load this package, which requires ES modules.
jest.unstable_mockModule('@nestjs/throttler', () => ({ SkipThrottle: () => () => undefined }));
const { WhoopModule } = await import('../../../src/modules/whoop/whoop.module.js');

const QUICK: WhoopTimings = {
  ...USUAL_WHOOP_TIMINGS,
  retryDelayMs: 5,
  breakerOpenMs: 50,
  refreshDoubtMs: 20_000,
  pollMs: 15,
  syncWaitMs: 60_000,
};

export interface WhoopApp {
  get: TestingModule['get'];
  dataSource: DataSource;
  close(): Promise<void>;
}

/** The WHOOP module of one process, with its job queue. Several on one database are replicas. */
export async function startWhoopApp(
  database: SqlTestDatabase,
  double: WhoopDouble,
  options: { timings?: Partial<WhoopTimings>; env?: Record<string, string> } = {},
): Promise<WhoopApp> {
  const { location, dialect } = database.config;
  const config = loadConfig({
    ...PATIENT,
    NODE_ENV: 'test',
    ...TEST_SECRETS,
    DATABASE_URL: dialect === 'sqlite' ? `sqlite://${location}` : location,
    WHOOP_CLIENT_ID: CLIENT_ID,
    WHOOP_CLIENT_SECRET: CLIENT_SECRET,
    WHOOP_API_URL: double.url,
    WHOOP_SYNC_CRON: 'off',
    WHOOP_TIMEOUT_MS: '10000',
    SHUTDOWN_TIMEOUT_MS: '1000',
    ...options.env,
  });
  const module = await Test.createTestingModule({
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
  })
    .overrideProvider(WHOOP_TIMINGS)
    .useValue({ ...QUICK, ...options.timings })
    .overrideProvider(JOB_TIMINGS)
    .useValue({ ...USUAL_JOB_TIMINGS, leaseMs: 15_000, heartbeatMs: 1000, upkeepMs: 200, lookMs: 60 })
    .compile();
  module.useLogger(false);
  await module.init();
  await module.get(SqlConnector).ready;
  // Accounts are not loaded here: whoever asks may.
  module.get(Administrators).answerBy(() => Promise.resolve(true));
  module.get(ServerState).markRunning();
  return { get: module.get.bind(module), dataSource: module.get(getDataSourceToken()), close: () => module.close() };
}
