import type { DataSource } from 'typeorm';

export type RowColumnType = 'integer' | 'bigint' | 'text' | 'boolean';

/**
 * Many rows as one parameter: an item for `FROM` whose columns have these names and types. The SQL around it stays the
 * same however many rows there are, so that it is prepared once. Write `?` where it stands; `rowsParameter` gives the value.
 * Texts must be well-formed Unicode without NUL, which PostgreSQL refuses.
 */
export function rowSource(dataSource: DataSource, columns: Record<string, RowColumnType>): string {
  const names = Object.entries(columns);
  if (dataSource.options.type === 'postgres') {
    const values = names.map(([name, type], i) => `CAST("value"->>${i} AS ${type}) AS "${name}"`);
    return `(SELECT ${values.join(', ')} FROM jsonb_array_elements(CAST(? AS jsonb)))`;
  }
  const values = names.map(([name], i) => `"value"->>${i} AS "${name}"`);
  return `(SELECT ${values.join(', ')} FROM json_each(?))`;
}

/**
 * For each row before it in a `FROM`, the rows of a table that meet a condition. PostgreSQL cannot know how many rows a
 * `rowSource` has, and by its guess would rather go through the table and look at the source for every row of it: like
 * this it looks the rows up, for one row of the source after the other.
 * @param condition may speak of what stands before, and of the table by its alias
 */
export function joinEach(dataSource: DataSource, table: string, alias: string, condition: string): string {
  if (dataSource.options.type !== 'postgres') return `CROSS JOIN ${table} ${alias} ON ${condition}`;
  return `CROSS JOIN LATERAL (SELECT ${alias}.* FROM ${table} ${alias} WHERE ${condition} OFFSET 0) AS ${alias}`;
}

export type RowValue = string | number | boolean | null;

/** Each row holds the columns' values in their order. */
export function rowsParameter(rows: readonly (readonly RowValue[])[]): string {
  return JSON.stringify(rows);
}
