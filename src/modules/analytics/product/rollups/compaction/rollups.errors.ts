import { UnavailableError } from '../../../../../common/errors/domain.error.js';

/** Another replica wrote the same rollups meanwhile. Nothing is lost: the next run sees what it wrote. */
export class LostRaceError extends Error {
  constructor(what: string) {
    super(`Another replica changed ${what} at the same time`);
    this.name = LostRaceError.name;
  }
}

/** The project has more names, actors or days than rollups are made for. */
export class TooWideError extends Error {
  constructor(what: string) {
    super(`Too wide for rollups: ${what}`);
    this.name = TooWideError.name;
  }
}

/** The rollups did not take in everything within the time allowed. */
export class RollupsBehindError extends UnavailableError {
  constructor() {
    super('Reports are still being brought up to date; try again', 5, 'ROLLUPS_BEHIND');
  }
}
