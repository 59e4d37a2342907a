import type { PropertyFilter } from '../../src/modules/analytics/product/properties/property-filter.js';

/** The value at a path, as the contract of filters has it: own keys of objects only; else of the key with the dots. */
export function valueAt(properties: unknown, path: readonly string[]): unknown {
  return follow(properties, path) ?? follow(properties, [path.join('.')]);
}

function follow(properties: unknown, path: readonly string[]): unknown {
  let value = properties;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) {
      return undefined;
    }
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** The text of a value in filters and breakdowns. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null || value === '') return '(none)';
  if (Array.isArray(value)) return '(list)';
  if (typeof value === 'object') return '(object)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return [...text].slice(0, 200).join('');
}

/** Whether an event with these properties passes a filter, judged without any code of the server. */
export function matchesFilter(properties: unknown, filter: PropertyFilter): boolean {
  const value = valueAt(properties, filter.path);
  switch (filter.operator) {
    case 'in':
      return filter.texts.includes(textOf(value));
    case 'notIn':
      return !filter.texts.includes(textOf(value));
    case 'exists':
      return (value !== undefined && value !== null && value !== '') === filter.exists;
    case 'lt':
    case 'gt': {
      const order = compare(value, filter.bound);
      return filter.operator === 'lt' ? order < 0 : order > 0;
    }
    case 'contains':
      if (typeof value === 'number') return printsPlainly(value) && String(value).includes(filter.text);
      return (typeof value === 'string' || typeof value === 'boolean') && String(value).includes(filter.text);
  }
}

/** Below, equal or above 0; NaN where the two cannot be compared. */
function compare(value: unknown, bound: number | string): number {
  if (typeof bound === 'string') {
    return typeof value === 'string' && value !== '' ? Buffer.compare(Buffer.from(value), Buffer.from(bound)) : NaN;
  }
  if (typeof value === 'number') return Math.sign(value - bound);
  const isDecimal = typeof value === 'string' && /^-?\d{1,20}(\.\d{1,20})?$/.test(value);
  return isDecimal ? Math.sign(Number(value) - bound) : NaN;
}

function printsPlainly(value: number): boolean {
  const size = Math.abs(value);
  if (size > Number.MAX_SAFE_INTEGER) return false;
  return Number.isInteger(value) || size >= 1e-4;
}
