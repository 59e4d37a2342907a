import { Inject, Injectable } from '@nestjs/common';
import { Cron, Timeout } from '@nestjs/schedule';
import { INGEST_CONFIG, type IngestConfig } from '../../../../config/app.config.js';
import { BackgroundJob } from '../../../../infra/jobs/background-job.js';
import { LeaseService } from '../../../../infra/lease/lease.service.js';
import { ProjectsService } from '../../../projects/projects.service.js';
import { ProductErasureService } from './product-erasure.service.js';

const LEASE_MS = 60_000;
const DAY_MS = 86_400_000;
const AFTER_START_MS = 60_000;

/**
 * Erases projects some time after their deletion: events, links, and the project last, so that an
 * interrupted run is taken up by the next. Also runs soon after a start, for servers that are off at night.
 */
@Injectable()
export class DeletedProjectsJob extends BackgroundJob {
  constructor(
    private readonly leases: LeaseService,
    private readonly projects: ProjectsService,
    private readonly erasure: ProductErasureService,
    @Inject(INGEST_CONFIG) private readonly config: IngestConfig,
  ) {
    super();
  }

  @Timeout('deleted-projects-after-start', AFTER_START_MS)
  runAfterStart(): Promise<void> {
    return this.run();
  }

  @Cron('17 3 * * *', { name: 'deleted-projects' })
  override run(): Promise<void> {
    return super.run();
  }

  protected async work(signal: AbortSignal): Promise<void> {
    await this.leases.withLease('deleted-projects', LEASE_MS, (lost) => this.eraseAll(AbortSignal.any([lost, signal])));
  }

  protected report(error: unknown): void {
    this.logger.error('Erasing deleted projects waits for the next run', error instanceof Error ? error.stack : error);
  }

  private async eraseAll(signal: AbortSignal): Promise<void> {
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
