import { Inject, Injectable } from '@nestjs/common';
import { Interval, Timeout } from '@nestjs/schedule';
import { Clock } from '../../../../common/time/clock.js';
import { RETENTION_CONFIG, type RetentionConfig } from '../../../../config/app.config.js';
import { ScheduleService } from '../../../../infra/schedule/schedule.service.js';
import { LOOK_INTERVAL_MS, ScheduledWorkJob } from '../../../../infra/schedule/scheduled-work.job.js';
import { ProjectsService } from '../../../projects/projects.service.js';
import { EventRetentionService } from './event-retention.service.js';
import { retentionLimits } from './event-retention.js';

const AFTER_START_MS = 120_000;

/** Deletes old events once a day. Also runs soon after a start, for servers that are off at night. */
@Injectable()
export class EventRetentionJob extends ScheduledWorkJob {
  protected readonly schedule = {
    name: 'event-retention',
    description: 'Deletes product events that are older than they are kept',
    cron: '47 3 * * *',
  };

  constructor(
    schedules: ScheduleService,
    private readonly projects: ProjectsService,
    private readonly retention: EventRetentionService,
    private readonly clock: Clock,
    @Inject(RETENTION_CONFIG) private readonly config: RetentionConfig,
  ) {
    super(schedules);
  }

  @Timeout('event-retention-after-start', AFTER_START_MS)
  lookAfterStart(): Promise<void> {
    return this.look();
  }

  @Interval('event-retention', LOOK_INTERVAL_MS)
  override look(): Promise<void> {
    return super.look();
  }

  protected report(error: unknown): void {
    this.logger.error('Deleting old events waits for the next run', error instanceof Error ? error.stack : error);
  }

  protected async carryOut(signal: AbortSignal): Promise<void> {
    for await (const { projectKey, eventRetentionDays } of this.projects.listAll()) {
      if (signal.aborted) return;
      const days = eventRetentionDays ?? this.config.eventDays;
      if (days !== null) await this.applyTo(projectKey, days, signal);
    }
  }

  /** A failure concerns this project only. */
  private async applyTo(projectKey: string, days: number, signal: AbortSignal): Promise<void> {
    try {
      const limits = retentionLimits(new Date(this.clock.now()), days);
      const deleted = await this.retention.apply(projectKey, limits, signal);
      if (deleted > 0) this.logger.log(`Deleted ${deleted} old events of project ${projectKey}`);
    } catch (error) {
      if (signal.aborted) return;
      this.logger.error(`The old events of project ${projectKey} wait for the next run: ${String(error)}`);
    }
  }
}
