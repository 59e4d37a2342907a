import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AppConfig } from '../config/app.config.js';
import { openStore } from '../infra/mongo/store-access.js';
import { GATHERING_LEASE } from '../modules/activity/embedded/activity-gathering.service.js';
import { scheduleLease } from '../infra/schedule/schedule.service.js';
import { ERASURE_LEASE } from '../modules/auth/account-erasure.job.js';
import { DELETED_PROJECTS } from '../modules/events/product/removal/deleted-projects.job.js';
import { describeFile, writeManifest, type BackupFile, type CollectionFile } from './backup-manifest.js';
import { BackupError } from './backup.error.js';
import { writeBsonFile } from './bson-file.js';
import { collectionsToCopy } from './collection-order.js';
import { CollectionsRepository } from './collections.repository.js';
import { PostgresTools } from './postgres-tools.js';
import { SqlCopyRepository } from './sql-copy.repository.js';

/** What the data folder keeps when the environment names no key. Without it, stored secrets cannot be read again. */
export const KEY_FILES = ['jwt-secret', 'encryption-key'] as const;
const PARTS = ['manifest.json', 'mongodb', 'sql', 'keys'];

/**
 * What must not go on meanwhile. Two gatherings of a day's points while days are being copied would leave points in neither. An
 * account or project that was erased between the copy of its events and that of SQL would be in the backup without anything
 * that could ever erase it.
 */
const HELD_LEASES = [GATHERING_LEASE, ERASURE_LEASE, scheduleLease(DELETED_PROJECTS)];

export interface BackupOptions {
  /** Absolute. */
  folder: string;
  /** Replaces the backup that the folder holds. */
  force: boolean;
  /** For PostgreSQL's programs. */
  environment: NodeJS.ProcessEnv;
  log: (line: string) => void;
}

/**
 * Copies everything that cannot be made again, while servers run. MongoDB comes first and SQL last: accounts, their
 * deletions and jobs are then at least as new as the data that belongs to them, and what was being erased goes on being
 * erased after a restore.
 *
 * @throws BackupError
 */
export async function runBackup(config: AppConfig, { folder, force, environment, log }: BackupOptions): Promise<void> {
  const startedAt = new Date().toISOString();
  const sql = sqlCopy(config, environment);
  await sql.assertReadable();
  prepareFolder(folder, force);
  let collections: CollectionFile[] = [];
  await underLeases(sql, [...HELD_LEASES], async (lost) => {
    collections = await copyCollections(config, folder, lost, log);
    await sql.copyTo(folder);
  });
  const sqlFile = { ...(await describeFile(folder, sql.file)), dialect: config.sql.dialect };
  log(`${config.sql.dialect === 'sqlite' ? 'SQLite' : 'PostgreSQL'}: ${sqlFile.bytes} bytes`);
  const keys = await copyKeys(config.storage.dataDir, folder);
  writeManifest(folder, { startedAt, endedAt: new Date().toISOString(), collections, sql: sqlFile, keys });
}

export function sqlCopy({ sql }: AppConfig, environment: NodeJS.ProcessEnv): SqlCopyRepository {
  return new SqlCopyRepository(sql, sql.dialect === 'postgres' ? new PostgresTools(sql.location, environment) : null);
}

function prepareFolder(folder: string, force: boolean): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (readdirSync(folder).length > 0) {
    if (!force)
      throw new BackupError(`${folder} is not empty. Name another folder, or replace the backup with --force.`);
    // The manifest first: what is left is then no backup any more.
    for (const part of PARTS) rmSync(join(folder, part), { recursive: true, force: true });
  }
  for (const part of ['mongodb', 'sql', 'keys']) mkdirSync(join(folder, part), { mode: 0o700 });
}

/** @param work is told when one of them is lost */
async function underLeases(
  sql: SqlCopyRepository,
  names: readonly string[],
  work: (lost: AbortSignal) => Promise<void>,
  losses: readonly AbortSignal[] = [],
): Promise<void> {
  const [name, ...others] = names;
  if (name === undefined) return work(AbortSignal.any([...losses]));
  await sql.underLease(name, (lost) => underLeases(sql, others, work, [...losses, lost]));
}

async function copyCollections(
  config: AppConfig,
  folder: string,
  lost: AbortSignal,
  log: (line: string) => void,
): Promise<CollectionFile[]> {
  const store = await openStore(config.mongo, config.storage);
  const copied: CollectionFile[] = [];
  try {
    const collections = new CollectionsRepository(store.connection, config.mongo);
    for (const name of collectionsToCopy(await collections.listNames())) {
      lost.throwIfAborted();
      const path = `mongodb/${name}.bson.gz`;
      let documents = 0;
      await writeBsonFile(
        join(folder, path),
        collections.stream(name, (count) => (documents += count)),
      );
      copied.push({ name, documents, ...(await describeFile(folder, path)) });
      log(`${name}: ${documents} documents`);
    }
  } finally {
    await store.close();
  }
  return copied;
}

async function copyKeys(dataDir: string, folder: string): Promise<BackupFile[]> {
  const found = KEY_FILES.filter((name) => existsSync(join(dataDir, name)));
  for (const name of found) copyFileSync(join(dataDir, name), join(folder, 'keys', name));
  return Promise.all(found.map((name) => describeFile(folder, `keys/${name}`)));
}
