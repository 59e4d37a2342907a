import type { MigrationInterface } from 'typeorm';
import { Accounts1763800000000 } from './1763800000000-accounts.js';
import { Orgs1763900000000 } from './1763900000000-orgs.js';
import { Jobs1763910000000 } from './1763910000000-jobs.js';
import { Webhooks1763920000000 } from './1763920000000-webhooks.js';
import { Usage1763930000000 } from './1763930000000-usage.js';
import { Budgets1763940000000 } from './1763940000000-budgets.js';
import { ScheduledRuns1763955000000 } from './1763955000000-scheduled-runs.js';
import { AiCallers1763956000000 } from './1763956000000-ai-callers.js';
import { Github1763960000000 } from './1763960000000-github.js';
import { Whoop1763990000000 } from './1763990000000-whoop.js';
import { ScheduleFencing1764000000000 } from './1764000000000-schedule-fencing.js';
import { ActivitiesByDay1764100000000 } from './1764100000000-activities-by-day.js';
import { UsageBlocks1764110000000 } from './1764110000000-usage-blocks.js';
import { WhoopOwners1764120000000 } from './1764120000000-whoop-owners.js';
import { GithubUncountable1764130000000 } from './1764130000000-github-uncountable.js';

/**
 * Every migration, oldest first. One class serves both dialects: it uses TypeORM's Table API and the types of
 * `column-builders.ts`. A released migration is never changed. The `leases` table is not here: the migrator
 * makes it itself, because it needs a lease before the first migration.
 */
export const migrations: readonly (new () => MigrationInterface)[] = [
  Accounts1763800000000,
  Orgs1763900000000,
  Jobs1763910000000,
  Webhooks1763920000000,
  Usage1763930000000,
  Budgets1763940000000,
  ScheduledRuns1763955000000,
  AiCallers1763956000000,
  Github1763960000000,
  Whoop1763990000000,
  ScheduleFencing1764000000000,
  ActivitiesByDay1764100000000,
  UsageBlocks1764110000000,
  WhoopOwners1764120000000,
  GithubUncountable1764130000000,
];
