import type { DataSource, EntityManager } from 'typeorm';
import { placeholders } from './sql-dialect.js';

/**
 * Runs raw SQL and gives its rows. Write `?` for parameters. TypeORM answers an UPDATE or DELETE with RETURNING as
 * `[rows, count]` on PostgreSQL and as rows on SQLite.
 */
export async function sqlRows<T>(
  runner: DataSource | EntityManager,
  dataSource: DataSource,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<T[]> {
  const result: unknown = await runner.query(placeholders(dataSource, sql), [...parameters]);
  if (!Array.isArray(result)) return [];
  return (Array.isArray(result[0]) ? result[0] : result) as T[];
}
