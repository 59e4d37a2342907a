import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';

const CLIENT_REQUEST_ID = /^[\w-]{8,64}$/;

export const requestContext = new AsyncLocalStorage<{ requestId: string }>();

const ID_BYTES = 8;
/** Random bytes for the next 512 requests: asking for a few at a time costs more than all else about an id. */
const pool = Buffer.alloc(512 * ID_BYTES);
let used = pool.length;

/** The client's own `x-request-id` when it is harmless in a log, else 16 random hex characters. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && CLIENT_REQUEST_ID.test(header) ? header : randomId();
}

function randomId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return pool.toString('hex', used - ID_BYTES, used);
}
