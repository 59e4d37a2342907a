import { ConflictError, NotFoundError } from '../../../../common/errors/domain.error.js';

/** The same for an unknown budget and another user's. */
export class BudgetNotFoundError extends NotFoundError {
  constructor() {
    super('Budget not found', 'BUDGET_NOT_FOUND');
  }
}

export class TooManyBudgetsError extends ConflictError {
  constructor(max: number) {
    super(`You have ${max} budgets already; delete one first`, 'TOO_MANY_BUDGETS');
  }
}
