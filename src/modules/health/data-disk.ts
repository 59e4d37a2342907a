import { statfs } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  MONGO_CONFIG,
  SQL_CONFIG,
  STORAGE_CONFIG,
  type MongoConfig,
  type SqlConfig,
  type StorageConfig,
} from '../../config/app.config.js';

/** With less, writes are about to fail: the engine's journal alone grows by 8 MB at a time. */
const MIN_FREE_BYTES = 16 * 1024 * 1024;

/** The disk of the data folder, where a store is embedded. */
@Injectable()
export class DataDisk {
  /** Whether anything is stored on it. */
  readonly isUsed: boolean;

  constructor(
    @Inject(STORAGE_CONFIG) private readonly storage: StorageConfig,
    @Inject(MONGO_CONFIG) mongo: MongoConfig,
    @Inject(SQL_CONFIG) sql: SqlConfig,
  ) {
    this.isUsed = mongo.embedded || sql.dialect === 'sqlite';
  }

  /** @throws Error when it is nearly full. */
  async check(): Promise<void> {
    const { bavail, bsize } = await statfs(this.storage.dataDir);
    if (bavail * bsize < MIN_FREE_BYTES) throw new Error('The disk of the data folder is nearly full');
  }
}
