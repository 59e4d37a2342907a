import { validateCronExpression } from 'cron';
import type { GithubConfig } from './app.config.js';
import type { EnvReader } from './env-reader.js';

const DEFAULT_API_URL = 'https://api.github.com';
/** 03:17 UTC every day: away from the full hour, when everybody's jobs run. */
const DEFAULT_CRON = '17 3 * * *';
const LOGIN = /^[\w.-]{1,100}$/;

export function readGithub(reader: EnvReader): GithubConfig {
  return {
    token: readToken(reader),
    apiUrl: readApiUrl(reader),
    includeForks: reader.boolean('GITHUB_INCLUDE_FORKS', false),
    organizations: readOrganizations(reader),
    syncCron: readCron(reader, 'GITHUB_SYNC_CRON', DEFAULT_CRON),
    timeoutMs: reader.integer('GITHUB_TIMEOUT_MS', 15_000, 100, 120_000),
    cloneTimeoutSeconds: reader.integer('GITHUB_CLONE_TIMEOUT_S', 240, 1, 270),
    cloneMaxMegabytes: reader.integer('GITHUB_CLONE_MAX_MB', 1024, 1, 1_000_000),
    sessionGapMinutes: reader.integer('GIT_SESSION_GAP_MIN', 120, 1, 10_080),
    sessionFirstMinutes: reader.integer('GIT_SESSION_FIRST_MIN', 30, 0, 10_080),
    clocPath: reader.text('CLOC_PATH'),
    searchPath: reader.text('PATH') ?? '/usr/local/bin:/usr/bin:/bin',
    certificatesPath: reader.text('NODE_EXTRA_CA_CERTS'),
  };
}

/** A cron expression of five or six fields, or `off`: `null`. */
export function readCron(reader: EnvReader, name: string, fallback: string): string | null {
  const expression = reader.text(name) ?? fallback;
  if (expression.toLowerCase() === 'off') return null;
  if (!validateCronExpression(expression).valid) {
    reader.problems.push(`${name} must be a cron expression such as '${fallback}', or off`);
  }
  return expression;
}

/** It becomes part of a request header. */
function readToken(reader: EnvReader): string | undefined {
  const token = reader.text('GITHUB_ACCESS_TOKEN');
  if (token !== undefined && !/^[\x21-\x7e]{1,1000}$/.test(token)) {
    reader.problems.push('GITHUB_ACCESS_TOKEN must be one word of plain characters');
  }
  return token;
}

function readApiUrl(reader: EnvReader): string {
  const url = reader.text('GITHUB_API_URL') ?? DEFAULT_API_URL;
  const isAddress = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  // The token would go out with a URL that holds credentials of its own, and a query would get lost.
  if (!isAddress || new URL(url).username !== '' || /[?#]/.test(url)) {
    reader.problems.push('GITHUB_API_URL must be an address such as https://api.github.com or https://HOST/api/v3');
  }
  return url.endsWith('/') ? url.slice(0, -1) : url;
}

function readOrganizations(reader: EnvReader): string[] {
  const names = reader.list('GITHUB_ORGS', []);
  if (names.some((name) => !LOGIN.test(name))) {
    reader.problems.push('GITHUB_ORGS must be names of organizations separated by commas');
  }
  return names;
}
