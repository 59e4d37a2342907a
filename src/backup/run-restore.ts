import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { AppConfig } from '../config/app.config.js';
import { openStore } from '../infra/mongo/store-access.js';
import { readManifest, verifyFiles, type BackupManifest } from './backup-manifest.js';
import { BackupError } from './backup.error.js';
import { readBsonFile } from './bson-file.js';
import { CollectionsRepository } from './collections.repository.js';
import { sqlCopy, type BackupOptions } from './run-backup.js';
import type { SqlCopyRepository } from './sql-copy.repository.js';

/** A group must be written within the time limit of an ordinary write, also by a busy replica set. */
const GROUP = { maxDocuments: 1000, maxBytes: 1024 * 1024 };

/**
 * Puts a backup into the stores of the configuration, which no server may be using. Everything is checked before anything
 * is written. SQL comes last: as long as it is missing nobody can sign in, so a restore that stopped half-way is not taken
 * for a whole one. What the backup leaves out is made by the next start.
 *
 * @throws BackupError
 */
export async function runRestore(config: AppConfig, options: BackupOptions): Promise<BackupManifest> {
  const { folder, force, environment, log } = options;
  const manifest = readManifest(folder);
  if (manifest.sql.dialect !== config.sql.dialect) {
    throw new BackupError(
      `The backup was made from ${manifest.sql.dialect} and DATABASE_URL names ${config.sql.dialect}; they cannot be exchanged.`,
    );
  }
  await verifyFiles(folder, manifest);
  const sql = sqlCopy(config, environment);
  await sql.assertWritable();
  const store = await openStore(config.mongo, config.storage, { exclusive: true });
  try {
    const collections = new CollectionsRepository(store.connection, config.mongo);
    if (force) await collections.dropAll();
    else await assertEmpty(collections, sql);
    await restoreCollections(collections, manifest, folder, log);
  } finally {
    await store.close();
  }
  await sql.copyFrom(folder);
  restoreKeys(config.storage.dataDir, manifest, folder);
  return manifest;
}

async function assertEmpty(collections: CollectionsRepository, sql: SqlCopyRepository): Promise<void> {
  const full = [...((await collections.isEmpty()) ? [] : ['MongoDB']), ...((await sql.isEmpty()) ? [] : ['SQL'])];
  if (full.length === 0) return;
  throw new BackupError(
    `There is data already (${full.join(', ')}). Restore into empty stores, or replace what is there with --force.`,
  );
}

async function restoreCollections(
  collections: CollectionsRepository,
  manifest: BackupManifest,
  folder: string,
  log: (line: string) => void,
): Promise<void> {
  for (const { name, path, documents } of manifest.collections) {
    let restored = 0;
    for await (const group of readBsonFile(join(folder, path), GROUP)) {
      await collections.insert(name, group);
      restored += group.length;
    }
    if (restored !== documents) throw new BackupError(`${path} holds ${restored} documents instead of ${documents}`);
    log(`${name}: ${restored} documents`);
  }
  await collections.markBrowserDays();
}

/** Also over keys that are there: without the data that they belonged to they are of no use. */
function restoreKeys(dataDir: string, manifest: BackupManifest, folder: string): void {
  mkdirSync(dataDir, { recursive: true });
  for (const { path } of manifest.keys) copyFileSync(join(folder, path), join(dataDir, basename(path)));
}
