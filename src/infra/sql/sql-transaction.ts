import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { isSerializationFailure } from './sql-errors.js';

const MAX_RETRIES = 3;

/**
 * Runs `work` in one transaction and again, at most three times, when PostgreSQL ends it for a deadlock or a
 * serialization failure. `work` must use the manager it is given (on SQLite anything else would wait for
 * the transaction to end) and have no effects outside the database.
 */
export async function inTransaction<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await dataSource.transaction(work);
    } catch (error) {
      if (attempt >= MAX_RETRIES || !isSerializationFailure(error)) throw error;
      await sleep(10 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}
