import type { DataSource } from 'typeorm';

/** SQL for the database's own clock in epoch milliseconds. On PostgreSQL the moment itself, not the transaction's start. */
export function databaseNow(dataSource: DataSource): string {
  return dataSource.options.type === 'postgres'
    ? 'CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)'
    : "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
}

/** Numbers the placeholders of raw SQL for the dialect: write `?`, PostgreSQL gets `$1`, `$2`, … */
export function placeholders(dataSource: DataSource, sql: string): string {
  if (dataSource.options.type !== 'postgres') return sql;
  let position = 0;
  return sql.replace(/\?/g, () => `$${++position}`);
}

/** An expression by which texts sort the same everywhere: by their bytes in UTF-8, whatever the database's locale. */
export function binaryOrder(dataSource: DataSource, expression: string): string {
  return dataSource.options.type === 'postgres' ? `${expression} COLLATE "C"` : expression;
}

/** An aggregate that puts texts one behind the other, in no order. */
export function joinedTexts(dataSource: DataSource, expression: string, separator: string): string {
  const name = dataSource.options.type === 'postgres' ? 'STRING_AGG' : 'GROUP_CONCAT';
  return `${name}(${expression}, '${separator}')`;
}

/** Where a text begins in another, from 1; 0: nowhere. */
export function positionIn(dataSource: DataSource, expression: string, part: string): string {
  return `${dataSource.options.type === 'postgres' ? 'STRPOS' : 'INSTR'}(${expression}, '${part}')`;
}
