import { parseArgs } from 'node:util';
import { loadEnvFile } from './config/env-file.js';
import { loadConfig } from './config/load-config.js';
import { createDataSource, dataSourceOptions } from './infra/sql/data-source-options.js';
import { migrate } from './infra/sql/migrator.js';
import { AUTH_ENTITIES } from './modules/auth/auth.module.js';
import { importOldUsers } from './modules/auth/import-old-users.js';
import { OldUsersRepository } from './modules/auth/old-users.repository.js';
import { UsersRepository } from './modules/auth/users.repository.js';

const USAGE = `Usage: npm run import:users -- --from mongodb://host:27017 [--database browser_telemetry] [--admin you@example.com]

Copies the users of the old browser-telemetry server into Almanac's SQL database (DATABASE_URL, else the file in
DATA_DIR): ids, names, settings and bcrypt hashes stay, so passwords go on working. Users that are there already are
left alone. --admin makes that user the administrator; without it the first person who registers becomes one.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      database: { type: 'string', default: 'browser_telemetry' },
      admin: { type: 'string' },
    },
  });
  if (values.from === undefined) {
    console.error(USAGE);
    return 2;
  }
  const { sql } = loadConfig(loadEnvFile(process.env));
  await migrate(sql);
  const dataSource = await createDataSource(dataSourceOptions(sql, AUTH_ENTITIES)).initialize();
  // What this process writes is for its owner alone: databases hold e-mail addresses and hashes of passwords.
  process.umask(0o077);

  try {
    const documents = new OldUsersRepository().list(values.from, values.database);
    const options = { adminEmail: values.admin, now: Date.now() };
    const result = await importOldUsers(documents, new UsersRepository(dataSource), options);
    console.log(`Imported ${result.imported}, already there ${result.present}, refused ${result.refused.length}.`);
    for (const { id, reason } of result.refused) console.log(`  refused ${id}: ${reason}`);
    return result.refused.length === 0 ? 0 : 1;
  } finally {
    await dataSource.destroy();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`Import failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
