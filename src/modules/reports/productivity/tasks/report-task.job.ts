import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { PRODUCTIVITY_CONFIG, type ProductivityConfig } from '../../../../config/app.config.js';
import { JobQueue } from '../../../../infra/jobs/job-queue.js';
import { REPORT_JOB } from './report-requests.service.js';
import { ReportTaskRunService } from './report-task-run.service.js';

@Injectable()
export class ReportTaskJob implements OnModuleInit {
  constructor(
    private readonly jobs: JobQueue,
    private readonly service: ReportTaskRunService,
    @Inject(PRODUCTIVITY_CONFIG) private readonly config: ProductivityConfig,
  ) {}

  onModuleInit(): void {
    this.jobs.register(REPORT_JOB, (run) => this.service.run(run), {
      concurrency: 2,
      maxPerUser: this.config.maxTasksPerUser,
      maxQueued: 1000,
      maxAttempts: 3,
      backoff: { firstDelayMs: 2000, maxDelayMs: 20_000 },
      onFailed: (job) => this.service.fail(job),
    });
  }
}
