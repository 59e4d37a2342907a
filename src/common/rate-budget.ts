import { LRUCache } from 'lru-cache';

const MAX_SENDERS = 10_000;
const WINDOW_SECONDS = 60;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** How many events each sender may still send: so many a second, saved up for at most a minute. */
export class RateBudget {
  private readonly buckets = new LRUCache<string, Bucket>({ max: MAX_SENDERS });
  private readonly capacity: number;

  constructor(private readonly eventsPerSecond: number) {
    this.capacity = eventsPerSecond * WINDOW_SECONDS;
  }

  /**
   * Takes `events` from the sender's budget. A batch above the whole budget passes when the budget
   * is full, and is paid for afterwards.
   * @param now milliseconds of a clock that never goes back.
   * @returns 0, or after how many seconds to try again (nothing is taken then).
   */
  spend(sender: string, events: number, now: number): number {
    const bucket = this.buckets.get(sender) ?? { tokens: this.capacity, filledAt: now };
    const refill = ((now - bucket.filledAt) / 1000) * this.eventsPerSecond;
    const tokens = Math.min(this.capacity, bucket.tokens + refill);
    const needed = Math.min(events, this.capacity);
    const passes = tokens >= needed;
    this.buckets.set(sender, { tokens: passes ? tokens - events : tokens, filledAt: now });
    return passes ? 0 : Math.max(1, Math.ceil((needed - tokens) / this.eventsPerSecond));
  }
}
