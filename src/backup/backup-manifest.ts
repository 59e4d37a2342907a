import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SqlConfig } from '../config/app.config.js';
import { ALMANAC_VERSION } from '../config/version.js';
import { BackupError } from './backup.error.js';

const MANIFEST = 'manifest.json';
const FORMAT = 1;

/** A file of the backup, with its path within it. */
export interface BackupFile {
  path: string;
  bytes: number;
  /** Hex. */
  sha256: string;
}

export interface CollectionFile extends BackupFile {
  name: string;
  documents: number;
}

/** What a backup holds. It is written last: a folder without it is none. */
export interface BackupManifest {
  format: number;
  almanacVersion: string;
  /** ISO 8601. What was written before `startedAt` is in the backup, what came after `endedAt` is not. */
  startedAt: string;
  endedAt: string;
  collections: CollectionFile[];
  sql: BackupFile & { dialect: SqlConfig['dialect'] };
  /** Keys that the data folder keeps when the environment names none. */
  keys: BackupFile[];
}

export function writeManifest(folder: string, content: Omit<BackupManifest, 'format' | 'almanacVersion'>): void {
  const manifest: BackupManifest = { format: FORMAT, almanacVersion: ALMANAC_VERSION, ...content };
  writeFileSync(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
}

/** @throws BackupError when the folder holds no backup that this version can read. */
export function readManifest(folder: string): BackupManifest {
  let manifest: BackupManifest;
  try {
    manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as BackupManifest;
  } catch (error) {
    throw new BackupError(`${folder} holds no complete backup: its ${MANIFEST} cannot be read`, { cause: error });
  }
  if (manifest.format !== FORMAT || isNewer(manifest.almanacVersion, ALMANAC_VERSION)) {
    throw new BackupError(
      `${folder} was made by Almanac ${manifest.almanacVersion}; this is ${ALMANAC_VERSION}. Restore it with that version or a later one.`,
    );
  }
  return manifest;
}

/** @throws BackupError that names the first file that is missing or not as it was written. */
export async function verifyFiles(folder: string, manifest: BackupManifest): Promise<void> {
  for (const file of [...manifest.collections, manifest.sql, ...manifest.keys]) {
    const found = await describeFile(folder, file.path).catch(() => null);
    if (found?.sha256 !== file.sha256) throw new BackupError(`${file.path} of the backup is missing or damaged`);
  }
}

export async function describeFile(folder: string, path: string): Promise<BackupFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(join(folder, path)) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { path, bytes, sha256: hash.digest('hex') };
}

function isNewer(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) > 0;
}
