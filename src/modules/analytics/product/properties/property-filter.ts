import { InvalidInputError } from '../../../../common/errors/domain.error.js';
import { MAX_PROPERTY_TEXT } from './property-text.js';

/**
 * Keys below an event's `properties`, the outermost first. Where no such value is, a single key that is written like
 * the path, dots and all, is meant.
 */
export type PropertyPath = readonly string[];

/**
 * A condition on one property of an event. What is compared is the value's text (see `propertyText`), so that a
 * query's `10` finds the number and the text alike; an absent value has the text `(none)`.
 */
export type PropertyFilter = { path: PropertyPath } & (
  | { operator: 'in' | 'notIn'; texts: readonly string[] }
  | { operator: 'exists'; exists: boolean }
  /**
   * With a number, numbers and texts that are plain decimals (see `PLAIN_DECIMAL`) compare by their value; with a
   * text, texts compare by code point. Whatever else a property holds never matches.
   */
  | { operator: 'lt' | 'gt'; bound: number | string }
  /** Texts are searched to their end; numbers only when they are written without an exponent (see below). */
  | { operator: 'contains'; text: string }
);

/** Texts that compare as numbers. Also read by the database; the look-ahead is for its `$`, which allows a line feed. */
export const PLAIN_DECIMAL = /^-?[0-9]{1,20}(?:\.[0-9]{1,20})?(?!\n)$/;

/** Fractions within these, and whole numbers up to the greater, are written without an exponent by all. */
export const LEAST_SEARCHABLE = 1e-4;
export const GREATEST_SEARCHABLE = Number.MAX_SAFE_INTEGER;

const PREFIX = 'properties.';
const MAX_PATH_LENGTH = 200;
const MAX_PATH_DEPTH = 10;

/**
 * `properties.address.city` → the path below `properties`.
 *
 * @param parameter where it stood, for the error
 * @throws InvalidInputError for any other field, and for paths that no event can have
 */
export function readPropertyPath(field: string, parameter: string): PropertyPath {
  const path = field.startsWith(PREFIX) ? field.slice(PREFIX.length).split('.') : [];
  if (path.length === 0 || path.includes('')) {
    reject(parameter, `${parameter} must name a property of the events, for example properties.country`);
  }
  if (field.length > MAX_PATH_LENGTH || path.length > MAX_PATH_DEPTH) {
    reject(parameter, `${parameter} must have at most ${MAX_PATH_DEPTH} levels and ${MAX_PATH_LENGTH} characters`);
  }
  // The database takes no such key.
  if (field.includes('\u0000')) reject(parameter, `${parameter} has a NUL character`);
  return path;
}

/** Whether a text is short enough to be the text of a property. */
export function isPropertyText(text: string): boolean {
  return text.length <= MAX_PROPERTY_TEXT || Array.from(text).length <= MAX_PROPERTY_TEXT;
}

function reject(path: string, message: string): never {
  throw new InvalidInputError(message, [{ path, message }]);
}
