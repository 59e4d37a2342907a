import { UnavailableError } from '../../../../../common/errors/domain.error.js';

/** What was read of a project's rollups does not fit together any more: they have to be opened again. */
export class StaleRollupsError extends UnavailableError {
  constructor() {
    super('The data changed while the report was being computed; try again', 1, 'REPORT_OUTDATED');
  }
}
