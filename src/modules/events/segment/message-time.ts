import { MAX_INSTANT, parseInstant } from '../../../common/time/instant.js';
import { isMissing } from './json-value.js';

/** When a request left the client, and when it came here. */
export interface Sending {
  /** By the client's clock, as it wrote it; `null` when it does not say so readably. */
  sentAt: string | number | null;
  /** By ours, epoch milliseconds. */
  receivedAt: number;
}

/**
 * When the client sent a request: what it says of the whole, else what the first message says of itself. All of them
 * were sent in this one request.
 */
export function findSentAt(ofBatch: unknown, messages: readonly unknown[]): string | number | null {
  if (isReadable(ofBatch)) return ofBatch;
  for (const message of messages) {
    const sentAt = (message as { sentAt?: unknown } | null | undefined)?.sentAt;
    if (isReadable(sentAt)) return sentAt;
  }
  return null;
}

/**
 * The time to store a message with, before its clock is corrected by the `sentAt` of the request.
 *
 * `originalTimestamp` is the device's own word and stands where there is a `sentAt` to correct it by; `timestamp` is
 * the same by its other name, or, of a message that some relay has corrected already, the better one. A message
 * without a time happens when it is sent.
 */
export function claimTime(message: Record<string, unknown>, sending: Sending): unknown {
  const { originalTimestamp, timestamp, sentAt, messageId } = message;
  const isOriginal = isMissing(timestamp) || (sending.sentAt !== null && isReadable(originalTimestamp));
  const claimed = isOriginal ? originalTimestamp : timestamp;
  if (isMissing(claimed)) return sending.sentAt ?? sending.receivedAt;
  // Without a messageId the time as it was sent is part of what identifies the message, and must stay as it is.
  return isMissing(messageId) ? claimed : shiftToRequest(claimed, sentAt, sending);
}

/** A relay passes on messages of devices whose clocks differ; the request is corrected by one of them. */
function shiftToRequest(claimed: unknown, ownSentAt: unknown, sending: Sending): unknown {
  const at = parseInstant(claimed);
  const own = parseInstant(ownSentAt);
  const ofRequest = parseInstant(sending.sentAt);
  if (at === null || own === null || ofRequest === null || own === ofRequest) return claimed;
  const shifted = at + (ofRequest - own);
  return Math.abs(shifted) <= MAX_INSTANT ? shifted : claimed;
}

function isReadable(time: unknown): time is string | number {
  return parseInstant(time) !== null;
}
