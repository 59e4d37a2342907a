import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { databaseNow, placeholders } from '../sql/sql-dialect.js';
import { inTransaction } from '../sql/sql-transaction.js';

/** Any number that nothing else in the database locks; "ALMN" in ASCII. */
const CREATE_TABLE_LOCK = 0x414c4d4e;

export interface LeaseRow {
  token: number;
  expiresAt: number;
}

/** Rows of `leases`. Each change is one statement, and all times are the database's. */
@Injectable()
export class LeaseRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** For the migrator, which needs a lease before there are migrations. */
  async createTable(): Promise<void> {
    await inTransaction(this.dataSource, async (manager) => {
      // PostgreSQL checks IF NOT EXISTS before it takes its own lock: of several at once, some fail on the catalogue.
      if (this.dataSource.options.type === 'postgres') {
        await manager.query('SELECT pg_advisory_xact_lock($1)', [CREATE_TABLE_LOCK]);
      }
      await manager.query(
        'CREATE TABLE IF NOT EXISTS "leases" ("name" text PRIMARY KEY NOT NULL, "holder" text NOT NULL, "token" bigint NOT NULL, "expires_at" bigint NOT NULL)',
      );
    });
  }

  /** Takes the lease if it is free or has run out. The token grows by one with each new holder. */
  async acquire(name: string, holder: string, ttlMs: number): Promise<LeaseRow | null> {
    const now = databaseNow(this.dataSource);
    const rows = await this.query<{ token: string | number; expires_at: string | number }>(
      `INSERT INTO "leases" ("name", "holder", "token", "expires_at") VALUES (?, ?, 1, ${now} + ?)
       ON CONFLICT ("name") DO UPDATE
         SET "holder" = excluded."holder", "token" = "leases"."token" + 1, "expires_at" = ${now} + ?
         WHERE "leases"."expires_at" <= ${now}
       RETURNING "token", "expires_at"`,
      [name, holder, Math.round(ttlMs), Math.round(ttlMs)],
    );
    const row = rows[0];
    return row ? { token: Number(row.token), expiresAt: Number(row.expires_at) } : null;
  }

  /** The new expiry, or null when the lease has run out or is someone else's. */
  async renew(name: string, holder: string, token: number, ttlMs: number): Promise<number | null> {
    const now = databaseNow(this.dataSource);
    // A CTE-free UPDATE ... RETURNING: TypeORM gives [rows, count] for UPDATE on PostgreSQL and rows on SQLite.
    const result: unknown = await this.dataSource.query(
      placeholders(
        this.dataSource,
        `UPDATE "leases" SET "expires_at" = ${now} + ?
         WHERE "name" = ? AND "holder" = ? AND "token" = ? AND "expires_at" > ${now} RETURNING "expires_at"`,
      ),
      [Math.round(ttlMs), name, holder, token],
    );
    const first = (result as unknown[])[0];
    const row = (Array.isArray(first) ? first[0] : first) as { expires_at: string | number } | undefined;
    return row ? Number(row.expires_at) : null;
  }

  /** Frees the lease if it is still this holder's. The row stays, so that tokens go on growing. */
  async release(name: string, holder: string, token: number): Promise<void> {
    await this.query('UPDATE "leases" SET "expires_at" = 0 WHERE "name" = ? AND "holder" = ? AND "token" = ?', [
      name,
      holder,
      token,
    ]);
  }

  private query<T>(sql: string, parameters: unknown[]): Promise<T[]> {
    return this.dataSource.query(placeholders(this.dataSource, sql), parameters);
  }
}
