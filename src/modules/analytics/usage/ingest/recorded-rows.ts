import { InvalidInputError } from '../../../../common/errors/domain.error.js';
import { refuseUnknownFields, asRow, RowProblem } from './row-checks.js';

export const MAX_ROWS = 1000;

export interface RejectedRow {
  /** Position in the array, from 0. */
  index: number;
  reason: string;
}

/** What became of each row: `received` = `inserted` + `duplicates` + `rejected.length`. */
export interface BulkOutcome {
  received: number;
  inserted: number;
  duplicates: number;
  /** In the order of the array. */
  rejected: RejectedRow[];
}

/** Judges each row by itself. */
export function readRows<Row>(
  body: readonly unknown[],
  read: (value: unknown) => Row,
): { rows: Row[]; rejected: RejectedRow[] } {
  if (body.length > MAX_ROWS) {
    throw new InvalidInputError(`Send at most ${MAX_ROWS} rows at once; there are ${body.length}`);
  }
  const rows: Row[] = [];
  const rejected: RejectedRow[] = [];
  body.forEach((value, index) => {
    try {
      rows.push(read(value));
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error;
      rejected.push({ index, reason: error.message });
    }
  });
  return { rows, rejected };
}

/** @throws InvalidInputError for a row that is not right, or has a field that does not exist. */
export function readSingleRow<Row>(body: unknown, fields: ReadonlySet<string>, read: (value: unknown) => Row): Row {
  try {
    refuseUnknownFields(asRow(body), fields);
    return read(body);
  } catch (error) {
    if (!(error instanceof RowProblem)) throw error;
    const { path, message } = error;
    if (path === '') throw new InvalidInputError('The body must be an object, or an array of objects');
    throw new InvalidInputError(message, [{ path, message }]);
  }
}
