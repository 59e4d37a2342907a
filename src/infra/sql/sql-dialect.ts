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
