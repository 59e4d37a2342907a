import { InvalidInputError } from '../../../common/errors/domain.error.js';
import type { InfluxPartialWriteError } from '../../../infra/influx/influx.errors.js';
import type { BadLine } from './body-lines.js';

/** Some lines of a body were refused; all others are stored. */
export class PartialWriteError extends InvalidInputError {
  override readonly line: number;

  /** @param refusal of good lines, by the store that they were sent on to */
  constructor({ line, reason }: BadLine, good: number, bad: number, refusal?: InfluxPartialWriteError) {
    const others = bad === 1 ? '' : `; ${bad} lines were refused in all`;
    const byStore = refusal === undefined ? '' : `; ${refusal.message}`;
    super(
      `line ${line} was refused: ${reason}. ${writtenText(good, refusal)}${others}${byStore}`,
      undefined,
      'PARTIAL_WRITE',
    );
    this.line = line;
  }
}

/** InfluxDB has refused lines that were good here; which ones, it does not say. */
export class StorePartialWriteError extends InvalidInputError {
  constructor(good: number, refusal: InfluxPartialWriteError) {
    super(`${refusal.message}. ${writtenText(good, refusal)}`, undefined, 'PARTIAL_WRITE');
  }
}

function writtenText(good: number, refusal?: InfluxPartialWriteError): string {
  if (refusal?.dropped === null) return `Of ${good === 1 ? '1 point' : `${good} points`} not all were written`;
  const written = Math.max(0, good - (refusal?.dropped ?? 0));
  return written === 1 ? '1 point was written' : `${written} points were written`;
}

export class NothingToWriteError extends InvalidInputError {
  constructor() {
    super('the body holds no points', undefined, 'NOTHING_TO_WRITE');
  }
}
