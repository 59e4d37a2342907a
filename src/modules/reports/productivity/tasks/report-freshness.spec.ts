import { isFresh } from './report-freshness.js';

const MINUTE = 60_000;
const END = Date.parse('2025-11-20T00:00:00Z');

describe('isFresh', () => {
  it.each([
    ['a closed period, within its time', END + MINUTE, END + 60 * MINUTE, 7200, true],
    ['a closed period, after its time', END + MINUTE, END + 122 * MINUTE, 7200, false],
    ['an open period, after four minutes', END - 60 * MINUTE, END - 56 * MINUTE, 7200, true],
    ['an open period, after five minutes', END - 60 * MINUTE, END - 55 * MINUTE, 7200, false],
    ['a period that has ended since it was made', END - 4 * MINUTE, END + 2 * MINUTE, 7200, false],
    ['a period that ended the moment it was made', END, END + 6 * MINUTE, 7200, true],
    ['an open period with a shorter time', END - 60 * MINUTE, END - 58 * MINUTE, 60, false],
    ['anything where nothing is to be reused', END + MINUTE, END + MINUTE, 0, false],
  ])('should judge %s', (_, madeAt, now, ttl, fresh) => {
    expect(isFresh({ final: true, madeAt: new Date(madeAt) }, END, now, ttl)).toBe(fresh);
    expect(isFresh({ final: false, madeAt: new Date(madeAt) }, END, now, ttl)).toBe(false);
  });
});
