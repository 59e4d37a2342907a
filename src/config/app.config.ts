import { getConfigToken } from '@nestjs/config';

export type NodeEnvironment = 'development' | 'production' | 'test';
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export interface HttpConfig {
  environment: NodeEnvironment;
  host: string;
  /** 0 takes any free port (tests). */
  port: number;
  extraPorts: number[];
  corsOrigins: string[];
  /** How many reverse proxies stand in front; their `X-Forwarded-For` entries are believed. 0: none. */
  trustedProxies: number;
  drainMs: number;
  shutdownTimeoutMs: number;
  rateLimitEnabled: boolean;
  /** Requests per address and minute, over all routes but ingest and health. */
  rateLimitPerMinute: number;
}

export interface AuthConfig {
  environment: NodeEnvironment;
  mode: 'required' | 'open';
  registration: 'open' | 'closed';
  /** Signs access tokens (HS256) and derives refresh tokens. */
  jwtSecret: string;
  /** Access tokens of the former secret stay valid until they expire. */
  jwtSecretPrevious?: string;
  issuer?: string;
  audience?: string;
  accessTokenSeconds: number;
  refreshTokenSeconds: number;
  passwordBlocklist: boolean;
}

export interface MongoConfig {
  /** Absent: the embedded engine in `storage.dataDir`, whose address is filled in when it runs. */
  uri?: string;
  embedded: boolean;
  databaseName: string;
  connectTimeoutMs: number;
  serverSelectionTimeoutMs: number;
}

export interface SqlConfig {
  dialect: 'sqlite' | 'postgres';
  /** PostgreSQL connection URL, or the path of the SQLite file. */
  location: string;
}

export interface RedisConfig {
  /** Absent: limits are counted in each process. */
  url?: string;
}

export interface StorageConfig {
  /** Absolute path of the folder that holds everything embedded. */
  dataDir: string;
  /** Absolute path of the folder for what can be fetched again (the newer C library). */
  cacheDir: string;
}

export interface LoggingConfig {
  level: LogLevel;
  /** Lines for a person instead of JSON. */
  pretty: boolean;
}

export interface MetricsConfig {
  environment: NodeEnvironment;
  token?: string;
}

export interface IngestConfig {
  /** Events per second and project, over a minute; above it 429. */
  projectEventsPerSecond: number;
  /** Batches being checked or written at once; above it 503. */
  maxConcurrentBatches: number;
  /** Days after which the data of a deleted project is erased. */
  deletedProjectDays: number;
}

export interface RetentionConfig {
  /** Days after which the events of a project that has no setting of its own are deleted; `null`: never. */
  eventDays: number | null;
}

export interface RollupsConfig {
  /** Of what reports read, this much is kept in memory. */
  cacheMegabytes: number;
}

export interface AppConfig {
  http: HttpConfig;
  auth: AuthConfig;
  mongo: MongoConfig;
  sql: SqlConfig;
  redis: RedisConfig;
  storage: StorageConfig;
  logging: LoggingConfig;
  metrics: MetricsConfig;
  ingest: IngestConfig;
  retention: RetentionConfig;
  rollups: RollupsConfig;
}

// Injection tokens of the slices: `constructor(@Inject(AUTH_CONFIG) private readonly config: AuthConfig)`.
export const HTTP_CONFIG = getConfigToken('http');
export const AUTH_CONFIG = getConfigToken('auth');
export const MONGO_CONFIG = getConfigToken('mongo');
export const SQL_CONFIG = getConfigToken('sql');
export const REDIS_CONFIG = getConfigToken('redis');
export const STORAGE_CONFIG = getConfigToken('storage');
export const METRICS_CONFIG = getConfigToken('metrics');
export const INGEST_CONFIG = getConfigToken('ingest');
export const RETENTION_CONFIG = getConfigToken('retention');
export const ROLLUPS_CONFIG = getConfigToken('rollups');
