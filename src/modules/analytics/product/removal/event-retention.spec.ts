import { retentionLimits } from './event-retention.js';

describe('retentionLimits', () => {
  it.each([
    ['2025-03-10T00:00:00.000Z', 1, '2025-03-09T00:00:00.000Z'],
    ['2025-03-10T23:59:59.999Z', 1, '2025-03-09T00:00:00.000Z'],
    ['2025-03-10T12:00:00.000Z', 30, '2025-02-08T00:00:00.000Z'],
    ['2025-03-10T12:00:00.000Z', 36_500, '1925-04-04T00:00:00.000Z'],
  ])('should keep whole UTC days: at %s, %d days', (now, days, cutoff) => {
    const limits = retentionLimits(new Date(now), days);
    expect(limits.cutoff.toISOString()).toBe(cutoff);
    expect(limits.receivedBefore.getTime()).toBe(Date.parse(now) - 60_000);
  });
});
