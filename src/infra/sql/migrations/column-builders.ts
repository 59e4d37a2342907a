import type { TableColumnOptions, TableIndexOptions } from 'typeorm';

// The few column types that both dialects know under one name. Times are epoch milliseconds in `bigint`.

export const text = (name: string, options: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'text',
  isNullable: false,
  ...options,
});

export const wholeNumber = (name: string, options: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'bigint',
  isNullable: false,
  ...options,
});

/** A measured value; the same eight bytes in both dialects. */
export const decimal = (name: string, options: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'double precision',
  isNullable: false,
  ...options,
});

export const flag = (name: string): TableColumnOptions => ({ name, type: 'boolean', isNullable: false });

export const primaryText = (name: string): TableColumnOptions => text(name, { isPrimary: true });

export const index = (table: string, ...columns: string[]): TableIndexOptions => ({
  name: `IDX_${table}_${columns.join('_')}`,
  columnNames: columns,
});
