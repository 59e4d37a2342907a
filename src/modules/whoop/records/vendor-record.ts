import { parseInstant } from '../../../common/time/instant.js';

const LONGEST_TEXT = 200;
/** A day more than that on some clock is still a date of four digits. */
const EARLIEST = Date.parse('0001-01-02T00:00:00Z');
const LATEST = Date.parse('9999-12-30T00:00:00Z');
const OFFSET = /^(?:Z|[+-]\d\d:?\d\d)$/;

/** A record of WHOOP that is not what its API promises. The message names the field, never a value: those are health data. */
export class VendorRecordError extends Error {
  constructor(readonly field: string) {
    super(`The field ${field} of a record is not what WHOOP's API describes`);
    this.name = 'VendorRecordError';
  }
}

/**
 * Reads one JSON object of WHOOP's. An optional member that is absent, null, or of another type is told apart: the first two
 * are null, the third is an error, for a number that became a text must not become an empty column without anyone's notice.
 */
export class VendorRecord {
  private readonly members: Record<string, unknown>;

  /** @throws VendorRecordError when it is no object */
  constructor(
    value: unknown,
    private readonly path = '',
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new VendorRecordError(path || 'record');
    this.members = value as Record<string, unknown>;
  }

  /** Well-formed, without NUL, at most 200 characters. */
  text(name: string): string {
    const value = this.members[name];
    if (typeof value !== 'string' || value === '' || value.includes('\0')) throw this.error(name);
    return value.toWellFormed().slice(0, LONGEST_TEXT);
  }

  optionalText(name: string): string {
    return this.isAbsent(name) || this.members[name] === '' ? '' : this.text(name);
  }

  /** A number or a text, as text. */
  id(name: string): string {
    const value = this.members[name];
    return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : this.text(name);
  }

  number(name: string): number | null {
    const value = this.members[name];
    if (value === undefined || value === null) return null;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.error(name);
    return value;
  }

  /** Rounded: milliseconds and counts. */
  whole(name: string): number | null {
    const value = this.number(name);
    if (value !== null && Math.abs(value) > Number.MAX_SAFE_INTEGER) throw this.error(name);
    return value === null ? null : Math.round(value);
  }

  flag(name: string): boolean | null {
    const value = this.members[name];
    if (value === undefined || value === null) return null;
    if (typeof value !== 'boolean') throw this.error(name);
    return value;
  }

  /** Epoch milliseconds. */
  time(name: string): number {
    const value = this.members[name];
    const time = typeof value === 'string' ? parseInstant(value) : null;
    if (time === null || time < EARLIEST || time > LATEST) throw this.error(name);
    return time;
  }

  optionalTime(name: string): number | null {
    return this.isAbsent(name) ? null : this.time(name);
  }

  offset(name: string): string {
    const value = this.text(name);
    if (!OFFSET.test(value)) throw this.error(name);
    return value;
  }

  object(name: string): VendorRecord | null {
    return this.isAbsent(name) ? null : new VendorRecord(this.members[name], this.pathOf(name));
  }

  private isAbsent(name: string): boolean {
    const value = this.members[name];
    return value === undefined || value === null;
  }

  private pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  private error(name: string): VendorRecordError {
    return new VendorRecordError(this.pathOf(name));
  }
}
