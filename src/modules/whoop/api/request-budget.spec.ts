import { readRateHeaders } from './rate-headers.js';
import { RequestBudget } from './request-budget.js';

const headersOf = (values: Record<string, string>) => readRateHeaders((name) => values[name]);
const SAMPLE = {
  'x-ratelimit-limit': '100, 100;window=60, 10000;window=86400',
  'x-ratelimit-remaining': '98',
  'x-ratelimit-reset': '3',
};

describe('readRateHeaders', () => {
  it('should read the list of limits', () => {
    expect(headersOf({ ...SAMPLE, 'retry-after': '7' })).toEqual({
      limits: [
        { limit: 100, windowSeconds: 60 },
        { limit: 10_000, windowSeconds: 86_400 },
      ],
      nearest: 100,
      remaining: 98,
      resetSeconds: 3,
      retryAfterSeconds: 7,
    });
  });

  it.each<Record<string, string>>([
    {},
    { 'x-ratelimit-limit': 'many; window=x', 'x-ratelimit-reset': '-1' },
    { 'x-ratelimit-limit': ';;,,' },
  ])('should take %j for nothing', (values) => {
    expect(headersOf(values)).toEqual({
      limits: [],
      nearest: null,
      remaining: null,
      resetSeconds: null,
      retryAfterSeconds: null,
    });
  });
});

describe('RequestBudget', () => {
  it('should give 100 a minute, of which a backfill leaves some to those who wait', () => {
    const budget = new RequestBudget(0);
    for (let i = 0; i < 90; i++) expect(budget.take('backfill', 1000)).toBe(0);
    expect(budget.take('backfill', 1000)).toBe(59_000);
    for (let i = 0; i < 10; i++) expect(budget.take('interactive', 1000)).toBe(0);
    expect(budget.take('interactive', 1000)).toBe(59_000);
    expect(budget.take('interactive', 60_000)).toBe(0);
  });

  it('should believe what WHOOP says, less what is under way', () => {
    const budget = new RequestBudget(0);
    budget.take('interactive', 0);
    budget.take('interactive', 0);
    budget.learn(headersOf({ ...SAMPLE, 'x-ratelimit-remaining': '3' }), 500);
    expect(budget.take('interactive', 500)).toBe(0);
    expect(budget.take('interactive', 500)).toBe(0);
    expect(budget.take('interactive', 500)).toBe(3000);
    expect(budget.take('interactive', 3500)).toBe(0);
  });

  it('should take the limits that WHOOP lists for all there are', () => {
    const budget = new RequestBudget(0);
    budget.take('backfill', 0);
    budget.learn(headersOf({ ...SAMPLE, 'x-ratelimit-limit': '5, 5;window=1', 'x-ratelimit-remaining': '4' }), 0);
    for (let i = 0; i < 4; i++) expect(budget.take('backfill', 0)).toBe(0);
    expect(budget.take('backfill', 0)).toBe(1000);
    for (let i = 0; i < 5; i++) expect(budget.take('backfill', 1000)).toBe(0);
  });

  it('should send nothing after a refusal until the limit refills, and survive a clock that goes back', () => {
    const budget = new RequestBudget(0);
    budget.take('interactive', 0);
    budget.learn(null, 0);
    expect(budget.exhaust(headersOf({ 'x-ratelimit-reset': '3', 'retry-after': '7' }), 1000)).toBe(8000);
    expect(budget.take('interactive', 2000)).toBe(6000);
    expect(budget.take('interactive', -100_000)).toBe(0);
  });
});
