import { randomUUID } from 'node:crypto';
import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountLifecycleModule } from '../../common/lifecycle/account-lifecycle.module.js';
import { REDIS_CONFIG, type RedisConfig } from '../../config/app.config.js';
import { RedisConnector } from '../redis/redis-connector.js';
import { DatabaseClock } from '../sql/database-clock.js';
import { JobAccountData } from './job-account-data.js';
import { JobDispatcher } from './job-dispatcher.js';
import { JobInserts } from './job-inserts.js';
import { JobKinds } from './job-kinds.js';
import { JobQueue } from './job-queue.js';
import { JobRunner } from './job-runner.js';
import { JobRunsRepository } from './job-runs.repository.js';
import { JOB_TIMINGS, USUAL_JOB_TIMINGS, type JobTimings } from './job-timings.js';
import { JobUpkeep } from './job-upkeep.js';
import { JobUpkeepRepository } from './job-upkeep.repository.js';
import { InstanceValueEntity, JobEntity } from './job.entity.js';
import { JobsRepository } from './jobs.repository.js';
import { PollingDispatcher } from './polling-dispatcher.js';
import { SqlJobQueue } from './sql-job-queue.js';

export const JOB_ENTITIES = [JobEntity, InstanceValueEntity];

/** BullMQ when Redis is configured, else this process looks for itself. */
async function createDispatcher(
  config: RedisConfig,
  redis: RedisConnector,
  rows: JobsRepository,
  upkeep: JobUpkeepRepository,
  timings: JobTimings,
): Promise<JobDispatcher> {
  if (config.url === undefined || redis.client === undefined) return new PollingDispatcher(upkeep, timings.lookMs);
  // Loaded where it is used: BullMQ is a tenth of the time of a start.
  const { BullDispatcher } = await import('./bull-dispatcher.js');
  return new BullDispatcher(redis.client, {
    url: config.url,
    prefix: async () => `almanac:jobs:${await rows.keepValue('id', randomUUID())}`,
    overdue: (kind, forMs) => upkeep.overdue(kind, forMs),
    timings,
  });
}

/** Work that outlives requests and processes; see `JobQueue`. */
@Global()
@Module({
  imports: [AccountLifecycleModule, TypeOrmModule.forFeature(JOB_ENTITIES)],
  providers: [
    DatabaseClock,
    JobsRepository,
    JobInserts,
    JobRunsRepository,
    JobUpkeepRepository,
    JobKinds,
    JobRunner,
    JobUpkeep,
    { provide: JOB_TIMINGS, useValue: USUAL_JOB_TIMINGS },
    {
      provide: JobDispatcher,
      inject: [REDIS_CONFIG, RedisConnector, JobsRepository, JobUpkeepRepository, JOB_TIMINGS],
      useFactory: createDispatcher,
    },
    { provide: JobQueue, useClass: SqlJobQueue },
    JobAccountData,
  ],
  exports: [JobQueue, DatabaseClock],
})
export class JobsModule {}
