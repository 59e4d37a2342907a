import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadEnvFile } from './config/env-file.js';
import { loadConfig } from './config/load-config.js';

const USAGE = `Usage: npm run restore -- --from FOLDER [--force]

Puts a backup made by npm run backup into the configured stores. Stop every server that uses them first. The stores must be
empty; with --force everything in MongoDB's database and SQL's schema is deleted before. Set ENCRYPTION_KEY and JWT_SECRET as
they were. The next start makes indexes and what the backup leaves out; a backup of an older version is migrated then.`;

async function main(environment: NodeJS.ProcessEnv): Promise<number> {
  const { values } = parseArgs({
    options: { from: { type: 'string' }, force: { type: 'boolean', default: false }, help: { type: 'boolean' } },
  });
  if (values.from === undefined || values.help) {
    console.error(USAGE);
    return values.help ? 0 : 2;
  }
  const config = loadConfig(loadEnvFile(environment));
  // Loaded only now: a bad setting is told of at once.
  const { runRestore } = await import('./backup/run-restore.js');
  const folder = resolve(values.from);
  const log = (line: string) => console.log(`  ${line}`);
  const { endedAt } = await runRestore(config, { folder, force: values.force, environment, log });
  console.log(`Restored as it was at ${endedAt}. Start the server: it makes indexes and rollups.`);
  return 0;
}

// What this process writes is for its owner alone: databases hold e-mail addresses and hashes of passwords.
process.umask(0o077);

try {
  process.exitCode = await main(process.env);
} catch (error) {
  console.error(`The restore failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
