import { jest } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { AccountLifecycleModule } from '../../src/common/lifecycle/account-lifecycle.module.js';
import { LifecycleModule } from '../../src/common/lifecycle/lifecycle.module.js';
import { Clock } from '../../src/common/time/clock.js';
import type { UsageConfig } from '../../src/config/app.config.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { loadConfig } from '../../src/config/load-config.js';
import { SqlConnector } from '../../src/infra/sql/sql-connector.js';
import { SqlModule } from '../../src/infra/sql/sql.module.js';
import { TEST_SECRETS, TestClock } from './auth.js';
import type { SqlTestDatabase } from './sql.js';
import { PATIENT } from './patience.js';

// Decorators of controllers, of which nothing is called here: Jest cannot load this package, which requires ES modules.
jest.unstable_mockModule('@nestjs/throttler', () => ({ SkipThrottle: () => () => undefined }));
const { UsageAnalyticsModule } = await import('../../src/modules/analytics/usage/usage-analytics.module.js');

/** One process with usage analytics, whose schedules do not run. Several on one database are replicas. */
export interface UsageApp {
  clock: TestClock;
  get: TestingModule['get'];
  close(): Promise<void>;
}

export async function startUsageApp(
  database: SqlTestDatabase,
  options: { clock?: TestClock; usage?: Partial<UsageConfig> } = {},
): Promise<UsageApp> {
  const { location, dialect } = database.config;
  const clock = options.clock ?? new TestClock();
  const config = loadConfig({
    ...PATIENT,
    NODE_ENV: 'test',
    ...TEST_SECRETS,
    DATABASE_URL: dialect === 'sqlite' ? `sqlite://${location}` : location,
  });
  config.usage = { ...config.usage, ...options.usage };
  const module = await Test.createTestingModule({
    imports: [ConfigModule.forRoot(config), LifecycleModule, AccountLifecycleModule, SqlModule, UsageAnalyticsModule],
  })
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  module.useLogger(false);
  await module.init();
  await module.get(SqlConnector).ready;
  return { clock, get: module.get.bind(module), close: () => module.close() };
}
