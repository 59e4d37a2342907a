import { isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import type { AppConfig, HttpConfig, LogLevel, NodeEnvironment, SqlConfig } from './app.config.js';
import { EnvReader } from './env-reader.js';
import { readAi } from './ai-config.js';
import { newEncryptionKey, parseEncryptionKey, readEncryptionKeys } from './encryption-keys.js';
import { readGithub } from './github-config.js';
import { readInflux } from './influx-config.js';
import { developmentSecret, jwtSecretProblem, newJwtSecret } from './jwt-secret.js';
import { readProductivity } from './productivity-config.js';
import { readTracing } from './tracing-config.js';
import { readWhoop } from './whoop-config.js';

export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(
      `Almanac cannot start: ${problems.length} setting(s) need attention.\n` +
        problems.map((p) => `  - ${p}`).join('\n'),
    );
    this.name = 'ConfigError';
  }
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const DEFAULT_CORS_ORIGINS = ['http://localhost:3000', 'http://localhost:5173'];

/**
 * Turns environment variables into the typed configuration.
 * @throws ConfigError that names every problem at once.
 */
export function loadConfig(env: NodeJS.ProcessEnv): AppConfig {
  const reader = new EnvReader(env);
  const environment = reader.choice<NodeEnvironment>(
    ['NODE_ENV', 'ENV'],
    ['development', 'production', 'test'],
    'development',
  );
  const production = environment === 'production';
  const storage = {
    dataDir: resolve(reader.text('DATA_DIR') ?? './data'),
    cacheDir: resolve(reader.text('CACHE_DIR') ?? './.cache'),
  };
  const mongoUri = readMongoUri(reader);
  const config: AppConfig = {
    http: readHttp(reader, environment),
    auth: {
      environment,
      mode: reader.choice('AUTH_MODE', ['required', 'open'], 'required'),
      registration: reader.choice('AUTH_REGISTRATION', ['open', 'closed'], production ? 'closed' : 'open'),
      jwtSecret: readJwtSecret(reader, production),
      jwtSecretPrevious: reader.text('JWT_SECRET_PREVIOUS'),
      issuer: reader.text('JWT_ISSUER'),
      audience: reader.text('JWT_AUDIENCE'),
      accessTokenSeconds: reader.integer('JWT_ACCESS_TOKEN_EXPIRES', 3600, 30, 86_400 * 31),
      refreshTokenSeconds: reader.integer('JWT_REFRESH_TOKEN_EXPIRES', 2_592_000, 60, 86_400 * 366),
      passwordBlocklist: reader.boolean('PASSWORD_BLOCKLIST', production),
    },
    mongo: {
      uri: mongoUri,
      embedded: mongoUri === undefined,
      databaseName: reader.oneOfNames('MONGODB_DB_NAME', 'MONGO_DB_NAME') ?? 'almanac',
      connectTimeoutMs: reader.integer('MONGO_CONNECT_TIMEOUT_MS', 1000, 100, 60_000),
      serverSelectionTimeoutMs: reader.integer('MONGO_SERVER_SELECTION_TIMEOUT_MS', 700, 100, 60_000),
    },
    sql: readSql(reader, storage.dataDir),
    redis: { url: readRedisUrl(reader) },
    jobs: { processType: reader.choice('PROCESS_TYPE', ['all', 'api', 'worker'], 'all') },
    storage,
    logging: { level: readLogLevel(reader), pretty: reader.boolean('LOG_PRETTY', !production) },
    metrics: { environment, token: reader.text('METRICS_TOKEN') },
    tracing: readTracing(reader),
    ingest: {
      projectEventsPerSecond: reader.integer('INGEST_EVENTS_PER_SECOND', 50_000, 1, 10_000_000),
      maxConcurrentBatches: reader.integer('INGEST_MAX_CONCURRENT_BATCHES', 128, 1, 10_000),
      deletedProjectDays: reader.integer('DELETED_PROJECT_DAYS', 30, 0, 3650),
    },
    rollups: { cacheMegabytes: reader.integer('ROLLUP_CACHE_MB', 96, 8, 1_000_000) },
    retention: { eventDays: readEventDays(reader) },
    ai: readAi(reader),
    influx: readInflux(reader),
    encryption: { keys: readEncryptionKeys(reader, production) },
    webhooks: { allowPrivate: reader.boolean('WEBHOOK_ALLOW_PRIVATE', false), environment },
    productivity: readProductivity(reader),
    usage: {
      retentionDays: reader.integer('USAGE_RETENTION_DAYS', 400, 1, 36_500),
      storeFullIp: reader.boolean('STORE_FULL_IP', false),
      priceFile: readPath(reader, 'PRICE_FILE'),
    },
    github: readGithub(reader),
    whoop: readWhoop(reader),
  };
  if (reader.problems.length > 0) throw new ConfigError(reader.problems);
  // Last, since they write files: a configuration that is refused leaves no trace.
  const { dataDir } = storage;
  if (config.auth.jwtSecret === '') config.auth.jwtSecret = developmentSecret(dataDir, 'jwt-secret', newJwtSecret);
  // Replicas would each make their own; without a key, what stores secrets refuses to.
  if (config.encryption.keys.length === 0 && !production) {
    config.encryption.keys = [parseEncryptionKey(developmentSecret(dataDir, 'encryption-key', newEncryptionKey))!];
  }
  return config;
}

