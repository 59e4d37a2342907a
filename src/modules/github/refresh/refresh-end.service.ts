import { Injectable, Logger } from '@nestjs/common';
import { countSyncRun, showLastSync, type SyncOutcome } from '../../../common/metrics/sync-metrics.js';
import { Clock } from '../../../common/time/clock.js';
import type { EndStatus } from '../store/github-refresh.entity.js';
import { RefreshJobsRepository } from '../store/refresh-jobs.repository.js';
import { outcomeOf } from './refresh-outcome.js';

/** Refreshes whose course can be looked up. */
const KEPT_JOBS = 30;

/** Ends refreshes: once each, whoever comes first. */
@Injectable()
export class RefreshEndService {
  private readonly logger = new Logger(RefreshEndService.name);

  constructor(
    private readonly jobs: RefreshJobsRepository,
    private readonly clock: Clock,
  ) {}

  async endByItems(jobId: string): Promise<void> {
    const items = (await this.jobs.listItems([jobId])).get(jobId) ?? [];
    const { status, errorMessage } = outcomeOf(items);
    await this.end(jobId, status, errorMessage);
  }

  /** @param outcome what is counted, where the status does not say it */
  async end(
    jobId: string,
    status: EndStatus,
    errorMessage: string | null,
    outcome: SyncOutcome = status,
  ): Promise<void> {
    const now = this.clock.now();
    if (!(await this.jobs.end(jobId, status, errorMessage, now))) return;
    countSyncRun('github', outcome);
    if (status === 'completed') showLastSync('github', now);
    this.logger.log(`The refresh of GitHub ended as ${outcome}${errorMessage === null ? '' : `: ${errorMessage}`}`);
    await this.jobs.deleteAllBut(KEPT_JOBS);
  }

  /** After a restart the metrics go on from what is stored. */
  async showStoredSuccess(): Promise<void> {
    const at = await this.jobs.findLastCompletion();
    if (at !== null) showLastSync('github', at);
  }
}
