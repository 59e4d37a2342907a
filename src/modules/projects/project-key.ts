import { randomBytes } from 'node:crypto';

/** Keys of older servers may look different from ours; longer ones are never looked up. */
export const MAX_PROJECT_KEY_LENGTH = 64;

/** 12 lower-case hex digits. */
export function newProjectKey(): string {
  return randomBytes(6).toString('hex');
}

/** A key from outside, fit to stand in an error sentence: at most 64 characters, no control characters. */
export function printableKey(projectKey: string): string {
  return Array.from(projectKey.slice(0, MAX_PROJECT_KEY_LENGTH), (character) =>
    isPrintable(character) ? character : '',
  ).join('');
}

function isPrintable(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029;
  const isLoneSurrogate = code >= 0xd800 && code <= 0xdfff;
  return !isControl && !isLoneSurrogate;
}