function readHttp(reader: EnvReader, environment: NodeEnvironment): HttpConfig {
  const production = environment === 'production';
  const extraPorts = reader.list('EXTRA_PORTS', []).map(Number);
  if (extraPorts.some((port) => !Number.isInteger(port) || port < 0 || port > 65_535)) {
    reader.problems.push('EXTRA_PORTS must be port numbers separated by commas');
  }
  const corsOrigins = reader.list('CORS_ORIGINS', DEFAULT_CORS_ORIGINS);
  for (const origin of corsOrigins) {
    if (!isOrigin(origin))
      reader.problems.push(`CORS_ORIGINS: '${origin}' is not an origin such as https://app.example.com`);
  }
  return {
    environment,
    host: reader.text('HOST') ?? (production ? '0.0.0.0' : '127.0.0.1'),
    port: reader.integer(['PORT', 'SERVER_PORT'], 5000, 0, 65_535),
    extraPorts,
    corsOrigins,
    trustedProxies: reader.integer('TRUSTED_PROXIES', 0, 0, 10),
    drainMs: reader.integer('SHUTDOWN_DRAIN_MS', production ? 5000 : 0, 0, 300_000),
    shutdownTimeoutMs: reader.integer('SHUTDOWN_TIMEOUT_MS', 15_000, 100, 600_000),
    rateLimitEnabled: reader.boolean('RATE_LIMIT_ENABLED', true),
    rateLimitPerMinute: reader.integer('RATE_LIMIT_PER_MINUTE', 1200, 1, 1_000_000),
  };
}

