import { Inject, Injectable } from '@nestjs/common';
import { Interval, Timeout } from '@nestjs/schedule';
import { INGEST_CONFIG, type IngestConfig } from '../../../../config/app.config.js';
import { ScheduleService } from '../../../../infra/schedule/schedule.service.js';
import { LOOK_INTERVAL_MS, ScheduledWorkJob } from '../../../../infra/schedule/scheduled-work.job.js';
import { ProjectsService } from '../../../projects/projects.service.js';
import { ProductErasureService } from './product-erasure.service.js';

export const DELETED_PROJECTS = 'deleted-projects';
const DAY_MS = 86_400_000;
const AFTER_START_MS = 60_000;

/**
 * Erases projects some time after their deletion: events, links, and the project last, so that an
 * interrupted run is taken up by the next. Also runs soon after a start, for servers that are off at night.
 */
@Injectable()
export class DeletedProjectsJob extends ScheduledWorkJob {
  protected readonly schedule = {
    name: DELETED_PROJECTS,
    description: 'Erases projects that were deleted long ago',
    cron: '17 3 * * *',
  };

  constructor(
    schedules: ScheduleService,
    private readonly projects: ProjectsService,
    private readonly erasure: ProductErasureService,
    @Inject(INGEST_CONFIG) private readonly config: IngestConfig,
  ) {
    super(schedules);
  }

  @Timeout('deleted-projects-after-start', AFTER_START_MS)
  lookAfterStart(): Promise<void> {
    return this.look();
  }

  @Interval('deleted-projects', LOOK_INTERVAL_MS)
  override look(): Promise<void> {
    return super.look();
  }

  protected report(error: unknown): void {
    this.logger.error('Erasing deleted projects waits for the next run', error instanceof Error ? error.stack : error);
  }

  protected async carryOut(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const now = new Date();
      const deletedBefore = new Date(now.getTime() - this.config.deletedProjectDays * DAY_MS);
      const projectKey = await this.projects.claimForErasure(deletedBefore, now);
      if (projectKey === null || !(await this.erasure.erase(projectKey, signal))) return;
      await this.projects.deleteErased(projectKey);
      this.logger.log('Erased a project that was deleted long ago');
    }
  }
}
