import { toBudgetChanges, toNewBudget } from './budget-requests.js';
import type { UpdateBudgetDto } from './dto/update-budget.dto.js';

describe('toBudgetChanges', () => {
  it('should change nothing for what is absent or null, but take a webhook address away', () => {
    expect(toBudgetChanges({})).toEqual({});
    const nulls = { limit_usd: null, thresholds: null, webhook_url: null, tz: null } as unknown as UpdateBudgetDto;
    expect(toBudgetChanges(nulls)).toEqual({ webhookUrl: null });
  });

  it('should take what is given, thresholds in their order', () => {
    expect(toBudgetChanges({ limit_usd: 0.000001, thresholds: [100, 5], tz: 'UTC' })).toEqual({
      limitNanoUsd: 1000,
      thresholds: [5, 100],
      timeZone: 'UTC',
    });
  });
});

describe('toNewBudget', () => {
  it('should have 80 and 100 percent, and no name where all calls count', () => {
    expect(toNewBudget({ scope: 'all', period: 'day', limit_usd: 50 })).toEqual({
      scope: 'all',
      scopeId: null,
      period: 'day',
      limitNanoUsd: 50e9,
      thresholds: [80, 100],
      webhookUrl: null,
      timeZone: null,
    });
  });

  it('should refuse a name where all calls count, for somebody wants to have others left out', () => {
    const body = { scope: 'all' as const, id: 'gpt-4o', period: 'day' as const, limit_usd: 50 };
    expect(() => toNewBudget(body)).toThrow('leave it out with scope all');
  });
});
