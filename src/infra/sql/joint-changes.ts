import type { EntityManager } from 'typeorm';
import { placeholders } from './sql-dialect.js';

/** An INSERT, UPDATE or DELETE with `?` placeholders. */
export interface TableChange {
  sql: string;
  parameters: readonly unknown[];
  /** Columns of its RETURNING that are answered; one that is NULL in a row leaves the row out. */
  answer?: { columns: readonly string[]; required: string };
}

type Row = Record<string, string | number | null>;

/**
 * Makes changes to different tables. On PostgreSQL they are one statement: after each of several the transaction, with all that
 * it locks, would wait for its turn in this process. SQLite works in this thread, and has no statement of that kind.
 * @returns the rows that each answers; whole numbers may be texts
 */
export async function changeTogether(transaction: EntityManager, changes: readonly TableChange[]): Promise<Row[][]> {
  if (transaction.dataSource.options.type === 'postgres') return changeInOneStatement(transaction, changes);
  const answers: Row[][] = [];
  for (const { sql, parameters, answer } of changes) {
    const rows = await transaction.query<Row[]>(sql, [...parameters]);
    answers.push(answer === undefined ? [] : rows.filter((row) => row[answer.required] !== null));
  }
  return answers;
}

async function changeInOneStatement(transaction: EntityManager, changes: readonly TableChange[]): Promise<Row[][]> {
  const parts = changes.map(({ sql }, i) => `part${i} AS (${sql})`);
  const answers = changes.flatMap(({ answer }, i) =>
    answer === undefined
      ? []
      : [
          `(SELECT COALESCE(JSON_AGG(JSON_BUILD_ARRAY(${answer.columns.join(', ')})), '[]')
            FROM part${i} WHERE ${answer.required} IS NOT NULL) AS answer${i}`,
        ],
  );
  const [row] = await transaction.query<Record<string, Row[string][][]>[]>(
    placeholders(transaction.dataSource, `WITH ${parts.join(', ')} SELECT ${answers.join(', ') || '1'}`),
    changes.flatMap(({ parameters }) => [...parameters]),
  );
  return changes.map(({ answer }, i) =>
    (row?.[`answer${i}`] ?? []).map((values) =>
      Object.fromEntries(answer!.columns.map((name, column) => [name, values[column]!])),
    ),
  );
}
