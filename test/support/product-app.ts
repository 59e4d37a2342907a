import { jest } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import { Test, type TestingModule } from '@nestjs/testing';
import type { Connection } from 'mongoose';
import { AccountLifecycleModule } from '../../src/common/lifecycle/account-lifecycle.module.js';
import { LifecycleModule } from '../../src/common/lifecycle/lifecycle.module.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { loadConfig } from '../../src/config/load-config.js';
import { LeaseModule } from '../../src/infra/lease/lease.module.js';
import { MongoConnector } from '../../src/infra/mongo/mongo-connector.js';
import { MongoModule } from '../../src/infra/mongo/mongo.module.js';
import { SqlConnector } from '../../src/infra/sql/sql-connector.js';
import { SqlModule } from '../../src/infra/sql/sql.module.js';
import { ReplicaDelay } from '../../src/modules/analytics/product/removal/replica-delay.js';
import { EpochRecoveryJob } from '../../src/modules/events/product/segments/epoch-recovery.job.js';
import { TEST_SECRETS } from './auth.js';
import type { SqlTestDatabase } from './sql.js';
import { PATIENT } from './patience.js';

// Decorators of controllers, of which nothing is called here: Jest cannot load this package, which requires ES modules.
jest.unstable_mockModule('@nestjs/throttler', () => ({ SkipThrottle: () => () => undefined }));
const { ProductRemovalModule } = await import('../../src/modules/analytics/product/removal/product-removal.module.js');

export interface ProductAppOptions {
  mongoUri: string;
  /** Several processes on the same are replicas. */
  databaseName: string;
  sql: SqlTestDatabase;
  /** How long an erasure waits for others; only for those who are alone. */
  replicaDelayMs?: number;
}

/** A process with projects, ingest, rollups and erasure, whose schedules do not run: a test starts what it wants to. */
export interface ProductApp {
  module: TestingModule;
  connection: Connection;
  get: TestingModule['get'];
  close(): Promise<void>;
}

export async function startProductApp(options: ProductAppOptions): Promise<ProductApp> {
  const { location, dialect } = options.sql.config;
  const config = loadConfig({
    ...PATIENT,
    NODE_ENV: 'test',
    ...TEST_SECRETS,
    DATABASE_URL: dialect === 'sqlite' ? `sqlite://${location}` : location,
    MONGODB_DB_NAME: options.databaseName,
    RATE_LIMIT_ENABLED: 'false',
  });
  config.mongo = { ...config.mongo, uri: options.mongoUri, embedded: process.env.TEST_MONGODB_URI === undefined };
  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.forRoot(config),
      LifecycleModule,
      AccountLifecycleModule,
      MongoModule,
      SqlModule,
      LeaseModule,
      ProductRemovalModule,
    ],
  })
    .overrideProvider(ReplicaDelay)
    .useValue(new TestDelay(options.replicaDelayMs))
    // On an embedded engine it takes the epochs of all others for dead, also those of replicas that live on in a test.
    .overrideProvider(EpochRecoveryJob)
    .useValue({})
    .compile();
  module.useLogger(false);
  await module.init();
  await Promise.all([module.get(MongoConnector).ready, module.get(SqlConnector).ready]);
  return {
    module,
    connection: module.get(getConnectionToken()),
    get: module.get.bind(module),
    close: () => module.close(),
  };
}

class TestDelay extends ReplicaDelay {
  protected override readonly milliseconds: number;

  constructor(milliseconds = 0) {
    super();
    this.milliseconds = milliseconds;
  }
}
