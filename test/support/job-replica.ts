import { Test } from '@nestjs/testing';
import { LifecycleModule } from '../../src/common/lifecycle/lifecycle.module.js';
import { ServerState } from '../../src/common/lifecycle/server-state.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { loadConfig } from '../../src/config/load-config.js';
import { JobQueue } from '../../src/infra/jobs/job-queue.js';
import { JOB_TIMINGS, USUAL_JOB_TIMINGS, type JobTimings } from '../../src/infra/jobs/job-timings.js';
import { JobsModule } from '../../src/infra/jobs/jobs.module.js';
import { RedisModule } from '../../src/infra/redis/redis.module.js';
import { SqlConnector } from '../../src/infra/sql/sql-connector.js';
import { SqlModule } from '../../src/infra/sql/sql.module.js';
import { TEST_SECRETS } from './auth.js';
import type { SqlTestDatabase } from './sql.js';
import { PATIENT } from './patience.js';

export interface JobReplica {
  queue: JobQueue;
  get<T>(type: abstract new (...args: never[]) => T): T;
  close(): Promise<void>;
}

export interface JobReplicaOptions {
  redisUrl?: string;
  processType?: 'all' | 'api';
  shutdownTimeoutMs?: number;
  /** What is not as usual. */
  timings?: Partial<JobTimings>;
}

/** The job queue of one process. Several on one database (and Redis) are replicas. */
export async function startJobReplica(
  database: SqlTestDatabase,
  register: (queue: JobQueue) => void,
  options: JobReplicaOptions = {},
): Promise<JobReplica> {
  const { location, dialect } = database.config;
  const config = loadConfig({
    ...PATIENT,
    NODE_ENV: 'test',
    ...TEST_SECRETS,
    DATABASE_URL: dialect === 'sqlite' ? `sqlite://${location}` : location,
    REDIS_URL: options.redisUrl ?? '',
    PROCESS_TYPE: options.processType ?? 'all',
    SHUTDOWN_TIMEOUT_MS: String(options.shutdownTimeoutMs ?? 1000),
  });
  const module = await Test.createTestingModule({
    imports: [ConfigModule.forRoot(config), LifecycleModule, SqlModule, RedisModule, JobsModule],
  })
    .overrideProvider(JOB_TIMINGS)
    .useValue({ ...USUAL_JOB_TIMINGS, ...options.timings })
    .setLogger(false as never)
    .compile();
  module.useLogger(false);
  const queue = module.get(JobQueue);
  register(queue);
  await module.init();
  await module.get(SqlConnector).ready;
  module.get(ServerState).markRunning();
  return {
    queue,
    get: (type) => module.get(type as never),
    close: () => module.close(),
  };
}
