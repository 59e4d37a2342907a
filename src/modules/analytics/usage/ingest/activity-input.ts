import { randomFillSync } from 'node:crypto';
import type { ActivityRow } from '../activity/activity-row.js';
import { storedAddress } from './ip-address.js';
import { storedMetadata } from './metadata.js';
import {
  asRow,
  occurrence,
  optionalText,
  requiredText,
  RowProblem,
  shortenedText,
  type JsonRow,
  type Receipt,
} from './row-checks.js';

export const ACTIVITY_FIELDS: ReadonlySet<string> = new Set([
  'user_id',
  'action',
  'ip_address',
  'user_agent',
  'timestamp',
  'session_id',
  'metadata',
  'event_id',
]);

export const LONGEST_ID = 256;
const LONGEST_ACTION = 100;
const LONGEST_USER_AGENT = 512;

/** What clients call the same thing. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['register', 'registration'],
  ['signup', 'registration'],
]);

const ID_BYTES = 12;
/** Random bytes for many ids at once: to ask for them takes longer than to make them. */
const randomPool = Buffer.alloc(ID_BYTES * 512);
let poolUsed = randomPool.length;

/** A random id for a row, 96 bits. */
export function newRowId(): string {
  if (poolUsed === randomPool.length) {
    randomFillSync(randomPool);
    poolUsed = 0;
  }
  poolUsed += ID_BYTES;
  return randomPool.toString('base64url', poolUsed - ID_BYTES, poolUsed);
}

/**
 * One activity as a client sent it.
 * @throws RowProblem with a sentence
 */
export function readActivity(value: unknown, receipt: Receipt, storeFullIp: boolean): ActivityRow {
  const row = asRow(value);
  const userId = requiredText(row, 'user_id', LONGEST_ID);
  const action = requiredText(row, 'action', LONGEST_ACTION).trim();
  return {
    id: newRowId(),
    userId,
    ...occurrence(row.timestamp, receipt),
    eventId: optionalText(row, 'event_id', LONGEST_ID),
    action: actionName(action),
    sessionId: optionalText(row, 'session_id', LONGEST_ID),
    ipAddress: addressOf(row, storeFullIp),
    userAgent: shortenedText(row, 'user_agent', LONGEST_USER_AGENT),
    metadata: storedMetadata(row.metadata),
    receivedAt: receipt.receivedAt,
  };
}

/** Actions that are counted by name are so in any case; others stay as they are written. */
function actionName(action: string): string {
  const lower = action.toLowerCase();
  const name = SYNONYMS.get(lower) ?? lower;
  return name === 'login' || name === 'registration' || name === 'logout' ? name : action;
}

function addressOf(row: JsonRow, storeFullIp: boolean): string | null {
  const text = optionalText(row, 'ip_address', LONGEST_ID);
  if (text === null) return null;
  const address = storedAddress(text.trim(), storeFullIp);
  if (address === null) throw new RowProblem('ip_address', 'ip_address must be an IPv4 or IPv6 address');
  return address;
}
