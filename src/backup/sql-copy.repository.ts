import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { SqlConfig } from '../config/app.config.js';
import { LeaseRepository } from '../infra/lease/lease.repository.js';
import { LeaseService } from '../infra/lease/lease.service.js';
import { createDataSource, dataSourceOptions } from '../infra/sql/data-source-options.js';
import { BackupError } from './backup.error.js';
import type { PostgresTools } from './postgres-tools.js';

const FILES = { sqlite: 'sql/almanac.sqlite', postgres: 'sql/almanac.pgdump' } as const;
const LEASE_MS = 30_000;
const POLL_MS = 200;

/** The SQL database as one file. */
export class SqlCopyRepository {
  constructor(
    private readonly config: SqlConfig,
    private readonly tools: PostgresTools | null,
  ) {}

  /** Path within the backup. */
  get file(): string {
    return FILES[this.config.dialect];
  }

  /** @throws BackupError when there is nothing to copy, or nothing to copy it with */
  async assertReadable(): Promise<void> {
    const { dialect, location } = this.config;
    if (dialect === 'sqlite' && !existsSync(location))
      throw new BackupError(`There is no database at ${location}. Is DATA_DIR (or DATABASE_URL) that of the server?`);
    await this.tools?.assertFound('pg_dump');
  }

  async assertWritable(): Promise<void> {
    await this.tools?.assertFound('pg_restore');
  }

  async isEmpty(): Promise<boolean> {
    if (this.config.dialect === 'sqlite') return !existsSync(this.config.location);
    return this.withDataSource(async (dataSource) => (await listTables(dataSource)).length === 0);
  }

  /** A snapshot: servers go on writing, and what they write from here on is not in it. On disk when it resolves. */
  async copyTo(folder: string): Promise<void> {
    const target = join(folder, this.file);
    if (this.tools !== null) await this.tools.dump(target);
    else await this.withDataSource((dataSource) => dataSource.query('VACUUM INTO ?', [target]));
    await flush(target);
  }

  /** In place of whatever is there. */
  async copyFrom(folder: string): Promise<void> {
    const source = join(folder, this.file);
    if (this.tools !== null) {
      await this.withDataSource(dropTables);
      await this.tools.restore(source);
      return;
    }
    const { location } = this.config;
    await mkdir(dirname(location), { recursive: true });
    const draft = `${location}.restoring`;
    await copyFile(source, draft);
    await flush(draft);
    // The log of the file that was there would be replayed into the new one.
    for (const suffix of ['-wal', '-shm']) await rm(location + suffix, { force: true });
    await rename(draft, location);
  }

  /** Runs `work` under a lease that servers hold for their own work; waits until it is free. */
  async underLease(name: string, work: (lost: AbortSignal) => Promise<void>): Promise<void> {
    await this.withDataSource(async (dataSource) => {
      const repository = new LeaseRepository(dataSource);
      await repository.createTable();
      const leases = new LeaseService(repository);
      while (!(await leases.withLease(name, LEASE_MS, work))) await sleep(POLL_MS);
    });
  }

  private async withDataSource<T>(work: (dataSource: DataSource) => Promise<T>): Promise<T> {
    const options = dataSourceOptions(this.config, [], { queryTimeoutMs: 0, poolSize: 2 });
    const dataSource = await createDataSource(options).initialize();
    try {
      return await work(dataSource);
    } finally {
      await dataSource.destroy();
    }
  }
}

async function listTables(dataSource: DataSource): Promise<string[]> {
  const rows: { name: string }[] = await dataSource.query(
    'SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = current_schema()',
  );
  return rows.map(({ name }) => name);
}

async function dropTables(dataSource: DataSource): Promise<void> {
  const tables = await listTables(dataSource);
  if (tables.length > 0) await dataSource.query(`DROP TABLE ${tables.join(', ')} CASCADE`);
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
