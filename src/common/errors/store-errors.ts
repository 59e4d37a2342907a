/**
 * Recognises, by name and code and so without importing a driver, an error that says "the store
 * cannot be reached or does not answer" rather than "the request is wrong".
 */
export function isStoreUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (MONGO_NAMES.has(error.name)) return true;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && (NETWORK_CODES.has(code) || POSTGRES_CLASSES.test(code) || SQLITE_BUSY.test(code))) {
    return true;
  }
  if (error.name === 'MongoServerError' && typeof code === 'number') return MONGO_CODES.has(code);
  if (POOL_MESSAGES.test(error.message)) return true;
  const { driverError, cause } = error as { driverError?: unknown; cause?: unknown };
  return [driverError, cause].some((inner) => inner !== undefined && inner !== error && isStoreUnavailable(inner));
}

const MONGO_NAMES = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongooseServerSelectionError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'PoolClearedOnNetworkError',
  'MongoOperationTimeoutError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoClientClosedError',
  'MongoWaitQueueTimeoutError',
  'MongoExpiredSessionError',
  'MongoWriteConcernError',
  'DisconnectedError',
]);

// Out of disk, shutting down, stepping down, exceeded time limit: the request may succeed later.
const MONGO_CODES = new Set([50, 64, 89, 91, 189, 262, 10107, 11600, 11602, 13388, 13435, 13436, 14031]);

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

// 08 connection, 53 resources, 57 operator intervention (shutdown, time limit), 58 system error, 40 rollback, 55P03 lock.
const POSTGRES_CLASSES = /^(08|53|57|58|40)[0-9A-Z]{3}$|^55P03$/;
const SQLITE_BUSY = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY)/;
const POOL_MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|is not established|client has encountered a connection error|database is locked|bufferCommands|before initial connection is complete|Client must be connected/i;
