import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/clock.js';
import { JobQueue } from '../../../infra/jobs/job-queue.js';
import { GithubClient } from '../client/github.client.js';
import { GithubNotConfiguredError, RefreshJobNotFoundError } from '../github.errors.js';
import { DownloadFolders } from '../lines/download-folders.js';
import { RefreshJobsRepository, type RefreshItemRow, type RefreshJobRow } from '../store/refresh-jobs.repository.js';
import { RefreshEndService } from './refresh-end.service.js';

export const REFRESH_KIND = 'github-refresh';

const LISTED_JOBS = 10;
const QUEUE = { userId: null } as const;

export interface Refresh {
  job: RefreshJobRow;
  items: RefreshItemRow[];
}

/** Refreshes as those who ask for them see them: one at a time, durable from the answer on. */
@Injectable()
export class RefreshService {
  constructor(
    private readonly client: GithubClient,
    private readonly queue: JobQueue,
    private readonly jobs: RefreshJobsRepository,
    private readonly ends: RefreshEndService,
    private readonly folders: DownloadFolders,
    private readonly clock: Clock,
  ) {}

  get isConfigured(): boolean {
    return this.client.isConfigured;
  }

  /** @throws GithubNotConfiguredError */
  assertConfigured(): void {
    if (!this.isConfigured) throw new GithubNotConfiguredError();
  }

  /**
   * The refresh that is going on, else a new one.
   * @param id of the new one; where that was begun before, it is what is returned
   * @throws GithubNotConfiguredError, UnavailableError
   */
  async start(id: string = randomUUID()): Promise<RefreshJobRow> {
    this.assertConfigured();
    for (;;) {
      const known = (await this.jobs.find(id)) ?? (await this.jobs.findActive());
      if (known !== null) return known;
      if (await this.jobs.create(id, this.clock.now())) return this.enqueue(id);
    }
  }

  /** @throws RefreshJobNotFoundError */
  async get(id: string): Promise<Refresh> {
    const refresh = await this.find(id);
    if (refresh === null) throw new RefreshJobNotFoundError();
    return refresh;
  }

  async find(id: string): Promise<Refresh | null> {
    const job = await this.jobs.find(id);
    return job === null ? null : this.withItems([job]).then(([refresh]) => refresh ?? null);
  }

  /** The newest first. */
  async list(): Promise<Refresh[]> {
    return this.withItems(await this.jobs.list(LISTED_JOBS));
  }

  /** One that is over stays as it is. What was read until now is kept. @throws RefreshJobNotFoundError */
  async cancel(id: string): Promise<Refresh> {
    await this.get(id);
    // The row first: a run that is going on is refused its next write from here on.
    await this.ends.end(id, 'failed', 'Cancelled', 'cancelled');
    await this.queue.cancel(REFRESH_KIND, id);
    return this.get(id);
  }

  /**
   * Puts right what a crash between two steps left: a refresh that was promised and not queued is queued, one whose work is
   * over for the queue is over.
   */
  async reconcile(): Promise<void> {
    const active = await this.jobs.findActive();
    if (active === null) return;
    const queued = await this.queue.find(REFRESH_KIND, active.id);
    if (queued === null) await this.queue.enqueue(REFRESH_KIND, active.id, {}, { ...QUEUE, withoutRedis: 'accept' });
    else if (queued.endedAt !== null) await this.ends.end(active.id, 'failed', queued.error?.message ?? 'Interrupted');
  }

  /** Downloads that a crash left; where a refresh is to go on, its run does it. */
  async removeLeftovers(): Promise<void> {
    if ((await this.jobs.findActive()) === null) await this.folders.removeLeftovers();
  }

  private async enqueue(id: string): Promise<RefreshJobRow> {
    try {
      await this.queue.enqueue(REFRESH_KIND, id, {}, QUEUE);
    } catch (error) {
      await this.jobs.delete(id);
      throw error;
    }
    return (await this.get(id)).job;
  }

  private async withItems(jobs: RefreshJobRow[]): Promise<Refresh[]> {
    const items = await this.jobs.listItems(jobs.map(({ id }) => id));
    return jobs.map((job) => ({ job, items: items.get(job.id) ?? [] }));
  }
}
