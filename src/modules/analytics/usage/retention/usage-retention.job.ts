import { Inject, Injectable } from '@nestjs/common';
import { Interval, Timeout } from '@nestjs/schedule';
import { setTimeout as sleep } from 'node:timers/promises';
import { Clock } from '../../../../common/time/clock.js';
import { USAGE_CONFIG, type UsageConfig } from '../../../../config/app.config.js';
import { ScheduleService } from '../../../../infra/schedule/schedule.service.js';
import { LOOK_INTERVAL_MS, ScheduledWorkJob } from '../../../../infra/schedule/scheduled-work.job.js';
import { SqlConnector } from '../../../../infra/sql/sql-connector.js';
import { DAY_MS } from '../quarter.js';
import { RAW_TABLES, RawRowsRepository } from './raw-rows.repository.js';

const AFTER_START_MS = 90_000;
const ROWS_PER_STEP = 2000;
const PAUSE_MS = 20;
/**
 * Rows are kept so much longer than new ones of their time are accepted: the session that such a row belongs to may have
 * begun a day before it, and clocks of replicas differ.
 */
const MARGIN_MS = 2 * DAY_MS;

/** Deletes raw rows after USAGE_RETENTION_DAYS, a few at a time. Also soon after a start, for servers that are off at night. */
@Injectable()
export class UsageRetentionJob extends ScheduledWorkJob {
  protected readonly schedule = {
    name: 'usage-retention',
    description: 'Deletes raw usage rows that are older than they are kept',
    cron: '41 3 * * *',
  };

  constructor(
    schedules: ScheduleService,
    private readonly rows: RawRowsRepository,
    private readonly connector: SqlConnector,
    private readonly clock: Clock,
    @Inject(USAGE_CONFIG) private readonly config: UsageConfig,
  ) {
    super(schedules);
  }

  @Timeout('usage-retention-after-start', AFTER_START_MS)
  lookAfterStart(): Promise<void> {
    return this.look();
  }

  @Interval('usage-retention', LOOK_INTERVAL_MS)
  override look(): Promise<void> {
    return super.look();
  }

  protected override async work(signal: AbortSignal): Promise<void> {
    if (this.connector.isReady()) await super.work(signal);
  }

  protected report(error: unknown): void {
    this.logger.error('Old usage rows wait for the next run', error instanceof Error ? error.stack : error);
  }

  protected async carryOut(signal: AbortSignal): Promise<void> {
    const before = this.clock.now() - this.config.retentionDays * DAY_MS - MARGIN_MS;
    for (const table of RAW_TABLES) {
      while (!signal.aborted && (await this.rows.deleteOldest(table, before, ROWS_PER_STEP))) await sleep(PAUSE_MS);
    }
  }
}
