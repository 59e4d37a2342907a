import { dateRange, daysBetween } from './date-range.js';

const NOW = Date.parse('2025-11-22T22:30:00Z');

describe('dateRange', () => {
  it.each([
    [{}, 'Z', '2025-11-16', '2025-11-22'],
    // Already tomorrow on the member's clock.
    [{ days: 1 }, '+02:00', '2025-11-23', '2025-11-23'],
    [{ days: 3 }, '-05:00', '2025-11-20', '2025-11-22'],
    [{ startDate: '2025-11-01', endDate: '2025-11-01', days: 3 }, 'Z', '2025-11-01', '2025-11-01'],
    [{ startDate: '2025-11-01' }, 'Z', '2025-11-01', null],
    [{ endDate: '2024-02-29' }, 'Z', null, '2024-02-29'],
    [{ startDate: '', endDate: ' ' }, 'Z', '2025-11-16', '2025-11-22'],
    [{ startDate: '2025-11-01T23:30:00Z' }, '+01:00', '2025-11-02', null],
    [{ startDate: '2025-11-01T23:30:00 02:00' }, 'Z', '2025-11-01', null],
    [{ startDate: '2025-11-01 13:00' }, 'Z', '2025-11-01', null],
  ])('should read %j with offset %s', (request, offset, from, to) => {
    expect(dateRange(request, 7, offset, NOW)).toEqual({ from, to });
  });

  it.each([
    { startDate: '2025-02-29' },
    { startDate: '2025-1' },
    { endDate: 'today' },
    { startDate: '2025-11-02', endDate: '2025-11-01' },
    { startDate: '+275760-09-13' },
  ])('should refuse %j', (request) => {
    expect(() => dateRange(request, 7, 'Z', NOW)).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });

  it('should count both ends', () => {
    expect(daysBetween('2025-03-29', '2025-03-31')).toBe(3);
    expect(daysBetween(undefined, '2025-03-31')).toBe(0);
  });
});
