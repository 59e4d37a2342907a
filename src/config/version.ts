import { readFileSync } from 'node:fs';

/** The version in package.json, one folder above `src` and `dist` alike. */
export const ALMANAC_VERSION = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
