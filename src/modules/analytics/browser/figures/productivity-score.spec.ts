import { percentage, productivityScore } from './productivity-score.js';
import { toHours, toHundredths, toMinutes } from './rounding.js';

describe('productivityScore', () => {
  it.each([
    [{ productive: 50, social: 25, total: 100 }, 43.75],
    [{ productive: 0, social: 0, total: 0 }, 0],
    [{ productive: 1, social: 0, total: 1 }, 100],
    [{ productive: 0, social: 1, total: 1 }, 0],
    [{ productive: 1, social: 1, total: 3 }, 25],
    [{ productive: 1, social: 0, total: 3 }, 33.33],
    [{ productive: 2, social: 1, total: 7 }, 25],
    [{ productive: 1, social: 8, total: 9 }, 0],
  ])('T9 should score %p with %p', (shares, score) => expect(productivityScore(shares)).toBe(score));
});

describe('percentage', () => {
  it.each([
    [1, 3, 33.33],
    [2, 3, 66.67],
    [1, 1, 100],
    [0, 5, 0],
    [0, 0, 0],
  ])('should make of %p of %p %p', (part, total, expected) => expect(percentage(part, total)).toBe(expected));
});

describe('rounding', () => {
  it('should round halves up, also where they are stored as slightly less', () => {
    expect([1.005, 0.125, 29.98333, 2.675, 0].map(toHundredths)).toEqual([1.01, 0.13, 29.98, 2.68, 0]);
    expect(toMinutes(1_799_000)).toBe(29.98);
    expect(toHours(5_400_000)).toBe(1.5);
  });
});
