import { RateLimitFault } from '../github.errors.js';
import type { RateState } from './github-answers.js';

/** This share of the hour's points is left to the owner's other programs. */
const RESERVED_SHARE = 0.02;

/** What is known of the points of the token, so that they never run out. */
export class RateBudget {
  private latest: RateState | null = null;

  get state(): RateState | null {
    return this.latest;
  }

  /** @param rate `null`: there is no limit */
  record(rate: RateState | null): void {
    this.latest = rate;
  }

  /** @throws RateLimitFault when all but the reserve is spent and the hour is not over */
  assertPointsLeft(now: number): void {
    const { latest } = this;
    if (latest === null || latest.resetAt <= now) return;
    if (latest.remaining <= Math.ceil(latest.limit * RESERVED_SHARE)) throw new RateLimitFault(latest.resetAt + 1000);
  }
}
