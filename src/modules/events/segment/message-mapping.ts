import { MAX_KEYS_PER_LEVEL, MAX_PROPERTIES_BYTES } from '../product/event-limits.js';
import { excerptContext } from './context-excerpt.js';
import { isLargerThan, isMissing, isObject } from './json-value.js';
import { claimTime, type Sending } from './message-time.js';

export const MESSAGE_TYPES = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** What the messages of one request share. */
export interface MessageSurroundings extends Sending {
  /** The `context` of the batch, as `excerptContext` returns it; a message's own wins field by field. */
  context: Readonly<Record<string, string>>;
  /** A new id, for messages that cannot be recognised when they are sent again. */
  newId: () => string;
}

/** A message in the terms of the event ingest, which judges it: any field may still be of any type. */
export interface MappedEvent {
  eventName: unknown;
  timestamp: unknown;
  anonymousId: unknown;
  userId: unknown;
  eventId: unknown;
  properties: unknown;
}

/**
 * Turns a message of Segment's spec into an event.
 * @param message any JSON value.
 * @param type of the route; undefined in a batch, where the message names its own.
 * @returns the event, or a sentence that says why there is none. Never throws.
 */
export function mapMessage(
  message: unknown,
  type: MessageType | undefined,
  surroundings: MessageSurroundings,
): MappedEvent | string {
  if (!isObject(message)) return 'message must be an object';
  const body = describe(message, type ?? message['type']);
  if (typeof body === 'string') return body;
  const { context, sentAt, newId } = surroundings;
  const { messageId, timestamp, originalTimestamp } = message;
  // Two such messages may be equal to the millisecond and yet be two: Segment, too, gives each an id of its own.
  const isAnyone = isMissing(messageId) && isMissing(timestamp) && isMissing(originalTimestamp) && sentAt === null;
  return {
    eventName: body.eventName,
    timestamp: claimTime(message, surroundings),
    anonymousId: toId(body.anonymousId ?? message['anonymousId']),
    userId: toId(message['userId']),
    eventId: isAnyone ? newId() : messageId,
    properties: addContext(body.properties, { ...context, ...excerptContext(message['context']) }),
  };
}

type MessageBody = Pick<MappedEvent, 'eventName' | 'properties'> & { anonymousId?: unknown };

function describe(message: Record<string, unknown>, type: unknown): MessageBody | string {
  switch (type) {
    case 'track':
      return isMissing(message['event'])
        ? 'event is required'
        : { eventName: message['event'], properties: message['properties'] };
    case 'identify':
      return { eventName: 'identify', properties: message['traits'] };
    case 'page':
      return describeView(message, 'page_view', 'page_name');
    case 'screen':
      return describeView(message, 'screen_view', 'screen_name');
    case 'group':
      return describeGroup(message);
    case 'alias':
      return describeAlias(message);
    default:
      return `type must be one of ${MESSAGE_TYPES.join(', ')}`;
  }
}

function describeView(message: Record<string, unknown>, eventName: string, nameKey: string): MessageBody | string {
  const { name, category, properties } = message;
  if (!isMissing(name) && typeof name !== 'string') return 'name must be a string';
  if (!isMissing(category) && typeof category !== 'string') return 'category must be a string';
  const extra: Record<string, unknown> = {};
  // Some libraries write the name among the properties alone.
  const viewed = isMissing(name) && isObject(properties) ? properties['name'] : name;
  if (typeof viewed === 'string' && viewed !== '') extra[nameKey] = viewed;
  if (!isMissing(category)) extra['category'] = category;
  return { eventName, properties: add(properties, extra) };
}

function describeGroup(message: Record<string, unknown>): MessageBody | string {
  const groupId = toId(message['groupId']);
  if (isMissing(groupId)) return 'groupId is required';
  if (typeof groupId !== 'string') return 'groupId must be a string';
  return { eventName: 'group', properties: add(message['traits'], { group_id: groupId }) };
}

/** Carries both ids, and so links the former one to the user like any other event that does. */
function describeAlias(message: Record<string, unknown>): MessageBody | string {
  const { previousId, userId } = message;
  if (isMissing(previousId)) return 'previousId is required';
  if (isMissing(userId)) return 'userId is required';
  return { eventName: 'alias', properties: undefined, anonymousId: previousId };
}

/** Older libraries pass numbers on as their callers gave them. */
function toId(id: unknown): unknown {
  return Number.isSafeInteger(id) ? String(id) : id;
}

/** What is no object, or has more keys than an event may have, stays as it is and is refused later. */
function add(given: unknown, extra: Record<string, unknown>): unknown {
  if (Object.keys(extra).length === 0) return given;
  if (isMissing(given)) return extra;
  return isObject(given) && Object.keys(given).length <= MAX_KEYS_PER_LEVEL ? { ...given, ...extra } : given;
}

/** Rather no context than an event refused because of it; and what the client itself says under these names stands. */
function addContext(given: unknown, excerpt: Record<string, string>): unknown {
  const keys = isObject(given) ? Object.keys(given).length : 0;
  if (keys + Object.keys(excerpt).length > MAX_KEYS_PER_LEVEL) return given;
  if (!isObject(given)) return add(given, excerpt);
  const joined = { ...excerpt, ...given };
  return isLargerThan(joined, MAX_PROPERTIES_BYTES) ? given : joined;
}
