import { setTimeout as sleep } from 'node:timers/promises';

export interface ConcurrencyLimits {
  maxRunning: number;
  maxWaiting: number;
  /** Longest time in the queue; unlimited unless told. */
  maxWaitMs?: number;
  /** Makes the error for work that finds the queue full or waits too long. */
  busy: () => Error;
}

/** Lets only so many pieces of work run at once; more wait in a queue of bounded length, in their order. */
export class ConcurrencyLimit {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limits: ConcurrencyLimits) {}

  /** @throws the error of `busy` when there is no room. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.limits.maxRunning) await this.waitForPlace();
    else this.running += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  /** Whoever finishes hands over its place, so `running` stays as it is. */
  private async waitForPlace(): Promise<void> {
    const { maxWaiting, maxWaitMs, busy } = this.limits;
    if (this.waiting.length >= maxWaiting) throw busy();
    let take = (): void => undefined;
    const place = new Promise<void>((resolve) => {
      take = resolve;
      this.waiting.push(resolve);
    });
    if (maxWaitMs === undefined) return place;
    const timer = new AbortController();
    const tooLong = sleep(maxWaitMs, undefined, { signal: timer.signal }).then(
      () => {
        const position = this.waiting.indexOf(take);
        // Not in the queue any more: the place was handed over in this very moment.
        if (position < 0) return;
        this.waiting.splice(position, 1);
        throw busy();
      },
      () => undefined,
    );
    await Promise.race([place, tooLong]);
    timer.abort();
  }
}
