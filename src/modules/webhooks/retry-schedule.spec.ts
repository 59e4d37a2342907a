import { MAX_ATTEMPTS, nextAttemptAt, readRetryAfter, slowDownFor } from './retry-schedule.js';

const HOUR = 3_600_000;

describe('W1 the schedule of retries', () => {
  it('should make 10 attempts in about 75 hours', () => {
    const middle = () => 0.5;
    let at = 0;
    const waits: number[] = [];
    for (let attempt = 1; ; attempt++) {
      const next = nextAttemptAt(attempt, at, middle);
      if (next === null) {
        expect(attempt).toBe(10);
        break;
      }
      waits.push((next - at) / 1000);
      at = next;
    }
    expect(waits).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    expect(at / HOUR).toBeCloseTo(75.6, 1);
    expect(MAX_ATTEMPTS).toBe(10);
  });

  it('should spread each wait by a tenth to both sides', () => {
    expect(nextAttemptAt(2, 1000, () => 0)).toBe(1000 + 270_000);
    expect(nextAttemptAt(2, 1000, () => 1)).toBe(1000 + 330_000);
    const times = Array.from({ length: 200 }, () => nextAttemptAt(3, 0)!);
    expect(new Set(times).size).toBeGreaterThan(150);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(0.9 * 1_800_000);
    expect(Math.max(...times)).toBeLessThanOrEqual(1.1 * 1_800_000);
  });

  it.each([
    [0, null, 30_000],
    [30_000, null, 60_000],
    [6_000_000, null, 2 * HOUR],
    [0, 120_000, 120_000],
    [0, 1000, 30_000],
    [0, 1e12, 24 * HOUR],
  ])('should slow down after %d ms, asked for %p, for %d ms', (previous, asked, expected) => {
    expect(slowDownFor(previous, asked)).toBe(expected);
  });

  it.each([
    [undefined, null],
    ['120', 120_000],
    [' 7 ', 7000],
    ['Thu, 01 Jan 1970 00:02:00 GMT', 60_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', null],
    ['-5', 0],
  ])('should read Retry-After: %p', (header, expected) => {
    const read = readRetryAfter(header, 60_000);
    if (header === '-5') expect(read === null || read >= 0).toBe(true);
    else expect(read).toBe(expected);
  });
});
