import { Injectable } from '@nestjs/common';
import { JobQueueFullError, JobQueueUnreachableError } from './job.errors.js';
import { JobsRepository, type Inserted, type NewJob } from './jobs.repository.js';

const MAX_BATCH = 50;
const MAX_WAITING = 2000;

interface Waiting {
  job: NewJob;
  resolve: (inserted: Inserted) => void;
  reject: (error: unknown) => void;
}

/**
 * Writes what is queued in the same moment in one transaction. Jobs of a kind are added one after another, so that limits
 * hold among replicas; each with a commit of its own, a burst of fifty would take seconds.
 */
@Injectable()
export class JobInserts {
  private readonly waiting: Waiting[] = [];
  private isWriting = false;

  constructor(private readonly rows: JobsRepository) {}

  /** @throws JobQueueFullError, TooManyJobsError, or what the store says */
  insert(job: NewJob): Promise<Inserted> {
    if (this.waiting.length >= MAX_WAITING) return Promise.reject(new JobQueueUnreachableError());
    return new Promise((resolve, reject) => {
      this.waiting.push({ job, resolve, reject });
      if (!this.isWriting) void this.write();
    });
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, MAX_BATCH);
      try {
        const results = await this.rows.insertAll(batch.map(({ job }) => job));
        batch.forEach(({ resolve, reject }, i) => {
          const result = results[i] ?? new JobQueueFullError();
          if (result instanceof Error) reject(result);
          else resolve(result);
        });
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.isWriting = false;
  }
}
