import { isoSeconds, lastFinished, oneDecimal } from './project-format.js';

it.each([
  ['2026-01-14T15:55:00Z', '01/14/2026, 03:55:00 PM'],
  ['2026-01-14T00:00:09Z', '01/14/2026, 12:00:09 AM'],
  ['2026-12-04T12:30:59Z', '12/04/2026, 12:30:59 PM'],
  ['2026-12-04T11:59:59Z', '12/04/2026, 11:59:59 AM'],
])('should write %s as the old dashboard shows it', (text, expected) => {
  expect(lastFinished(Date.parse(text))).toBe(expected);
  expect(isoSeconds(Date.parse(text))).toBe(text);
});

it('should write that nothing was ever finished', () => expect(lastFinished(null)).toBe('Never'));

it.each([
  [0, 0],
  [0.04, 0],
  [0.05, 0.1],
  [33.333, 33.3],
  [66.666, 66.7],
])('should round %d to %d', (value, expected) => expect(oneDecimal(value)).toBe(expected));
