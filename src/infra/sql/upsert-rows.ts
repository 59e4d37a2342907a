import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import { placeholders } from './sql-dialect.js';

/**
 * Inserts whole rows, or replaces those with the same primary key, in one statement; at most some hundred at once. TypeORM's own
 * upsert writes numbers into the text of the statement for SQLite, whose parser of decimals is now and then wrong in the last
 * bit; here every value is bound.
 */
export async function upsertRows(
  manager: EntityManager,
  entity: EntityTarget<ObjectLiteral>,
  rows: readonly ObjectLiteral[],
): Promise<void> {
  if (rows.length === 0) return;
  const { dataSource } = manager;
  const { tableName, columns, primaryColumns } = dataSource.getMetadata(entity);
  const names = columns.map(({ databaseName }) => `"${databaseName}"`);
  const keys = primaryColumns.map(({ databaseName }) => `"${databaseName}"`);
  const others = names.filter((name) => !keys.includes(name));
  const values: unknown[] = rows.flatMap((row) =>
    columns.map((column): unknown =>
      dataSource.driver.preparePersistentValue(row[column.propertyName] ?? null, column),
    ),
  );
  const tuple = `(${names.map(() => '?').join(', ')})`;
  const sql =
    `INSERT INTO "${tableName}" (${names.join(', ')}) VALUES ${rows.map(() => tuple).join(', ')} ` +
    `ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${others.map((name) => `${name} = excluded.${name}`).join(', ')}`;
  await manager.query(placeholders(dataSource, sql), values);
}
