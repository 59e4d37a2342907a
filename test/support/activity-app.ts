import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import { Test, type TestingModule } from '@nestjs/testing';
import type { Connection } from 'mongoose';
import type { Principal } from '../../src/common/auth/principal.js';
import { LifecycleModule } from '../../src/common/lifecycle/lifecycle.module.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { loadConfig } from '../../src/config/load-config.js';
import { InfluxModule } from '../../src/infra/influx/influx.module.js';
import { LeaseModule } from '../../src/infra/lease/lease.module.js';
import { MongoConnector } from '../../src/infra/mongo/mongo-connector.js';
import { MongoModule } from '../../src/infra/mongo/mongo.module.js';
import { SqlConnector } from '../../src/infra/sql/sql-connector.js';
import { SqlModule } from '../../src/infra/sql/sql.module.js';
import type { ActivityService } from '../../src/modules/activity/activity.service.js';
import type { ActivityWritesService } from '../../src/modules/activity/ingest/activity-writes.service.js';
import type { Precision } from '../../src/modules/activity/line-protocol/timestamp.js';
import type { OrgsService } from '../../src/modules/orgs/orgs.service.js';
import { principal } from '../factories/principal.factory.js';
import { TEST_SECRETS } from './auth.js';
import type { SqlTestDatabase } from './sql.js';
import { PATIENT } from './patience.js';

// Decorators of controllers, of which nothing is called here: Jest cannot load this package, which requires ES modules.
jest.unstable_mockModule('@nestjs/throttler', () => ({ SkipThrottle: () => () => undefined }));
const { ActivityModule } = await import('../../src/modules/activity/activity.module.js');
const { ActivityStore } = await import('../../src/modules/activity/activity-store.js');
const { ActivityGatheringJob } = await import('../../src/modules/activity/embedded/activity-gathering.job.js');
const { ActivityGatheringService } = await import('../../src/modules/activity/embedded/activity-gathering.service.js');
const { ActivityWritesService: Writes } = await import('../../src/modules/activity/ingest/activity-writes.service.js');
const { OrgsService: Orgs } = await import('../../src/modules/orgs/orgs.service.js');

export interface ActivityAppOptions {
  mongoUri: string;
  /** Several processes on the same are replicas. */
  databaseName: string;
  sql: SqlTestDatabase;
  /** Further environment variables, such as those of InfluxDB. */
  env?: Record<string, string>;
}

export interface WriteOptions {
  caller?: Principal;
  /** The parameter of the request. */
  org?: string | null;
  precision?: Precision;
  receivedAt?: number;
}

/** A process with organizations and activity data, whose schedules do not run: a test starts what it wants to. */
export interface ActivityApp {
  module: TestingModule;
  connection: Connection;
  store: InstanceType<typeof ActivityStore> & ActivityService;
  orgs: OrgsService;
  gathering: InstanceType<typeof ActivityGatheringService>;
  /** Writes as `POST /api/v2/write` does. */
  write(lines: string | readonly string[] | Buffer, options?: WriteOptions): Promise<void>;
  close(): Promise<void>;
}

export async function startActivityApp(options: ActivityAppOptions): Promise<ActivityApp> {
  const { location, dialect } = options.sql.config;
  const config = loadConfig({
    ...PATIENT,
    NODE_ENV: 'test',
    ...TEST_SECRETS,
    DATABASE_URL: dialect === 'sqlite' ? `sqlite://${location}` : location,
    MONGODB_DB_NAME: options.databaseName,
    RATE_LIMIT_ENABLED: 'false',
    ...options.env,
  });
  config.mongo = { ...config.mongo, uri: options.mongoUri, embedded: process.env.TEST_MONGODB_URI === undefined };
  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.forRoot(config),
      LifecycleModule,
      MongoModule,
      SqlModule,
      InfluxModule,
      LeaseModule,
      ActivityModule,
    ],
  })
    .overrideProvider(ActivityGatheringJob)
    .useValue({})
    .compile();
  module.useLogger(false);
  await module.init();
  await Promise.all([module.get(MongoConnector).ready, module.get(SqlConnector).ready]);
  const writes: ActivityWritesService = module.get(Writes, { strict: false });
  return {
    module,
    connection: module.get(getConnectionToken()),
    store: module.get(ActivityStore, { strict: false }),
    orgs: module.get(Orgs, { strict: false }),
    gathering: module.get(ActivityGatheringService, { strict: false }),
    write: async (lines, { caller = principal(), org = null, precision = 'ns', receivedAt = Date.now() } = {}) => {
      const body = Buffer.isBuffer(lines) ? lines : Buffer.from(typeof lines === 'string' ? lines : lines.join('\n'));
      await writes.write(caller, { body, org, precision, receivedAt });
    },
    close: () => module.close(),
  };
}

/** A name that no other test has, also on a server that outlives the tests. */
export function freshName(name: string): string {
  return `${name}-${randomUUID().slice(0, 8)}`;
}

/** All points of a query, in an order of their own. */
export async function collect<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const points: T[] = [];
  for await (const batch of batches) points.push(...batch);
  return points.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
