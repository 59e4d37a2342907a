import { InvalidInputError, UnauthenticatedError } from '../../../common/errors/domain.error.js';

const BASIC = /^basic +([^\s]+) *$/i;

/**
 * The key that a request of a Segment client carries, still unchecked: the user name of Basic credentials, else
 * `writeKey` of the body. Credentials of other schemes are not looked at: OAuth clients send `writeKey` besides them.
 */
export function findWriteKey(authorization: string | undefined, body: unknown): unknown {
  const userName = readUserName(authorization ?? '');
  if (userName !== '') return userName;
  return (body as { writeKey?: unknown } | null | undefined)?.writeKey;
}

/**
 * The project key that this names.
 * @throws UnauthenticatedError without a key, InvalidInputError for one that is no text.
 */
export function toProjectKey(writeKey: unknown): string {
  if (writeKey === undefined || writeKey === null || writeKey === '') {
    throw new UnauthenticatedError('Give the project key as Basic user name or as writeKey', 'WRITE_KEY_MISSING');
  }
  if (typeof writeKey === 'string') return writeKey;
  const message = 'writeKey must be a string';
  throw new InvalidInputError(message, [{ path: 'writeKey', message }]);
}

// Old clients leave the colon out; a password is of no use here.
function readUserName(authorization: string): string {
  const credentials = BASIC.exec(authorization)?.[1];
  if (credentials === undefined) return '';
  return Buffer.from(credentials, 'base64').toString().split(':', 1)[0] ?? '';
}
