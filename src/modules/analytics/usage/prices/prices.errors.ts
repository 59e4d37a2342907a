import { DomainError } from '../../../../common/errors/domain.error.js';

/** The former prices stay in force. */
export class PricesNotLoadedError extends DomainError {
  readonly kind = 'unprocessable';
  constructor(problems: readonly string[]) {
    super('PRICES_NOT_LOADED', 'The prices were not loaded; those before stay in force', {
      details: problems.map((message) => ({ path: 'prices', message })),
    });
  }
}
