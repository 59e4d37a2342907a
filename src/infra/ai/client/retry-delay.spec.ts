import { parseRetryAfter } from './model.error.js';
import { retryDelay } from './retry-delay.js';

describe('the delay before a retry', () => {
  it('X1 should grow, with full jitter, up to 8 seconds', () => {
    expect([1, 2, 3, 4, 5, 9].map((attempt) => retryDelay(attempt, undefined, 1))).toEqual([
      500, 1000, 2000, 4000, 8000, 8000,
    ]);
    expect(retryDelay(3, undefined, 0)).toBe(0);
    expect(retryDelay(3, undefined, 0.5)).toBe(1000);
  });

  it('X1 should be what the provider asks for, and no retry at all where that is too long', () => {
    expect(retryDelay(1, 7000, 0)).toBe(7000);
    expect(retryDelay(1, 0, 1)).toBe(0);
    expect(retryDelay(1, 15_000, 0.5)).toBe(15_000);
    expect(retryDelay(1, 3_600_000, 0.5)).toBeNull();
  });

  it('should read Retry-After in seconds and as a date', () => {
    const now = Date.parse('2025-11-19T10:00:00Z');
    expect(parseRetryAfter('7', now)).toBe(7000);
    expect(parseRetryAfter('Wed, 19 Nov 2025 10:00:05 GMT', now)).toBe(5000);
    expect(parseRetryAfter('Wed, 19 Nov 2025 09:00:00 GMT', now)).toBe(0);
    expect(parseRetryAfter('soon', now)).toBeUndefined();
    expect(parseRetryAfter(null, now)).toBeUndefined();
  });
});
