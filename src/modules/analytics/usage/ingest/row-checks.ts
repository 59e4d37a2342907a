import { parseInstant } from '../../../../common/time/instant.js';

/** What is wrong with one row; the rest of its batch goes on. */
export class RowProblem extends Error {
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(message);
    this.name = 'RowProblem';
  }
}

export type JsonRow = Record<string, unknown>;

/** @throws RowProblem unless the value is an object. */
export function asRow(value: unknown): JsonRow {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RowProblem('', 'a row must be an object');
  }
  return value as JsonRow;
}

/** NUL, which PostgreSQL refuses, and halves of surrogate pairs, which are no text. */
const NOT_STORABLE = /\0|\p{Cs}/u;

/** Text of at most `max` characters; `null` when absent, `null` or empty: many clients send fields that they do not fill. */
export function optionalText(row: JsonRow, name: string, max: number): string | null {
  const value = row[name];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw new RowProblem(name, `${name} must be text`);
  if (value.length > max) throw new RowProblem(name, `${name} must have at most ${max} characters`);
  if (NOT_STORABLE.test(value)) throw new RowProblem(name, `${name} has characters that cannot be stored`);
  return value.trim() === '' ? null : value;
}

export function requiredText(row: JsonRow, name: string, max: number): string {
  const value = optionalText(row, name, max);
  if (value === null) throw new RowProblem(name, `${name} is required`);
  return value;
}

/** Text of which the beginning is kept; what cannot be stored is taken out. For what nobody computes with. */
export function shortenedText(row: JsonRow, name: string, max: number): string | null {
  const value = row[name];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw new RowProblem(name, `${name} must be text`);
  // Cut with room to spare, so that a pair at the end stays whole or goes.
  const text = value.slice(0, max).replace(/\0|\p{Cs}/gu, '');
  return text.trim() === '' ? null : text;
}

export function optionalWholeNumber(row: JsonRow, name: string, max: number): number | null {
  const value = row[name];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max) {
    throw new RowProblem(name, `${name} must be a whole number from 0 to ${max}`);
  }
  // -0 is written back as 0.
  return value + 0;
}

export function requiredNumber(row: JsonRow, name: string, max: number): number {
  const value = row[name];
  if (value === undefined || value === null) throw new RowProblem(name, `${name} is required`);
  if (typeof value !== 'number' || !(value >= 0 && value <= max)) {
    throw new RowProblem(name, `${name} must be a number from 0 to ${max}`);
  }
  return value + 0;
}

export function requiredFlag(row: JsonRow, name: string): boolean {
  const value = row[name];
  if (value === undefined || value === null) throw new RowProblem(name, `${name} is required`);
  if (typeof value !== 'boolean') throw new RowProblem(name, `${name} must be true or false`);
  return value;
}

/** When a row arrived, and which times are accepted. Epoch milliseconds. */
export interface Receipt {
  receivedAt: number;
  /** Rows of earlier times are pruned already: what belongs to them is not known any more. */
  earliest: number;
}

/** A clock may be a day ahead. */
const AHEAD_MS = 86_400_000;
/** What Go's encoder writes for a time that was never set. */
const GO_ZERO_TIME = '0001-01-01T00:00:00Z';

/** When something happened: as the client says, else when it was received. */
export function occurrence(value: unknown, receipt: Receipt): { occurredAt: number; clamped: boolean } {
  const { receivedAt, earliest } = receipt;
  if (value === undefined || value === null || value === '' || value === GO_ZERO_TIME) {
    return { occurredAt: receivedAt, clamped: false };
  }
  const occurredAt = parseInstant(value);
  if (occurredAt === null) {
    throw new RowProblem(
      'timestamp',
      'timestamp must be a date and time such as 2025-01-31T13:00:00Z, or epoch milliseconds',
    );
  }
  if (occurredAt > receivedAt + AHEAD_MS) return { occurredAt: receivedAt, clamped: true };
  if (occurredAt < earliest) {
    throw new RowProblem(
      'timestamp',
      `timestamp is before ${new Date(earliest).toISOString()}: older rows are not kept`,
    );
  }
  return { occurredAt, clamped: false };
}

/** @throws RowProblem for a field that is not among these: in a single row it is a slip of the pen. */
export function refuseUnknownFields(row: JsonRow, known: ReadonlySet<string>): void {
  for (const name of Object.keys(row)) {
    if (!known.has(name)) {
      const shown = name.slice(0, 100).replace(/\0|\p{Cs}/gu, '');
      throw new RowProblem(shown, `there is no field ${shown}`);
    }
  }
}
