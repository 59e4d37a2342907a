import { setTimeout as sleep } from 'node:timers/promises';
import type { SqlConfig } from '../../config/app.config.js';
import { LeaseRepository } from '../lease/lease.repository.js';
import { LeaseService } from '../lease/lease.service.js';
import { createDataSource, dataSourceOptions } from './data-source-options.js';

const LEASE = 'migrations';
const LEASE_MS = 30_000;
const POLL_MS = 200;

/**
 * Brings the schema up to date, on a connection of its own without query time limits, and returns the names
 * of the migrations it applied. Safe to run twice and from several processes at once: one works under the
 * lease "migrations", the others wait for it and find nothing left. Rejects when the database is away,
 * when a migration fails (it is rolled back), or when `signal` aborts the wait.
 */
export async function migrate(config: SqlConfig, signal?: AbortSignal): Promise<string[]> {
  // Two connections: one for the migrations, one to renew the lease.
  const dataSource = createDataSource(dataSourceOptions(config, [], { queryTimeoutMs: 0, poolSize: 2 }));
  await dataSource.initialize();
  try {
    const repository = new LeaseRepository(dataSource);
    const leases = new LeaseService(repository);
    await repository.createTable();
    const applied: string[] = [];
    const run = async (): Promise<void> => {
      const done = await dataSource.runMigrations({ transaction: 'each' });
      applied.push(...done.map((migration) => migration.name));
    };
    while (!(await leases.withLease(LEASE, LEASE_MS, run))) await sleep(POLL_MS, undefined, { signal });
    return applied;
  } finally {
    await dataSource.destroy();
  }
}
