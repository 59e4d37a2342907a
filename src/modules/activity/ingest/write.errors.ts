import { InvalidInputError } from '../../../common/errors/domain.error.js';
import type { BadLine } from './body-lines.js';

/** Some lines of a body were refused; all others are stored. */
export class PartialWriteError extends InvalidInputError {
  override readonly line: number;

  constructor({ line, reason }: BadLine, good: number, bad: number) {
    const written = good === 1 ? '1 point was written' : `${good} points were written`;
    const others = bad === 1 ? '' : `; ${bad} lines were refused in all`;
    super(`line ${line} was refused: ${reason}. ${written}${others}`, undefined, 'PARTIAL_WRITE');
    this.line = line;
  }
}

export class NothingToWriteError extends InvalidInputError {
  constructor() {
    super('the body holds no points', undefined, 'NOTHING_TO_WRITE');
  }
}
