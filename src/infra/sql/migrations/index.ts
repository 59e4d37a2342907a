import type { MigrationInterface } from 'typeorm';
import { Accounts1763800000000 } from './1763800000000-accounts.js';
import { Jobs1763910000000 } from './1763910000000-jobs.js';
import { Usage1763930000000 } from './1763930000000-usage.js';
import { Budgets1763940000000 } from './1763940000000-budgets.js';
import { ScheduledRuns1763955000000 } from './1763955000000-scheduled-runs.js';
import { Github1763960000000 } from './1763960000000-github.js';

/**
 * Every migration, oldest first. One class serves both dialects: it uses TypeORM's Table API and the types of
 * `column-builders.ts`. A released migration is never changed. The `leases` table is not here: the migrator
 * makes it itself, because it needs a lease before the first migration.
 */
export const migrations: readonly (new () => MigrationInterface)[] = [
  Accounts1763800000000,
  Jobs1763910000000,
  Usage1763930000000,
  Budgets1763940000000,
  ScheduledRuns1763955000000,
  Github1763960000000,
];
