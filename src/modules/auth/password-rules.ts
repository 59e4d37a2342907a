import { COMMON_PASSWORDS } from './common-passwords.js';

export const MIN_PASSWORD_LENGTH = 8;
export const MAX_PASSWORD_LENGTH = 128;

/**
 * Why this password is refused, as a sentence, or null. Characters are counted as a person counts them (code points);
 * spaces and every script are welcome, and no mixture is demanded (NIST SP 800-63B, 5.1.1.2).
 */
export function passwordProblem(password: string, options: { blocklist: boolean }): string | null {
  const length = [...password].length;
  if (length < MIN_PASSWORD_LENGTH) return `The password must have at least ${MIN_PASSWORD_LENGTH} characters`;
  if (length > MAX_PASSWORD_LENGTH) return `The password must have at most ${MAX_PASSWORD_LENGTH} characters`;
  if (options.blocklist && COMMON_PASSWORDS.has(password.toLowerCase())) {
    return 'This password is among the most used ones; choose another';
  }
  return null;
}
