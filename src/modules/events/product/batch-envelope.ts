import { InvalidInputError } from '../../../common/errors/domain.error.js';
import { parseInstant } from '../../../common/time/instant.js';

export const MAX_BATCH_EVENTS = 5000;

/** A batch whose outside is in order; its events are still any JSON. */
export interface BatchEnvelope {
  projectKey: string;
  events: readonly unknown[];
  /** When the client sent it by its own clock, epoch milliseconds; `null` when it does not say so readably. */
  sentAt: number | null;
}

/** @throws InvalidInputError for what makes the whole batch unusable. */
export function readEnvelope(body: unknown): BatchEnvelope {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new InvalidInputError('The body must be a JSON object with projectKey and events');
  }
  const { projectKey, events, sentAt } = body as Record<string, unknown>;
  if (projectKey === undefined || projectKey === null || projectKey === '')
    refuse('projectKey', 'projectKey is required');
  if (typeof projectKey !== 'string') refuse('projectKey', 'projectKey must be a string');
  if (events === undefined || events === null || events === '') refuse('events', 'events is required');
  if (!Array.isArray(events)) refuse('events', 'events must be an array');
  if (events.length === 0) refuse('events', 'events must not be empty');
  if (events.length > MAX_BATCH_EVENTS) refuse('events', `events must hold at most ${MAX_BATCH_EVENTS} events`);
  return { projectKey, events, sentAt: parseInstant(sentAt) };
}

function refuse(path: string, message: string): never {
  throw new InvalidInputError(message, [{ path, message }]);
}
