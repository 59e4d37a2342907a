import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { inTransaction } from '../../../infra/sql/sql-transaction.js';
import { placeholders } from '../../../infra/sql/sql-dialect.js';

/** Any number that nothing else in the database locks; "USGE" in ASCII. */
const WRITE_LOCK = 0x55534745;
/** Whoever was paused with the lock in hand is cut off, so that the others go on. */
const PAUSED_HOLDER_MS = 5000;

/**
 * Every query of a report finds rows by the keys that it is given. How many these are PostgreSQL cannot know, so it is told
 * which plan is meant; none lasts long enough to be worth compiling, and none sorts so many rows that it needs a disk.
 */
const LOOK = `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
  SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_seqscan = off; SET LOCAL jit = off; SET LOCAL work_mem = '32MB'`;

/** A transaction, or a consistent look at the database, that repositories work in. */
export type UsageTransaction = EntityManager;

/**
 * Usage rows and their rollups change together. One transaction at a time does so, among all replicas: cells of the
 * present quarter of an hour are everybody's, so writers would wait for each other anyway, and like this none meets
 * another half-way. Only the new rows themselves are stored before it is a transaction's turn: nobody counts them until it
 * is committed.
 */
@Injectable()
export class UsageTransactions {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** When it resolves, what `work` wrote survives a crash and a power cut. `work` may run again after a deadlock. */
  write<T>(work: (transaction: UsageTransaction) => Promise<T>): Promise<T> {
    return inTransaction(this.dataSource, async (manager) => {
      await this.prepare(manager);
      await this.takeTurn(manager);
      return work(manager);
    });
  }

  /**
   * The same for new rows: `insert` stores them beside other transactions, and `count` brings the rollups up to date with
   * those that were new, in its turn.
   * @returns what `insert` stored
   */
  writeRows<Id>(
    insert: (transaction: UsageTransaction) => Promise<Set<Id>>,
    count: (transaction: UsageTransaction, stored: ReadonlySet<Id>) => Promise<void>,
  ): Promise<Set<Id>> {
    return inTransaction(this.dataSource, async (manager) => {
      await this.prepare(manager);
      const stored = await insert(manager);
      if (stored.size === 0) return stored;
      await this.takeTurn(manager);
      await count(manager, stored);
      return stored;
    });
  }

  /** All that `work` reads is of one moment. */
  read<T>(work: (transaction: UsageTransaction) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      if (this.isPostgres) await manager.query(LOOK);
      return work(manager);
    });
  }

  private async prepare(manager: EntityManager): Promise<void> {
    // SQLite has one writer by itself, and is opened with synchronous=FULL.
    if (!this.isPostgres) return;
    await manager.query(
      `SELECT set_config('idle_in_transaction_session_timeout', $1, true),
         CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', true) END`,
      [String(PAUSED_HOLDER_MS)],
    );
  }

  private async takeTurn(manager: EntityManager): Promise<void> {
    if (this.isPostgres) await manager.query('SELECT pg_advisory_xact_lock($1)', [WRITE_LOCK]);
  }

  private get isPostgres(): boolean {
    return this.dataSource.options.type === 'postgres';
  }
}

/** Rows of a statement with `?` placeholders. Numbers come as PostgreSQL's driver likes: use `Number`. */
export function rowsOf<T>(transaction: UsageTransaction, sql: string, parameters: unknown[]): Promise<T[]> {
  return transaction.query(placeholders(transaction.dataSource, sql), parameters);
}
