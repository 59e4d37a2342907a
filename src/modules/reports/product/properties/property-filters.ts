import { InvalidInputError } from '../../../../common/errors/domain.error.js';
import {
  isPropertyText,
  readPropertyPath,
  type PropertyFilter,
} from '../../../analytics/product/properties/property-filter.js';
import { MAX_PROPERTY_TEXT } from '../../../analytics/product/properties/property-text.js';

export const FILTER_OPERATORS = ['eq', 'neq', 'in', 'exists', 'lt', 'gt', 'contains'] as const;
export const MAX_FILTERS = 10;
/** Values of one `in`. */
export const MAX_FILTER_VALUES = 100;

type FilterOperator = (typeof FILTER_OPERATORS)[number];

/** What a client wrote of one filter. */
interface Condition {
  /** The parameter or field, for errors. */
  where: string;
  /** `properties.…` */
  field: string;
  operator: string;
  value: unknown;
  /** The texts of a list are whole values, commas and all. */
  isLiteral: boolean;
}

const LONGEST_SHOWN = 100;
const NUMBER = /^-?\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,3})?$/;

/**
 * The filters among the parameters of a query: `filter[properties.country]=DE`, `filter[properties.amount][gt]=10`.
 * An empty value counts as absent, like every empty parameter.
 *
 * @param query flat, as the query parser leaves it: brackets are part of the names
 * @throws InvalidInputError for what begins as a filter and is none
 */
export function filtersFromQuery(query: Readonly<Record<string, unknown>>): PropertyFilter[] {
  const conditions = Object.keys(query)
    .filter((name) => name === 'filter' || name.startsWith('filter['))
    .map((name) => ({ where: name, ...splitName(name), value: query[name], isLiteral: false }));
  return readConditions(conditions);
}

/**
 * The filters of a body: `{"properties.country": "DE", "properties.amount": {"gt": 10}}`. An empty text counts as
 * absent; the texts of a list are taken as they are, others of an `in` are cut at the commas.
 *
 * @throws InvalidInputError for anything else
 */
export function filtersFromBody(filter: unknown): PropertyFilter[] {
  if (filter === undefined || filter === null) return [];
  if (!isObject(filter)) reject('filter', 'must be an object, for example {"properties.country": "DE"}');
  const conditions = Object.entries(filter).flatMap(([field, value]): Condition[] => {
    const where = `filter.${field}`;
    if (!isObject(value)) return [{ where, field, operator: 'eq', value, isLiteral: true }];
    if (Object.keys(value).length === 0) reject(where, 'has no operator');
    return Object.entries(value).map(([operator, operand]) => ({
      where: `${where}.${operator}`,
      field,
      operator,
      value: operand,
      isLiteral: true,
    }));
  });
  return readConditions(conditions);
}

/** `filter[field]` or `filter[field][operator]`; a field may hold brackets of its own. */
function splitName(name: string): { field: string; operator: string } {
  if (!name.endsWith(']')) reject(name, 'must be written filter[properties.country] or filter[properties.amount][gt]');
  const inner = name.slice('filter['.length, -1);
  const cut = inner.lastIndexOf('][');
  return cut < 0 ? { field: inner, operator: 'eq' } : { field: inner.slice(0, cut), operator: inner.slice(cut + 2) };
}

/** @throws InvalidInputError when these are too many together */
export function checkCount<T>(filters: readonly T[]): readonly T[] {
  if (filters.length > MAX_FILTERS) reject('filter', `may be given ${MAX_FILTERS} times`);
  return filters;
}

function readConditions(conditions: readonly Condition[]): PropertyFilter[] {
  return checkCount(conditions).flatMap((condition) => readCondition(condition) ?? []);
}

function readCondition(condition: Condition): PropertyFilter | null {
  const { where, field, value } = condition;
  const path = readPropertyPath(field, shown(where));
  const operator = knownOperator(condition);
  if (operator === 'in') {
    const texts = readTexts(condition);
    return texts.length === 0 ? null : { path, operator, texts };
  }
  const text = checkLength(where, readText(where, value));
  if (text === '') return null;
  switch (operator) {
    case 'eq':
      return { path, operator: 'in', texts: [text] };
    case 'neq':
      return { path, operator: 'notIn', texts: [text] };
    case 'exists':
      if (text !== 'true' && text !== 'false') reject(where, 'must be true or false');
      return { path, operator, exists: text === 'true' };
    case 'lt':
    case 'gt':
      return { path, operator, bound: NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : text };
    case 'contains':
      return { path, operator, text };
  }
}

function knownOperator({ where, operator }: Condition): FilterOperator {
  const known = FILTER_OPERATORS.find((candidate) => candidate === operator);
  return known ?? reject(where, `has an unknown operator; known are ${FILTER_OPERATORS.join(', ')}`);
}

function readTexts({ where, value, isLiteral }: Condition): string[] {
  const texts = (Array.isArray(value) ? value : [value]).flatMap((item: unknown) => {
    const text = readText(where, item);
    return Array.isArray(value) && isLiteral ? [text] : text.split(',').map((part) => part.trim());
  });
  const distinct = [...new Set(texts.filter((text) => text !== ''))];
  if (distinct.length > MAX_FILTER_VALUES) reject(where, `must have at most ${MAX_FILTER_VALUES} values`);
  return distinct.map((text) => checkLength(where, text));
}

function readText(where: string, value: unknown): string {
  if (Array.isArray(value)) reject(where, 'must be given once');
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return reject(where, 'must be a text, a number, true or false; (none) stands for a missing value');
}

function checkLength(where: string, text: string): string {
  if (!isPropertyText(text)) reject(where, `must have at most ${MAX_PROPERTY_TEXT} characters`);
  return text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(where: string): string {
  return where.length <= LONGEST_SHOWN ? where : `${where.slice(0, LONGEST_SHOWN).toWellFormed()}…`;
}

function reject(where: string, fault: string): never {
  const path = shown(where);
  const message = `${path} ${fault}`;
  throw new InvalidInputError(message, [{ path, message }]);
}
