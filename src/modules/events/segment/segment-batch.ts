import { InvalidInputError } from '../../../common/errors/domain.error.js';
import { MAX_BATCH_EVENTS } from '../product/batch-envelope.js';
import { isMissing, isObject } from './json-value.js';

/** A batch whose outside is in order; its messages, `context` and `sentAt` are still any JSON. */
export interface SegmentBatch {
  messages: readonly unknown[];
  context: unknown;
  sentAt: unknown;
}

/** @throws InvalidInputError for what makes the whole batch unusable. */
export function readSegmentBatch(body: unknown): SegmentBatch {
  const { batch, context, sentAt } = readSegmentBody(body);
  if (isMissing(batch)) refuse('batch is required');
  if (!Array.isArray(batch)) refuse('batch must be an array');
  if (batch.length > MAX_BATCH_EVENTS) refuse(`batch must hold at most ${MAX_BATCH_EVENTS} messages`);
  return { messages: batch, context, sentAt };
}

/** @throws InvalidInputError */
export function readSegmentBody(body: unknown): Record<string, unknown> {
  if (!isObject(body)) throw new InvalidInputError('The body must be a JSON object');
  return body;
}

function refuse(message: string): never {
  throw new InvalidInputError(message, [{ path: 'batch', message }]);
}
