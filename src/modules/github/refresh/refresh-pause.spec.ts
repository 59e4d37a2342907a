import { RateLimitFault, UnavailableFault } from '../github.errors.js';
import { pauseEnd } from './refresh-pause.js';

const NOW = 1_000_000;

describe('pauseEnd', () => {
  it('should be what GitHub says', () => {
    expect(pauseEnd(new RateLimitFault(NOW + 5), 3, NOW)).toBe(NOW + 5);
  });

  it.each([
    [0, 60],
    [1, 120],
    [2, 240],
    [9, 3600],
  ])('should double a minute with each limit of which no end is told, after %i of them', (pauses, seconds) => {
    expect(pauseEnd(new RateLimitFault(null), pauses, NOW)).toBe(NOW + seconds * 1000);
  });

  it.each([
    [0, 30],
    [3, 240],
    [11, 900],
  ])('should wait longer each time that GitHub is away, after %i of them', (pauses, seconds) => {
    expect(pauseEnd(new UnavailableFault('x'), pauses, NOW)).toBe(NOW + seconds * 1000);
  });
});
