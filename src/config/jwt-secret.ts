import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MIN_SECRET_BYTES = 32;

/**
 * Words that give away a sample value: READMEs and tutorials print secrets such as
 * `your-super-secret-jwt-key-change-in-production`, which are 32 bytes or longer and known to everyone.
 */
const PLACEHOLDER_PARTS =
  /change.?(me|this|it|in)|your.?(own.?|super.?|very.?|jwt.?|app.?|256.?|secret)|my.?(super.?|jwt.?|secret)|super.?secret|secret.?key|secret.?(here|string|phrase|token|value)|some.?secret|jwt.?secret|top.?secret|keyboard.?cat|example|sample|placeholder|replace.?(me|this|with)|insert.?(your|secret)|default|changeit|please.?change|not.?(so.?)?secret|dev(elopment)?.?secret|test.?secret|password|passw0rd|abcdef(gh|01)|12345678|qwerty|letmein|lorem|do.?not.?use|unsafe|insecure|random.?string|generate.?a|todo|foobar/i;

/** Why this value may not sign tokens in production, or null when it may. */
export function jwtSecretProblem(secret: string | undefined): string | null {
  if (secret === undefined) return 'is missing: set it to 32 or more random characters (openssl rand -base64 48)';
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) return `is shorter than ${MIN_SECRET_BYTES} bytes`;
  if (PLACEHOLDER_PARTS.test(secret) || new Set(secret).size < 10) return 'is a sample value that everyone knows';
  return null;
}

/** A secret that signs tokens: 48 random bytes. */
export const newJwtSecret = (): string => randomBytes(48).toString('base64url');

/** Development only: makes a secret once and keeps it in the data folder, readable by its owner alone. */
export function developmentSecret(dataDir: string, fileName: string, make: () => string): string {
  const path = join(dataDir, fileName);
  mkdirSync(dataDir, { recursive: true });
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  // Written aside and linked into place: of two processes that start together both read the same secret.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, make(), { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  chmodSync(path, 0o600);
  return readFileSync(path, 'utf8').trim();
}
