import type { ColumnOptions, ValueTransformer } from 'typeorm';

/** PostgreSQL's driver gives bigint as text; our numbers (epoch milliseconds, counters) fit into a double. */
const numberTransformer: ValueTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

const jsonTransformer: ValueTransformer = {
  to: (value: unknown) => (value === null || value === undefined ? value : JSON.stringify(value)),
  from: (value: string | null) => (value === null ? null : (JSON.parse(value) as unknown)),
};

/** A whole number up to 2^53: a time in epoch milliseconds, or a counter. The same type in both dialects. */
export const wholeNumber = (options: ColumnOptions = {}): ColumnOptions => ({
  type: 'bigint',
  transformer: numberTransformer,
  ...options,
});

/** A JSON value kept as text, so that both dialects store and give back the same bytes. */
export const jsonText = (options: ColumnOptions = {}): ColumnOptions => ({
  type: 'text',
  transformer: jsonTransformer,
  ...options,
});

/** A measured value: eight bytes in both dialects. */
export const decimal = (options: ColumnOptions = {}): ColumnOptions => ({ type: 'double precision', ...options });
