import {
  GREATEST_SEARCHABLE,
  LEAST_SEARCHABLE,
  PLAIN_DECIMAL,
  type PropertyFilter,
  type PropertyPath,
} from './property-filter.js';
import { LIST, MAX_PROPERTY_TEXT, NONE, OBJECT } from './property-text.js';

/** An expression of MongoDB's aggregation language. */
export type Expression = string | { readonly [operator: string]: unknown };

const VALUE = '$$value';
const TYPE = { $type: VALUE };
const IS_TEXT = { $eq: [TYPE, 'string'] };
const IS_ABSENT = { $or: [{ $lte: [VALUE, null] }, { $eq: [VALUE, ''] }] };
const SCALAR_TYPES = ['string', 'double', 'int', 'long', 'bool', 'missing', 'undefined', 'null'];
const IS_OBJECT = { $not: [{ $in: [TYPE, [...SCALAR_TYPES, 'array']] }] };

/**
 * The value at a path, or where there is none the value of the one key that has the dots in it. Keys are taken letter
 * by letter, those with `$` too, and lists are not looked into. No text of a request is ever anything but a literal
 * here and below.
 */
export function propertyValue(path: PropertyPath): Expression {
  const nested = path.reduce<Expression>(member, '$properties');
  return path.length === 1 ? nested : { $ifNull: [nested, member('$properties', path.join('.'))] };
}

/** The value at a path, with the same `propertyText`, but without what is in lists and objects. */
export function propertyLabel(path: PropertyPath): Expression {
  return withValue(path, {
    $cond: [
      // In the order of all values: absent and null, numbers, texts, objects, and then the rest.
      { $lt: [VALUE, { $literal: {} }] },
      VALUE,
      {
        $cond: [{ $eq: [TYPE, 'bool'] }, VALUE, { $cond: [{ $isArray: [VALUE] }, { $literal: [] }, { $literal: {} }] }],
      },
    ],
  });
}

/** Whether an event passes all filters, exactly as `PropertyFilter` says. */
export function filterExpression(filters: readonly PropertyFilter[]): Expression {
  return { $and: filters.map((filter) => withValue(filter.path, conditionOf(filter))) };
}

function conditionOf(filter: PropertyFilter): Expression {
  switch (filter.operator) {
    case 'in':
      return isOneOf(filter.texts);
    case 'notIn':
      return { $not: [isOneOf(filter.texts)] };
    case 'exists':
      return filter.exists ? { $not: [IS_ABSENT] } : IS_ABSENT;
    case 'lt':
    case 'gt':
      return compares(filter.operator === 'lt' ? '$lt' : '$gt', filter.bound);
    case 'contains':
      return contains(filter.text);
  }
}

function isOneOf(texts: readonly string[]): Expression {
  const conditions: Expression[] = [{ $in: [VALUE, { $literal: texts.flatMap(valuesWithText) }] }];
  // Only a text of the full length can be the beginning of a longer one.
  const long = texts.filter((text) => text.length >= MAX_PROPERTY_TEXT);
  if (long.length > 0) conditions.push({ $cond: [IS_TEXT, { $in: [cutText(), { $literal: long }] }, false] });
  if (texts.includes(NONE)) conditions.push(IS_ABSENT);
  if (texts.includes(LIST)) conditions.push({ $isArray: [VALUE] });
  if (texts.includes(OBJECT)) conditions.push(IS_OBJECT);
  return conditions.length === 1 ? conditions[0]! : { $or: conditions };
}

/** The text, and the number or boolean that is written so. */
function valuesWithText(text: string): unknown[] {
  const number = Number(text);
  if (Number.isFinite(number) && String(number) === text) return [text, number];
  return text === 'true' || text === 'false' ? [text, text === 'true'] : [text];
}

function compares(operator: '$lt' | '$gt', bound: number | string): Expression {
  const literal = { $literal: bound };
  if (typeof bound === 'string') {
    return { $and: [IS_TEXT, { $ne: [VALUE, ''] }, { [operator]: [VALUE, literal] }] };
  }
  return {
    $switch: {
      branches: [
        { case: { $isNumber: VALUE }, then: { [operator]: [VALUE, literal] } },
        {
          case: { $and: [IS_TEXT, { $regexMatch: { input: textOrNothing(), regex: PLAIN_DECIMAL.source } }] },
          then: { [operator]: [{ $convert: { input: VALUE, to: 'double', onError: literal } }, literal] },
        },
      ],
      default: false,
    },
  };
}

function contains(text: string): Expression {
  const isWithin = (input: Expression) => ({ $gte: [{ $indexOfBytes: [input, { $literal: text }] }, 0] });
  const isWhole = { $eq: [VALUE, { $trunc: VALUE }] };
  const size = { $abs: VALUE };
  return {
    $switch: {
      branches: [
        { case: IS_TEXT, then: isWithin(VALUE) },
        { case: { $eq: [VALUE, true] }, then: 'true'.includes(text) },
        { case: { $eq: [VALUE, false] }, then: 'false'.includes(text) },
        { case: { $not: [{ $isNumber: VALUE }] }, then: false },
        {
          // By way of integers: written as doubles, large ones would have an exponent.
          case: { $and: [isWhole, { $lte: [size, GREATEST_SEARCHABLE] }] },
          then: isWithin({ $toString: { $toLong: VALUE } }),
        },
        {
          case: { $and: [{ $gte: [size, LEAST_SEARCHABLE] }, { $lte: [size, GREATEST_SEARCHABLE] }] },
          then: isWithin({ $toString: VALUE }),
        },
      ],
      default: false,
    },
  };
}

/** The value is known to be text when this is evaluated; the check keeps the database from looking at another order. */
function textOrNothing(): Expression {
  return { $cond: [IS_TEXT, VALUE, ''] };
}

function cutText(): Expression {
  return {
    $cond: [{ $gt: [{ $strLenBytes: VALUE }, MAX_PROPERTY_TEXT] }, { $substrCP: [VALUE, 0, MAX_PROPERTY_TEXT] }, VALUE],
  };
}

function member(input: Expression, key: string): Expression {
  return { $getField: { field: { $literal: key }, input } };
}

function withValue(path: PropertyPath, condition: Expression): Expression {
  return { $let: { vars: { value: propertyValue(path) }, in: condition } };
}
