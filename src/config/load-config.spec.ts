import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig } from './load-config.js';

const dataDir = mkdtempSync(join(tmpdir(), 'almanac-config-'));
const STRONG_SECRET = 'Zr8vQ1nT0pLx6WcY3mKbJ5hGf2dSa9Ue7Ri4';

const load = (env: Record<string, string>) => loadConfig({ DATA_DIR: dataDir, ...env });

const problemsOf = (env: Record<string, string>): string[] => {
  try {
    load(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

describe('loadConfig', () => {
  it('should run embedded on port 5000 of the loopback address when nothing is configured', () => {
    const config = load({});
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 5000, drainMs: 0 });
    expect(config.mongo).toMatchObject({ embedded: true, databaseName: 'almanac' });
    expect(config.sql).toEqual({
      dialect: 'sqlite',
      location: join(dataDir, 'almanac.sqlite'),
      connectTimeoutMs: 1000,
      queryTimeoutMs: 1800,
    });
    expect(config.auth).toMatchObject({ mode: 'required', registration: 'open' });
  });

  it('should keep the development secret in a file that only its owner can read', () => {
    const first = load({}).auth.jwtSecret;
    expect(first.length).toBeGreaterThanOrEqual(32);
    expect(load({}).auth.jwtSecret).toBe(first);
    expect(readFileSync(join(dataDir, 'jwt-secret'), 'utf8')).toBe(first);
    expect(statSync(join(dataDir, 'jwt-secret')).mode & 0o777).toBe(0o600);
  });

  it('should name every problem at once', () => {
    expect(problemsOf({ ENV: 'production', PORT: '70000', DATABASE_URL: 'mysql://x', AUTH_MODE: 'maybe' })).toEqual([
      expect.stringContaining('PORT'),
      expect.stringContaining('AUTH_MODE'),
      expect.stringContaining('JWT_SECRET is missing'),
      expect.stringContaining('DATABASE_URL'),
    ]);
  });

  it('should keep events for ever unless told for how many days', () => {
    expect(load({}).retention).toEqual({ eventDays: null });
    expect(load({ EVENT_RETENTION_DAYS: '' }).retention).toEqual({ eventDays: null });
    expect(load({ EVENT_RETENTION_DAYS: '36500' }).retention).toEqual({ eventDays: 36_500 });
    for (const value of ['0', '36501', '-1', '1.5', 'never']) {
      expect(problemsOf({ EVENT_RETENTION_DAYS: value })).toEqual([
        'EVENT_RETENTION_DAYS must be a whole number from 1 to 36500',
      ]);
    }
  });

  it('should refresh GitHub once a day and count sessions of two hours unless told otherwise', () => {
    expect(load({}).github).toEqual({
      token: undefined,
      apiUrl: 'https://api.github.com',
      includeForks: false,
      organizations: [],
      syncCron: '17 3 * * *',
      timeoutMs: 15_000,
      cloneTimeoutSeconds: 240,
      cloneMaxMegabytes: 1024,
      sessionGapMinutes: 120,
      sessionFirstMinutes: 30,
      clocPath: undefined,
      searchPath: '/usr/local/bin:/usr/bin:/bin',
      certificatesPath: undefined,
    });
    const own = { GITHUB_API_URL: 'https://git.example.com/api/v3/', GITHUB_ORGS: 'one, two', GITHUB_SYNC_CRON: 'OFF' };
    expect(load(own).github).toMatchObject({
      apiUrl: 'https://git.example.com/api/v3',
      organizations: ['one', 'two'],
      syncCron: null,
    });
    for (const [name, value] of [
      ['GITHUB_SYNC_CRON', 'sometimes'],
      ['GITHUB_API_URL', 'https://user:secret@git.example.com'],
      ['GITHUB_API_URL', 'file:///etc'],
      ['GITHUB_ORGS', 'a/b'],
      ['GITHUB_ACCESS_TOKEN', 'two words'],
      ['GITHUB_CLONE_TIMEOUT_S', '0'],
    ] as const) {
      expect(problemsOf({ [name]: value })).toEqual([expect.stringContaining(name)]);
    }
  });

  it('should refuse two different values for one thing and accept the same twice', () => {
    expect(problemsOf({ MONGODB_URI: 'mongodb://a', MONGO_URI: 'mongodb://b' })[0]).toContain('MONGO_URI');
    expect(problemsOf({ NODE_ENV: 'development', ENV: 'production' })[0]).toContain('NODE_ENV');
    expect(problemsOf({ MONGODB_URI: 'mongodb://a', MONGO_URI: 'mongodb://a' })).toEqual([]);
  });

  it('should honour the names of the old servers', () => {
    const config = load({
      ENV: 'production',
      JWT_SECRET_KEY: STRONG_SECRET,
      SECRET_KEY: 'ignored',
      SERVER_PORT: '8080',
      MONGO_URI: 'mongodb://db',
      MONGO_DB_NAME: 'analytics',
      DB_HOST: 'pg',
      DB_USER: 'me',
      DB_PASSWORD: 'p@ss',
      DB_NAME: 'usage',
      ENABLE_DETAILED_LOGS: 'true',
    });
    expect(config.http).toMatchObject({ host: '0.0.0.0', port: 8080, drainMs: 5000 });
    expect(config.auth).toMatchObject({ jwtSecret: STRONG_SECRET, registration: 'closed', passwordBlocklist: true });
    expect(config.mongo).toMatchObject({ uri: 'mongodb://db', databaseName: 'analytics', embedded: false });
    expect(config.sql).toMatchObject({ dialect: 'postgres', location: 'postgres://me:p%40ss@pg:5432/usage' });
    expect(config.logging.level).toBe('debug');
  });

  it('should take an IPv6 address for DB_HOST, and no part of an address without it', () => {
    expect(load({ DB_HOST: '::1', DB_NAME: 'usage' }).sql.location).toBe('postgres://postgres@[::1]:5432/usage');
    expect(problemsOf({ DB_NAME: 'usage', DB_USER: 'me' })).toEqual([
      'DB_USER, DB_NAME cannot be used without DB_HOST: set it too, or DATABASE_URL instead',
    ]);
    expect(problemsOf({ DB_NAME: 'usage', DATABASE_URL: 'postgres://me@pg/usage' })).toEqual([]);
  });

  it('should refuse a wildcard or a path as a CORS origin', () => {
    expect(problemsOf({ CORS_ORIGINS: '*' })[0]).toContain('CORS_ORIGINS');
    expect(problemsOf({ CORS_ORIGINS: 'https://a.example/path' })[0]).toContain('CORS_ORIGINS');
    expect(problemsOf({ CORS_ORIGINS: 'https://a.example, http://localhost:8080' })).toEqual([]);
  });

  // A2: sample values from READMEs and tutorials, whatever their length.
  it.each([
    'your-super-secret-jwt-key-change-in-production',
    'your_jwt_secret_here',
    'your-secret-key-here-minimum-32-characters',
    'your_super_secret_jwt_key_that_is_long_enough',
    'change-me-in-production-please-change-me',
    'CHANGE_THIS_TO_A_RANDOM_SECRET_STRING_1234',
    'changeme-changeme-changeme-changeme',
    'my-super-secret-key-for-jwt-tokens-2024',
    'mysecretmysecretmysecretmysecretmysecret',
    'supersecretsupersecretsupersecretsupersecret',
    'super-secret-jwt-token-with-at-least-32-characters-long',
    'secret-key-for-jwt-authentication-please-change',
    'jwt-secret-key-at-least-32-chars-long!!!',
    'this-is-a-very-long-secret-key-for-jwt-signing',
    'this_is_a_secret_key_that_is_32_chars',
    'dev-secret-key-not-for-production-use-only',
    'development-secret-do-not-use-in-production',
    'test-secret-test-secret-test-secret-test',
    'example-secret-example-secret-example',
    'some-secret-value-that-is-long-enough-1',
    'keyboard cat keyboard cat keyboard cat',
    'default-jwt-secret-please-override-me-now',
    'replace-this-with-a-long-random-secret-value',
    'replace_me_replace_me_replace_me_replace_me',
    'insert-your-secret-here-insert-your-secret',
    'placeholder-placeholder-placeholder-place',
    'passwordpasswordpasswordpasswordpassword',
    'qwertyuiopasdfghjklzxcvbnmqwertyuiop1234',
    'abcdefghijklmnopqrstuvwxyz0123456789abcdef',
    '12345678901234567890123456789012',
    '0123456789abcdef0123456789abcdef',
    '00000000000000000000000000000000',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    'deadbeefdeadbeefdeadbeefdeadbeef',
    'generate-a-secure-random-string-for-this',
    'not-so-secret-not-so-secret-not-so-secret',
    'please-change-this-secret-before-deploying',
    'your-256-bit-secret-your-256-bit-secret',
    'your-own-secret-your-own-secret-your-own',
    'top-secret-top-secret-top-secret-top-secret',
    'insecure-secret-for-local-development-only',
    'unsafe-jwt-signing-key-for-local-testing1',
    'secret',
    'jwt_secret',
    'short',
    'flask-secret-key-change-this-in-production-env',
    'django-insecure-abcdefghijklmnopqrstuvwxyz',
    'letmein-letmein-letmein-letmein-letmein-1',
    'loremipsumdolorsitametconsecteturadipiscing',
  ])('A2 should refuse the sample secret %s in production', (secret) => {
    expect(problemsOf({ NODE_ENV: 'production', JWT_SECRET: secret })).toEqual([expect.stringContaining('JWT_SECRET')]);
  });

  it('should accept random secrets in production', () => {
    for (const secret of [STRONG_SECRET, '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08']) {
      expect(problemsOf({ NODE_ENV: 'production', JWT_SECRET: secret })).toEqual([]);
    }
  });
});
