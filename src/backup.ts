import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadEnvFile } from './config/env-file.js';
import { loadConfig } from './config/load-config.js';

const USAGE = `Usage: npm run backup -- --to FOLDER [--force]

Copies the data of the configured stores into FOLDER, which must be empty, while servers run: MongoDB's collections as BSON,
then SQL (SQLite as a file, PostgreSQL by pg_dump), and the keys that DATA_DIR keeps. What is made from other data is left out
and made again by the first start after a restore. Points in InfluxDB and keys in the environment are not in it: back those up
by their own means. The folder holds secrets; keep it like a password. With --force a former backup in FOLDER is replaced.`;

async function main(environment: NodeJS.ProcessEnv): Promise<number> {
  const { values } = parseArgs({
    options: { to: { type: 'string' }, force: { type: 'boolean', default: false }, help: { type: 'boolean' } },
  });
  if (values.to === undefined || values.help) {
    console.error(USAGE);
    return values.help ? 0 : 2;
  }
  const config = loadConfig(loadEnvFile(environment));
  // Loaded only now: a bad setting is told of at once.
  const { runBackup } = await import('./backup/run-backup.js');
  const folder = resolve(values.to);
  await runBackup(config, { folder, force: values.force, environment, log: (line) => console.log(`  ${line}`) });
  console.log(`The backup in ${folder} is complete.`);
  if (config.influx.connection !== undefined) console.log('Activity points are in InfluxDB: back it up as well.');
  return 0;
}

// What this process writes is for its owner alone: a backup holds e-mail addresses, hashes of passwords, and keys.
process.umask(0o077);

try {
  process.exitCode = await main(process.env);
} catch (error) {
  console.error(`The backup failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
