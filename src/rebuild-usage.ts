import { parseArgs } from 'node:util';
import { loadEnvFile } from './config/env-file.js';
import { loadConfig } from './config/load-config.js';
import { createDataSource, dataSourceOptions } from './infra/sql/data-source-options.js';
import { migrate } from './infra/sql/migrator.js';
import { ActivityCellsRepository } from './modules/analytics/usage/activity/activity-cells.repository.js';
import { SessionsRepository } from './modules/analytics/usage/activity/sessions.repository.js';
import { AiCellsRepository } from './modules/analytics/usage/calls/ai-cells.repository.js';
import { CallSeriesRepository } from './modules/analytics/usage/names/call-series.repository.js';
import { CallSeriesNames } from './modules/analytics/usage/names/call-series.service.js';
import { UsageNamesRepository } from './modules/analytics/usage/names/usage-names.repository.js';
import { UsageNames } from './modules/analytics/usage/names/usage-names.service.js';
import { UsageRebuildRepository } from './modules/analytics/usage/rebuild/usage-rebuild.repository.js';
import { UsageRebuild } from './modules/analytics/usage/rebuild/usage-rebuild.service.js';
import { UsageTransactions } from './modules/analytics/usage/usage-transaction.repository.js';

const USAGE = `Usage: npm run usage:rebuild -- [--force]

Makes all rollups of usage analytics again from raw rows, in one transaction. Servers may run meanwhile: reports show the
old figures until it is done, and what they are sent waits or is answered with 503. It refuses when rollups have counted
rows that are not there any more (USAGE_RETENTION_DAYS, erased accounts); with --force these are lost.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { force: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const { sql } = loadConfig(loadEnvFile(process.env));
  await migrate(sql);
  const dataSource = await createDataSource(
    dataSourceOptions(sql, [], { queryTimeoutMs: 0, poolSize: 2 }),
  ).initialize();
  try {
    const outcome = await createRebuild(dataSource).run(values.force);
    if (outcome.kind === 'rebuilt') {
      const { activities, sessions, calls } = outcome;
      console.log(`Rollups of ${activities} activities (${sessions} sessions) and ${calls} AI calls are made anew.`);
      return 0;
    }
    console.error(
      `Nothing was done: ${outcome.activities} activities and ${outcome.calls} AI calls are only known to rollups. See --help.`,
    );
    return 1;
  } finally {
    await dataSource.destroy();
  }
}

/** By hand, since an application would also start jobs and take requests. */
function createRebuild(dataSource: ReturnType<typeof createDataSource>): UsageRebuild {
  return new UsageRebuild(
    new UsageTransactions(dataSource),
    new UsageRebuildRepository(),
    new SessionsRepository(),
    new ActivityCellsRepository(),
    new AiCellsRepository(),
    new UsageNames(new UsageNamesRepository(dataSource)),
    new CallSeriesNames(new CallSeriesRepository(dataSource)),
  );
}

// What this process writes is for its owner alone: the database may be one that it creates.
process.umask(0o077);

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`The rollups could not be made: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