/** An origin as browsers send it. `*` is not one: answering every site with credentials leaks data. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return text === (url.origin === 'null' ? `${url.protocol}//${url.host}` : url.origin);
}

function readJwtSecret(reader: EnvReader, production: boolean): string {
  const secret = reader.oneOfNames('JWT_SECRET', 'JWT_SECRET_KEY');
  if (production) {
    const problem = jwtSecretProblem(secret);
    if (problem !== null) reader.problems.push(`JWT_SECRET ${problem}`);
    const previous = reader.text('JWT_SECRET_PREVIOUS');
    const previousProblem = previous === undefined ? null : jwtSecretProblem(previous);
    if (previousProblem !== null) reader.problems.push(`JWT_SECRET_PREVIOUS ${previousProblem}`);
  }
  return secret ?? '';
}

function readMongoUri(reader: EnvReader): string | undefined {
  const uri = reader.oneOfNames('MONGODB_URI', 'MONGO_URI');
  if (uri !== undefined && !/^mongodb(\+srv)?:\/\/[^/]/.test(uri)) {
    reader.problems.push('MONGODB_URI must begin with mongodb:// or mongodb+srv://');
  }
  return uri;
}

function readRedisUrl(reader: EnvReader): string | undefined {
  const url = reader.text('REDIS_URL');
  if (url !== undefined && !/^rediss?:\/\/[^/]/.test(url)) {
    reader.problems.push('REDIS_URL must begin with redis:// or rediss://');
  }
  return url;
}

function readEventDays(reader: EnvReader): number | null {
  if (reader.text('EVENT_RETENTION_DAYS') === undefined) return null;
  return reader.integer('EVENT_RETENTION_DAYS', 1, 1, 36_500);
}

function readSql(reader: EnvReader, dataDir: string): SqlConfig {
  return {
    ...readSqlPlace(reader, dataDir),
    // Together under 3 s: a paused server becomes a 503 by then.
    connectTimeoutMs: reader.integer('SQL_CONNECT_TIMEOUT_MS', 1000, 100, 60_000),
    queryTimeoutMs: reader.integer('SQL_QUERY_TIMEOUT_MS', 1800, 100, 600_000),
  };
}

function readSqlPlace(reader: EnvReader, dataDir: string): Pick<SqlConfig, 'dialect' | 'location'> {
  const url = reader.text('DATABASE_URL');
  if (url === undefined) {
    const host = reader.text('DB_HOST');
    const parts = ['DB_PORT', 'DB_USER', 'DB_PASSWORD', 'DB_NAME'].filter((name) => reader.text(name) !== undefined);
    if (host === undefined && parts.length > 0) {
      // Otherwise rows would silently go to a file instead of the database that somebody has in mind.
      reader.problems.push(`${parts.join(', ')} cannot be used without DB_HOST: set it too, or DATABASE_URL instead`);
    }
    return host === undefined
      ? { dialect: 'sqlite', location: resolve(dataDir, 'almanac.sqlite') }
      : { dialect: 'postgres', location: postgresUrlFromParts(reader, host) };
  }
  if (/^postgres(ql)?:\/\/./.test(url) && URL.canParse(url)) return { dialect: 'postgres', location: url };
  const sqlite = /^sqlite:\/\/(\/.+)$/.exec(url)?.[1];
  if (sqlite !== undefined) return { dialect: 'sqlite', location: resolve(sqlite) };
  reader.problems.push('DATABASE_URL must be postgres://user:password@host:port/name or sqlite:///path/to/file');
  return { dialect: 'sqlite', location: resolve(dataDir, 'almanac.sqlite') };
}

/** The old usage-analytics server named its database by parts. */
function postgresUrlFromParts(reader: EnvReader, host: string): string {
  const port = reader.integer('DB_PORT', 5432, 1, 65_535);
  const user = encodeURIComponent(reader.text('DB_USER') ?? 'postgres');
  const password = reader.text('DB_PASSWORD');
  const credentials = password === undefined ? user : `${user}:${encodeURIComponent(password)}`;
  const name = isIPv6(host) ? `[${host}]` : host;
  return `postgres://${credentials}@${name}:${port}/${encodeURIComponent(reader.text('DB_NAME') ?? 'almanac')}`;
}

function readPath(reader: EnvReader, name: string): string | undefined {
  const path = reader.text(name);
  return path === undefined ? undefined : resolve(path);
}

function readLogLevel(reader: EnvReader): LogLevel {
  // The old servers asked for more lines with DEBUG and ENABLE_DETAILED_LOGS.
  const detailed = reader.boolean('DEBUG', false) || reader.boolean('ENABLE_DETAILED_LOGS', false);
  const raw = reader.text('LOG_LEVEL')?.toLowerCase();
  const aliases: Record<string, LogLevel> = { warning: 'warn', verbose: 'debug', critical: 'fatal' };
  const level = LOG_LEVELS.find((value) => value === raw) ?? (raw === undefined ? undefined : aliases[raw]);
  if (raw !== undefined && level === undefined)
    reader.problems.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`);
  return level ?? (detailed ? 'debug' : 'info');
}
