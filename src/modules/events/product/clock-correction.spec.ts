import { correctClock } from './clock-correction.js';

const at = (text: string): number => Date.parse(`2025-01-06T${text}Z`);
const DAY = 86_400_000;

describe('correctClock', () => {
  it.each([
    ['T4: an hour fast', at('10:00:00'), at('10:00:05'), at('09:00:06'), at('09:00:01'), false],
    ['an hour slow', at('08:00:00'), at('08:00:05'), at('09:00:06'), at('09:00:01'), false],
    ['no sentAt', at('10:00:00'), null, at('09:00:06'), at('10:00:00'), false],
    ['exactly 24 h ahead', at('09:00:00') + DAY, null, at('09:00:00'), at('09:00:00') + DAY, false],
    ['more than 24 h ahead', at('09:00:00') + DAY + 1, null, at('09:00:00'), at('09:00:00'), true],
    [
      'years ahead with a clock years ahead',
      at('10:00:00') + 900 * DAY,
      at('10:00:05') + 900 * DAY,
      at('09:00:06'),
      at('09:00:01'),
      false,
    ],
    ['ahead even of its own clock', at('10:00:00') + 3 * DAY, at('10:00:05'), at('09:00:06'), at('09:00:06'), true],
    ['out of what a date holds', -8.64e15, at('10:00:00') + DAY, at('10:00:00'), -8.64e15, false],
    ['beyond, forwards', 8.64e15, 0, at('10:00:00'), at('10:00:00'), true],
  ])('%s', (_, timestamp, sentAt, receivedAt, expected, clamped) => {
    expect(correctClock(timestamp, sentAt, receivedAt)).toEqual({ at: expected, clamped });
  });

  it('should keep the spacing of three days offline', () => {
    const sentAt = at('10:00:00');
    const receivedAt = at('12:34:56');
    const times = [3, 2, 1, 0].map((days) => correctClock(sentAt - days * DAY, sentAt, receivedAt).at);
    expect(times.map((time) => (receivedAt - time) / DAY)).toEqual([3, 2, 1, 0]);
  });
});
