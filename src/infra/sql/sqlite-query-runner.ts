import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import { inChildSpan } from '../tracing/in-span.js';
import type { SqliteDatabase } from './sqlite-database.js';
import { SqliteBusyError, SqliteLock } from './sqlite-lock.js';

/** How long a write waits for other requests or other processes before it fails with SQLITE_BUSY. */
const BUSY_TIMEOUT_MS = 5000;
/** Statements that must run outside a transaction, or need none. */
const NEEDS_NO_WRITE_LOCK = /^\s*(SELECT|PRAGMA|EXPLAIN|ATTACH|DETACH|VACUUM)\b/i;

/**
 * TypeORM's runner made safe for concurrent requests on one SQLite connection. Two things differ:
 *
 * - Each unit of work has its own runner, and a runner in a transaction keeps the others out until it
 *   commits (TypeORM shares one runner, so two requests would share one transaction).
 * - Every write begins with `BEGIN IMMEDIATE`, tried again without blocking the event loop while another
 *   process holds the file. libsql leaves a statement that failed with SQLITE_BUSY unfinished, and every
 *   later write of that connection would then stay uncommitted; a failed BEGIN leaves nothing behind.
 */
class SerializedSqliteQueryRunner extends BetterSqlite3QueryRunner {
  private releaseLock?: () => void;

  constructor(
    driver: BetterSqlite3Driver,
    private readonly lock: SqliteLock,
  ) {
    super(driver);
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the signature of TypeORM's own method
  override async query(sql: string, parameters: unknown[] = [], useStructuredResult = false): Promise<any> {
    if (sql === 'BEGIN TRANSACTION') return this.begin();
    if (sql === 'COMMIT' || sql === 'ROLLBACK') return this.end(sql);
    // The first word only: statements may hold names of users.
    const operation = /^\s*(\w{1,20})/.exec(sql)?.[1]?.toUpperCase() ?? 'SQL';
    const attributes = { 'db.system.name': 'sqlite', 'db.operation.name': operation };
    return inChildSpan(`sqlite ${operation}`, attributes, () =>
      this.runStatement(sql, parameters, useStructuredResult),
    );
  }

  override async release(): Promise<void> {
    if (this.releaseLock) await this.end('ROLLBACK');
    await super.release();
  }

  private async runStatement(sql: string, parameters: unknown[], useStructuredResult: boolean): Promise<unknown> {
    if (this.releaseLock) return this.execute(sql, parameters, useStructuredResult);
    const release = await this.lock.acquire();
    try {
      if (NEEDS_NO_WRITE_LOCK.test(sql)) return await this.execute(sql, parameters, useStructuredResult);
      return await this.executeInTransaction(sql, parameters, useStructuredResult);
    } finally {
      release();
    }
  }

  private async begin(): Promise<void> {
    const release = await this.lock.acquire();
    try {
      await this.beginImmediate();
      this.releaseLock = release;
    } catch (error) {
      release();
      throw error;
    }
  }

  private async end(sql: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    // A transaction that never began has nothing to roll back.
    if (!this.releaseLock) return;
    const release = this.releaseLock;
    const connection = (await this.connect()) as SqliteDatabase;
    try {
      connection.exec(sql);
    } catch (error) {
      // Keep the lock after a failed COMMIT: the ROLLBACK that follows gives it back.
      if (sql === 'COMMIT') throw error;
      this.logRollbackFailure(error);
    }
    this.releaseLock = undefined;
    release();
  }

  /** The engine rolls back by itself after errors such as a full disk; the explicit ROLLBACK then fails. */
  private logRollbackFailure(error: unknown): void {
    this.dataSource.logger.log('warn', `ROLLBACK: ${String(error)}`, this);
  }

  private async executeInTransaction(
    sql: string,
    parameters: unknown[],
    useStructuredResult: boolean,
  ): Promise<unknown> {
    const connection = await this.beginImmediate();
    try {
      const result: unknown = await this.execute(sql, parameters, useStructuredResult);
      connection.exec('COMMIT');
      return result;
    } catch (error) {
      try {
        connection.exec('ROLLBACK');
      } catch (rollbackError) {
        this.logRollbackFailure(rollbackError);
      }
      throw error;
    }
  }

  private execute(sql: string, parameters: unknown[], useStructuredResult: boolean): Promise<unknown> {
    return useStructuredResult ? super.query(sql, parameters, true) : super.query(sql, parameters);
  }

  private async beginImmediate(): Promise<SqliteDatabase> {
    const connection = (await this.connect()) as SqliteDatabase;
    const deadline = Date.now() + BUSY_TIMEOUT_MS;
    for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 50)) {
      try {
        connection.exec('BEGIN IMMEDIATE');
        return connection;
      } catch (error) {
        if (!String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) throw error;
        if (Date.now() >= deadline) throw new SqliteBusyError(BUSY_TIMEOUT_MS);
        await sleep(pauseMs * (0.5 + Math.random()));
      }
    }
  }
}

/** Gives a SQLite data source one runner per unit of work instead of one for all; see the class above. */
export function serializeSqlite(dataSource: DataSource): DataSource {
  const driver = dataSource.driver as BetterSqlite3Driver;
  const lock = new SqliteLock(BUSY_TIMEOUT_MS);
  const disconnect = driver.disconnect.bind(driver);
  driver.createQueryRunner = () => new SerializedSqliteQueryRunner(driver, lock);
  driver.disconnect = async () => {
    const release = await lock.acquire();
    try {
      await disconnect();
    } finally {
      release();
    }
  };
  return dataSource;
}
