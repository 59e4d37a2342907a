import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { RedisConnector } from './redis-connector.js';

type ThrottlerStorageRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

// Counting is all that is asked of the limiter; Nest's guard compares with the limit.
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/**
 * Counts requests for Nest's throttler: in Redis when it is configured, so that all replicas share the limits,
 * else in this process. While Redis is away each process counts for itself.
 */
@Injectable()
export class RequestLimitStorage implements ThrottlerStorage {
  private readonly limiters = new Map<number, RateLimiterAbstract>();

  constructor(private readonly redis: RedisConnector) {}

  /** @param ttl length of the window in milliseconds */
  async increment(key: string, ttl: number, limit: number): Promise<ThrottlerStorageRecord> {
    const { consumedPoints, msBeforeNext } = await this.limiter(ttl).penalty(key);
    const secondsLeft = Math.ceil(msBeforeNext / 1000);
    const isBlocked = consumedPoints > limit;
    return {
      totalHits: consumedPoints,
      timeToExpire: secondsLeft,
      isBlocked,
      timeToBlockExpire: isBlocked ? secondsLeft : 0,
    };
  }

  private limiter(ttl: number): RateLimiterAbstract {
    let limiter = this.limiters.get(ttl);
    if (limiter === undefined) {
      const options = { points: NO_LIMIT, duration: ttl / 1000, keyPrefix: `almanac:requests:${ttl}` };
      const local = new RateLimiterMemory(options);
      limiter =
        this.redis.client === undefined
          ? local
          : new RateLimiterRedis({
              ...options,
              storeClient: this.redis.client,
              insuranceLimiter: local,
              rejectIfRedisNotReady: true,
            });
      this.limiters.set(ttl, limiter);
    }
    return limiter;
  }
}
