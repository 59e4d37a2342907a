import type { RateState } from '../client/github-answers.js';
import type { WalkWatcher } from '../commits/history-walk.service.js';
import type { Fence, RunFigures } from '../store/fenced-writes.repository.js';
import type { RefreshJobRow } from '../store/refresh-jobs.repository.js';

/** Between two signs of life: a sign costs a write, and the time limit of a step is minutes. */
const KEEP_ALIVE_MS = 5000;

export interface RunOrder {
  jobId: string;
  /** Grows with each run of a job. */
  token: number;
  signal: AbortSignal;
  /** Begins the time limit of the step anew. */
  keepAlive: (progress: RunProgress) => Promise<void>;
}

export interface RunProgress {
  /** Something was read in this run that need not be read again. */
  hasProgressed: boolean;
  /** Pages of histories that were read, in this run. */
  pages: number;
  /** Repositories that are done, in all runs. */
  processed: number;
}

/** One run of a refresh: what it counts while it goes on. */
export class RefreshRun implements WalkWatcher {
  readonly fence: Fence;
  readonly signal: AbortSignal;
  private pages = 0;
  private readonly processedBefore: number;
  private processed: number;
  private points: number;
  private aliveAt = performance.now();

  constructor(
    job: RefreshJobRow,
    private readonly order: RunOrder,
  ) {
    this.fence = { jobId: order.jobId, token: order.token };
    this.signal = order.signal;
    this.processedBefore = this.processed = job.repositoriesProcessed;
    this.points = job.pointsUsed;
  }

  get progress(): RunProgress {
    const { pages, processed, processedBefore } = this;
    return { hasProgressed: pages > 0 || processed > processedBefore, pages, processed };
  }

  /** What a page of answers costs. That of a list is no progress: the next run asks for it again. */
  charge(rate: RateState | null): RunFigures {
    this.points += rate?.cost ?? 0;
    return { pointsUsed: this.points, rate };
  }

  /** So many repositories need nothing more than the list. */
  listed(settled: number): RunFigures {
    this.processed = settled;
    return { repositoriesProcessed: settled };
  }

  settled(): RunFigures {
    this.processed += 1;
    return { repositoriesProcessed: this.processed };
  }

  onPage(share: number, rate: RateState | null): RunFigures {
    this.pages += 1;
    return { ...this.charge(rate), currentShare: Math.floor(share * 1000) };
  }

  async keepAlive(): Promise<void> {
    if (performance.now() - this.aliveAt < KEEP_ALIVE_MS) return;
    this.aliveAt = performance.now();
    await this.order.keepAlive(this.progress);
  }
}
