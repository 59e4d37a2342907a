import Libsql from 'libsql';

const CACHED_STATEMENTS = 200;

export interface SqliteStatement {
  readonly reader: boolean;
  all(...parameters: unknown[]): unknown[];
  run(...parameters: unknown[]): unknown;
}

/**
 * libsql's connection as TypeORM's driver expects better-sqlite3's. Parameters go over as one array, because
 * libsql takes a single `null` for an object of named parameters. Statements are prepared once and shared by
 * all query runners; the oldest goes first.
 */
export class SqliteDatabase extends Libsql {
  private readonly statements = new Map<string, SqliteStatement>();

  // @ts-expect-error -- TypeORM uses three members of better-sqlite3's statement; the rest is left out.
  override prepare(sql: string): SqliteStatement {
    const cached = this.statements.get(sql);
    if (cached) return cached;
    const statement = super.prepare(sql);
    const adapted: SqliteStatement = {
      reader: statement.reader,
      all: (...parameters) => statement.all(parameters),
      run: (...parameters) => statement.run(parameters),
    };
    this.statements.set(sql, adapted);
    if (this.statements.size > CACHED_STATEMENTS) this.statements.delete(this.statements.keys().next().value as string);
    return adapted;
  }

  override close(): this {
    this.statements.clear();
    return super.close();
  }
}
