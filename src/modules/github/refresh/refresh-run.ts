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
  keepAlive: (hasProgressed: boolean) => Promise<void>;
}

/** One run of a refresh: what it counts while it goes on. */
export class RefreshRun implements WalkWatcher {
  readonly fence: Fence;
  readonly signal: AbortSignal;
  /** Something was read in this run. */
  hasProgressed = false;
  processed: number;
  private points: number;
  private aliveAt = performance.now();

  constructor(
    job: RefreshJobRow,
    private readonly order: RunOrder,
  ) {
    this.fence = { jobId: order.jobId, token: order.token };
    this.signal = order.signal;
    this.processed = job.repositoriesProcessed;
    this.points = job.pointsUsed;
  }

  /** What a page of answers adds. */
  charge(rate: RateState): RunFigures {
    this.hasProgressed = true;
    this.points += rate.cost;
    return { pointsUsed: this.points, rate };
  }

  onPage(share: number, rate: RateState): RunFigures {
    return { ...this.charge(rate), currentShare: Math.floor(share * 1000) };
  }

  async keepAlive(): Promise<void> {
    if (performance.now() - this.aliveAt < KEEP_ALIVE_MS) return;
    this.aliveAt = performance.now();
    await this.order.keepAlive(this.hasProgressed);
  }
}
