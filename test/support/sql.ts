import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import type { SqlConfig } from '../../src/config/app.config.js';
import { createDataSource, dataSourceOptions, type EntityClass } from '../../src/infra/sql/data-source-options.js';
import { migrate } from '../../src/infra/sql/migrator.js';
import { PATIENT_SQL } from './patience.js';

export interface SqlTestDatabase {
  config: SqlConfig;
  /** Migrated and connected; closed by `drop`. */
  connect(entities: EntityClass[]): Promise<DataSource>;
  drop(): Promise<void>;
}

export interface SqlTestTarget {
  dialect: SqlConfig['dialect'];
  /** An empty database for one suite. */
  create(): Promise<SqlTestDatabase>;
}

const POSTGRES_URL = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/**
 * The databases a suite runs on: SQLite always, PostgreSQL when it is reachable. With CI=true a missing
 * PostgreSQL is an error, elsewhere it is said aloud. Use: `describe.each(await sqlTestTargets())('… on $dialect', …)`.
 */
export async function sqlTestTargets(): Promise<SqlTestTarget[]> {
  const targets: SqlTestTarget[] = [{ dialect: 'sqlite', create: createSqlite }];
  const problem = await postgresProblem();
  if (!problem) targets.push({ dialect: 'postgres', create: createPostgres });
  else if (process.env.CI === 'true') throw new Error(`PostgreSQL is required in CI: ${problem}`);
  else console.warn(`SKIPPED on PostgreSQL (set TEST_POSTGRES_URL or start it on port 5432): ${problem}`);
  return targets;
}

async function createSqlite(): Promise<SqlTestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'almanac-sql-'));
  return database({ dialect: 'sqlite', location: join(folder, 'almanac.db'), ...PATIENT_SQL }, () =>
    rm(folder, { recursive: true, force: true }),
  );
}

async function createPostgres(): Promise<SqlTestDatabase> {
  const name = `almanac_test_${randomBytes(6).toString('hex')}`;
  await administer(`CREATE DATABASE ${name} TEMPLATE template0`);
  const url = new URL(POSTGRES_URL);
  url.pathname = `/${name}`;
  return database({ dialect: 'postgres', location: url.href, ...PATIENT_SQL }, () =>
    administer(`DROP DATABASE ${name} WITH (FORCE)`),
  );
}

function database(config: SqlConfig, remove: () => Promise<void>): SqlTestDatabase {
  const open: DataSource[] = [];
  return {
    config,
    async connect(entities) {
      await migrate(config);
      const dataSource = await createDataSource(dataSourceOptions(config, entities)).initialize();
      open.push(dataSource);
      return dataSource;
    },
    async drop() {
      for (const dataSource of open) if (dataSource.isInitialized) await dataSource.destroy();
      await remove();
    },
  };
}

async function administer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRES_URL, connectionTimeoutMillis: 20_000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function postgresProblem(): Promise<string | undefined> {
  try {
    await administer('SELECT 1');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
