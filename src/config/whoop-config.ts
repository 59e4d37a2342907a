import type { WhoopConfig } from './app.config.js';
import type { EnvReader } from './env-reader.js';
import { readCron } from './github-config.js';

const DEFAULT_API_URL = 'https://api.prod.whoop.com';
/** 03:43 UTC every day. */
const DEFAULT_CRON = '43 3 * * *';
/** What becomes part of a form or a header: one word. */
const WORD = /^[\x21-\x7e]{1,4096}$/;

export function readWhoop(reader: EnvReader): WhoopConfig {
  return {
    clientId: readWord(reader, 'WHOOP_CLIENT_ID'),
    clientSecret: readWord(reader, 'WHOOP_CLIENT_SECRET'),
    refreshToken: readWord(reader, 'WHOOP_REFRESH_TOKEN'),
    apiUrl: readApiUrl(reader),
    redirectUri: readRedirectUri(reader),
    syncCron: readCron(reader, 'WHOOP_SYNC_CRON', DEFAULT_CRON),
    timeoutMs: reader.integer('WHOOP_TIMEOUT_MS', 15_000, 100, 120_000),
  };
}

function readWord(reader: EnvReader, name: string): string | undefined {
  const word = reader.text(name);
  if (word !== undefined && !WORD.test(word)) reader.problems.push(`${name} must be one word of plain characters`);
  return word;
}

/** The origin: the paths of the API and of OAuth differ. `…/developer`, as WHOOP writes the API's base, is taken too. */
function readApiUrl(reader: EnvReader): string {
  const text = reader.text('WHOOP_API_URL') ?? DEFAULT_API_URL;
  const isAddress = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  if (!isAddress || new URL(text).username !== '' || /[?#]/.test(text)) {
    reader.problems.push('WHOOP_API_URL must be an address such as https://api.prod.whoop.com');
    return DEFAULT_API_URL;
  }
  let url = text;
  while (url.endsWith('/')) url = url.slice(0, -1);
  return url.replace(/\/developer(\/v2)?$/, '');
}

/** Apps of a phone have schemes of their own, so any address will do here; WHOOP compares it with what was registered. */
function readRedirectUri(reader: EnvReader): string | undefined {
  const uri = reader.text('WHOOP_REDIRECT_URI');
  if (uri !== undefined && !URL.canParse(uri)) {
    reader.problems.push('WHOOP_REDIRECT_URI must be an address such as https://HOST/api/whoop/auth/callback');
  }
  return uri;
}
