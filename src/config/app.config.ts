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
  /** Of PostgreSQL: waiting for a free connection or a new one. */
  connectTimeoutMs: number;
  /** Of PostgreSQL: one query. */
  queryTimeoutMs: number;
}

export interface RedisConfig {
  /** Absent: limits are counted in each process. */
  url?: string;
}

export interface JobsConfig {
  /** `api`: queues jobs and leaves them to others; `worker` and `all` run them. */
  processType: 'all' | 'api' | 'worker';
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

export interface TracingConfig {
  /** Where spans are sent to, by OTLP over HTTP; absent: nothing is traced. */
  endpoint?: string;
  headers: Record<string, string>;
  serviceName: string;
  /** The share of traces that begin here which are kept, 0 to 1; those of callers go by the callers' decision. */
  sampleRatio: number;
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

export interface AiConfig {
  /** `null`: no model is configured, and texts come from templates. */
  provider: 'openai' | 'gemini' | null;
  apiKey?: string;
  /** Base URL of a chat-completions API; absent: the provider's own. */
  baseUrl?: string;
  model: string;
  temperature: number;
  maxTokens: number;
  /** Milliseconds for all that one text asks of a model: calls, retries and repairs. */
  timeoutMs: number;
  /** For requests that bring a Gemini key of their own. */
  gemini: { baseUrl: string; model: string };
}

export interface InfluxConfig {
  /** Absent: activity points are kept in MongoDB. */
  connection?: { url: string; token: string; org: string; bucket: string };
  timeoutMs: number;
}

export interface EncryptionConfig {
  /** 32 bytes each, the first encrypts, all decrypt. */
  keys: Buffer[];
}

export interface WebhooksConfig {
  /** Lets webhooks go to private addresses, plain http and any port (tests, trusted networks). */
  allowPrivate: boolean;
  environment: NodeEnvironment;
}

export interface ProductivityConfig {
  /** `any`: every signed-in user reports on organizations that no one claimed. */
  orgsAccess: 'claimed' | 'any';
  /** Seconds for which a report on a closed period is reused. */
  cacheTtlSeconds: number;
  /** A conclusion is critical below this average of active hours a day. */
  expectedDailyHours: number;
  /** Core hours, local: `extended_afk` counts from 30 minutes within them. */
  coreHours: { from: number; to: number };
  /** Reports of one user that wait or run; more are refused. */
  maxTasksPerUser: number;
  /** Days for which tasks and their reports are kept. */
  reportRetentionDays: number;
}

export interface UsageConfig {
  /** Days for which raw rows are kept; rollups stay. */
  retentionDays: number;
  storeFullIp: boolean;
  /** Absolute path of a file that overrides and extends the built-in prices of models. */
  priceFile?: string;
}

export interface GithubConfig {
  /** Absent: refreshes answer 400, what is stored is still served. */
  token?: string;
  /** Without a slash at the end. */
  apiUrl: string;
  includeForks: boolean;
  /** Organizations whose repositories are shown beside the token owner's own. */
  organizations: string[];
  /** Cron expression in UTC; `null`: no schedule. */
  syncCron: string | null;
  /** Milliseconds for one answer of the API. */
  timeoutMs: number;
  /** Seconds for the download of one repository. */
  cloneTimeoutSeconds: number;
  /** Larger repositories are not downloaded. */
  cloneMaxMegabytes: number;
  /** Minutes without a commit after which a new session begins. */
  sessionGapMinutes: number;
  /** Minutes that the first commit of a session counts. */
  sessionFirstMinutes: number;
  /** The program `cloc`; absent: lines are counted here. */
  clocPath?: string;
  /** Where programs are found. */
  searchPath: string;
  /** Certificates that are trusted beside those of the system, for a GitHub of one's own. */
  certificatesPath?: string;
}

export interface WhoopConfig {
  /** Id and secret of the app in WHOOP's developer dashboard; without both, linking and syncs answer 400. */
  clientId?: string;
  clientSecret?: string;
  /** Taken over once, and again when it changes; what WHOOP gives in turn is kept in SQL. */
  refreshToken?: string;
  /** WHOOP's origin, without a slash at the end. */
  apiUrl: string;
  /** Where WHOOP sends the browser after consent; absent: the callback of this server. */
  redirectUri?: string;
  /** Cron expression in UTC; `null`: no schedule, and no sync at start either. */
  syncCron: string | null;
  /** Milliseconds for one answer of WHOOP. */
  timeoutMs: number;
}

export interface AppConfig {
  http: HttpConfig;
  auth: AuthConfig;
  mongo: MongoConfig;
  sql: SqlConfig;
  redis: RedisConfig;
  jobs: JobsConfig;
  storage: StorageConfig;
  logging: LoggingConfig;
  metrics: MetricsConfig;
  tracing: TracingConfig;
  ingest: IngestConfig;
  retention: RetentionConfig;
  rollups: RollupsConfig;
  ai: AiConfig;
  influx: InfluxConfig;
  encryption: EncryptionConfig;
  webhooks: WebhooksConfig;
  productivity: ProductivityConfig;
  usage: UsageConfig;
  github: GithubConfig;
  whoop: WhoopConfig;
}

// Injection tokens of the slices: `constructor(@Inject(AUTH_CONFIG) private readonly config: AuthConfig)`.
export const HTTP_CONFIG = getConfigToken('http');
export const AUTH_CONFIG = getConfigToken('auth');
export const MONGO_CONFIG = getConfigToken('mongo');
export const SQL_CONFIG = getConfigToken('sql');
export const REDIS_CONFIG = getConfigToken('redis');
export const JOBS_CONFIG = getConfigToken('jobs');
export const STORAGE_CONFIG = getConfigToken('storage');
export const METRICS_CONFIG = getConfigToken('metrics');
export const INGEST_CONFIG = getConfigToken('ingest');
export const RETENTION_CONFIG = getConfigToken('retention');
export const ROLLUPS_CONFIG = getConfigToken('rollups');
export const AI_CONFIG = getConfigToken('ai');
export const INFLUX_CONFIG = getConfigToken('influx');
export const ENCRYPTION_CONFIG = getConfigToken('encryption');
export const WEBHOOKS_CONFIG = getConfigToken('webhooks');
export const PRODUCTIVITY_CONFIG = getConfigToken('productivity');
export const USAGE_CONFIG = getConfigToken('usage');
export const GITHUB_CONFIG = getConfigToken('github');
export const WHOOP_CONFIG = getConfigToken('whoop');
