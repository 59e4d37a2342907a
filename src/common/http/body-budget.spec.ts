import { UnavailableError } from '../errors/domain.error.js';
import { BodyBudget } from './body-budget.js';

describe('BodyBudget', () => {
  it('should refuse what does not fit beside the bodies of others, until they are released', () => {
    const budget = new BodyBudget(10);
    const [one, two] = [{}, {}];
    expect([budget.take(one, 4), budget.take(one, 3), budget.take(two, 3)]).toEqual([undefined, undefined, undefined]);
    expect(budget.take(two, 1)).toBeInstanceOf(UnavailableError);
    expect([budget.heldBy(one), budget.heldBy(two)]).toEqual([7, 3]);
    budget.release(one);
    budget.release(one);
    expect(budget.take(two, 7)).toBeUndefined();
    expect(budget.take(one, 1)?.retryAfterSeconds).toBe(1);
    budget.release(two);
    expect(budget.take(one, 10)).toBeUndefined();
  });
});
