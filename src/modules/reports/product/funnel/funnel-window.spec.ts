import { FUNNEL_WINDOW, funnelWindowMs } from './funnel-window.js';

describe('funnelWindowMs', () => {
  it.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['12h', 43_200_000],
    ['14d', 1_209_600_000],
    ['', Infinity],
    [undefined, Infinity],
    [null, Infinity],
  ])('should read %p', (window, expected) => {
    expect(funnelWindowMs(window)).toBe(expected);
    expect(FUNNEL_WINDOW.test(window ?? '')).toBe(true);
  });
});

describe('FUNNEL_WINDOW', () => {
  it.each(['0m', '-5m', '5', 'm', '5 m', '1.5h', '5w', '05m', '5M', '1234567890s', '5m\n'])(
    'should refuse %p',
    (window) => {
      expect(FUNNEL_WINDOW.test(window)).toBe(false);
    },
  );
});
