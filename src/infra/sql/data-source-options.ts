import { DataSource, type DataSourceOptions } from 'typeorm';
import type { SqlConfig } from '../../config/app.config.js';
import { migrations } from './migrations/index.js';
import { postgresDriver } from './postgres-driver.js';
import { SqliteDatabase } from './sqlite-database.js';
import { serializeSqlite } from './sqlite-query-runner.js';

const POOL_SIZE = 10;
/** The wait inside SQLite blocks the event loop, so it is short; the query runner goes on trying for 5 s without blocking. */
const BLOCKING_WAIT_MS = 20;

export type EntityClass = new () => object;

export interface DataSourceOverrides {
  /** Limit of one PostgreSQL query in milliseconds; 0 for none (migrations). */
  queryTimeoutMs?: number;
  poolSize?: number;
}

/**
 * Connection options for either dialect. SQLite: write-ahead log, foreign keys, and `synchronous=FULL`, so
 * that a committed row survives a power cut. PostgreSQL: a pool with time limits, so that a paused server
 * becomes an error instead of a hanging request.
 */
export function dataSourceOptions(
  config: SqlConfig,
  entities: EntityClass[],
  overrides: DataSourceOverrides = {},
): DataSourceOptions {
  const common = { entities, migrations: [...migrations], migrationsTableName: 'migrations', synchronize: false };
  if (config.dialect === 'sqlite') {
    return {
      ...common,
      type: 'better-sqlite3',
      driver: SqliteDatabase,
      // The database keeps its own cache, which all query runners share.
      statementCacheSize: 0,
      database: config.location,
      timeout: BLOCKING_WAIT_MS,
      prepareDatabase: (database: { pragma(source: string): unknown }) => {
        // The change to a write-ahead log needs the file for itself, and another process may be starting too.
        database.pragma('busy_timeout = 5000');
        database.pragma('journal_mode = WAL');
        database.pragma('synchronous = FULL');
        database.pragma(`busy_timeout = ${BLOCKING_WAIT_MS}`);
      },
    };
  }
  const queryTimeoutMs = overrides.queryTimeoutMs ?? config.queryTimeoutMs;
  return {
    ...common,
    type: 'postgres',
    driver: postgresDriver,
    url: config.location,
    poolSize: overrides.poolSize ?? POOL_SIZE,
    connectTimeoutMS: config.connectTimeoutMs,
    applicationName: 'almanac',
    installExtensions: false,
    extra: {
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      idleTimeoutMillis: 30_000,
      // The server's own limit ends the work that the client has given up on.
      ...(queryTimeoutMs > 0 && { query_timeout: queryTimeoutMs, statement_timeout: queryTimeoutMs }),
    },
  };
}

/** A data source that is not connected yet. Every data source of the project is made here. */
export function createDataSource(options: DataSourceOptions): DataSource {
  const dataSource = new DataSource(options);
  return options.type === 'better-sqlite3' ? serializeSqlite(dataSource) : dataSource;
}
