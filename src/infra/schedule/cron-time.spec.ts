import { nextRunAfter } from './cron-time.js';

const at = (text: string) => Date.parse(text);

describe('nextRunAfter', () => {
  it.each([
    ['17 3 * * *', '2025-11-20T03:16:59.999Z', '2025-11-20T03:17:00Z'],
    ['17 3 * * *', '2025-11-20T03:17:00Z', '2025-11-21T03:17:00Z'],
    ['17 3 * * *', '2025-12-31T10:00:00Z', '2026-01-01T03:17:00Z'],
    // Summer time begins and ends somewhere: UTC knows none.
    ['17 2 * * *', '2025-03-29T12:00:00Z', '2025-03-30T02:17:00Z'],
    ['17 2 * * *', '2025-10-25T12:00:00Z', '2025-10-26T02:17:00Z'],
    ['0 0 29 2 *', '2025-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['*/15 * * * * *', '2025-11-20T10:00:14.999Z', '2025-11-20T10:00:15Z'],
  ])('should find when %s is due after %s', (expression, after, expected) => {
    expect(new Date(nextRunAfter(expression, at(after))).toISOString()).toBe(new Date(at(expected)).toISOString());
  });
});
