import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppConfig } from '../config/app.config.js';
import { ConfigError } from '../config/load-config.js';

type DatabasePlace = { sql: Pick<AppConfig['sql'], 'location'> };

const MARK = 'DEMO';
const MARK_TEXT = 'This folder holds generated demo data. It may be deleted when the demo is not running.\n';

/**
 * Marks the data folder as the demo's.
 * @throws ConfigError when it holds the accounts of a real server.
 */
export function claimDemoFolder({ storage, sql }: Pick<AppConfig, 'storage'> & DatabasePlace): void {
  const mark = join(storage.dataDir, MARK);
  if (existsSync(mark)) return;
  if (existsSync(sql.location)) {
    throw new ConfigError([
      `DATA_DIR: ${storage.dataDir} holds data that is not the demo's; choose another folder for the demo`,
    ]);
  }
  writeFileSync(mark, MARK_TEXT);
}
