import { Inject, Injectable } from '@nestjs/common';
import { Cron, Timeout } from '@nestjs/schedule';
import { Clock } from '../../../../common/time/clock.js';
import { RETENTION_CONFIG, type RetentionConfig } from '../../../../config/app.config.js';
import { BackgroundJob } from '../../../../infra/jobs/background-job.js';
import { LeaseService } from '../../../../infra/lease/lease.service.js';
import { ProjectsService } from '../../../projects/projects.service.js';
import { EventRetentionService } from './event-retention.service.js';
import { retentionLimits } from './event-retention.js';

const LEASE_MS = 60_000;
const AFTER_START_MS = 120_000;

/** Deletes old events once a day. Also runs soon after a start, for servers that are off at night. */
@Injectable()
export class EventRetentionJob extends BackgroundJob {
  constructor(
    private readonly leases: LeaseService,
    private readonly projects: ProjectsService,
    private readonly retention: EventRetentionService,
    private readonly clock: Clock,
    @Inject(RETENTION_CONFIG) private readonly config: RetentionConfig,
  ) {
    super();
  }

  @Timeout('event-retention-after-start', AFTER_START_MS)
  runAfterStart(): Promise<void> {
    return this.run();
  }

  @Cron('47 3 * * *', { name: 'event-retention' })
  override run(): Promise<void> {
    return super.run();
  }

  protected async work(signal: AbortSignal): Promise<void> {
    await this.leases.withLease('event-retention', LEASE_MS, (lost) =>
      this.applyToAll(AbortSignal.any([lost, signal])),
    );
  }

  protected report(error: unknown): void {
    this.logger.error('Deleting old events waits for the next run', error instanceof Error ? error.stack : error);
  }

  private async applyToAll(signal: AbortSignal): Promise<void> {
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
