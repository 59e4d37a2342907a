import { loadEnvFile } from './config/env-file.js';
import { loadConfig } from './config/load-config.js';
import { migrate } from './infra/sql/migrator.js';

/** `npm run migrate`: applies the SQL migrations before a deploy. Exit code 0 when the schema is up to date. */
// What this process writes is for its owner alone: databases hold e-mail addresses and hashes of passwords.
process.umask(0o077);

try {
  const { sql } = loadConfig(loadEnvFile(process.env));
  const applied = await migrate(sql);
  const target = sql.dialect === 'sqlite' ? sql.location : 'PostgreSQL';
  if (applied.length === 0) console.log(`Nothing to apply: the schema in ${target} is up to date.`);
  else console.log(`Applied to ${target}:\n${applied.map((name) => `  ${name}`).join('\n')}`);
} catch (error) {
  console.error(`Migration failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
