import { RateBudget } from './rate-budget.js';

describe('RateBudget', () => {
  it('should let a minute of events through at once, then the rate', () => {
    const budget = new RateBudget(10);
    expect(budget.spend('p', 600, 0)).toBe(0);
    expect(budget.spend('p', 100, 0)).toBe(10);
    expect(budget.spend('p', 100, 9_999)).toBe(1);
    expect(budget.spend('p', 100, 10_000)).toBe(0);
    expect(budget.spend('p', 1, 10_000)).toBe(1);
  });

  it('should let a batch above the whole budget through when the budget is full, and charge it', () => {
    const budget = new RateBudget(10);
    expect(budget.spend('p', 5000, 0)).toBe(0);
    expect(budget.spend('p', 1, 0)).toBe(441);
    expect(budget.spend('p', 1, 440_200)).toBe(0);
  });

  it('should keep projects apart', () => {
    const budget = new RateBudget(1);
    expect(budget.spend('p', 60, 0)).toBe(0);
    expect(budget.spend('q', 60, 0)).toBe(0);
    expect(budget.spend('p', 60, 0)).toBe(60);
  });
});
