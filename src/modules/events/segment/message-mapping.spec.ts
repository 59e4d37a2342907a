import fc from 'fast-check';
import { mapMessage, MESSAGE_TYPES, type MappedEvent, type MessageType } from './message-mapping.js';

const SURROUNDINGS = { sentAt: null, receivedAt: 1000, context: {}, newId: () => 'new-id' };
const BASE = { messageId: 'm-1', timestamp: '2025-01-06T10:00:00Z', anonymousId: 'a-1', userId: 'u-1' };
const map = (message: unknown, type?: MessageType) => mapMessage(message, type, SURROUNDINGS);
const properties = (message: object, type?: MessageType): unknown =>
  (map({ ...BASE, ...message }, type) as MappedEvent).properties;
const keys = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));

describe('mapMessage', () => {
  it.each<[string, object, Partial<MappedEvent>]>([
    [
      'track',
      { type: 'track', event: 'Order Completed', properties: { revenue: 9.9 } },
      { eventName: 'Order Completed', properties: { revenue: 9.9 } },
    ],
    ['track without properties', { type: 'track', event: 'Plain' }, { eventName: 'Plain', properties: undefined }],
    ['identify', { type: 'identify', traits: { plan: 'pro' } }, { eventName: 'identify', properties: { plan: 'pro' } }],
    [
      'page',
      { type: 'page', name: 'Pricing', properties: { url: 'https://x.example/pricing' } },
      { eventName: 'page_view', properties: { url: 'https://x.example/pricing', page_name: 'Pricing' } },
    ],
    [
      'page with a category',
      { type: 'page', name: 'Join', category: 'Docs' },
      { eventName: 'page_view', properties: { page_name: 'Join', category: 'Docs' } },
    ],
    ['page without a name', { type: 'page' }, { eventName: 'page_view', properties: undefined }],
    [
      'page with its name among the properties',
      { type: 'page', properties: { name: 'Pricing' } },
      { eventName: 'page_view', properties: { name: 'Pricing', page_name: 'Pricing' } },
    ],
    [
      'screen',
      { type: 'screen', name: 'Home', properties: { screen_name: 'other', variant: 'blue' } },
      { eventName: 'screen_view', properties: { screen_name: 'Home', variant: 'blue' } },
    ],
    [
      'screen without a name',
      { type: 'screen', properties: { screen_name: 'Home' } },
      { eventName: 'screen_view', properties: { screen_name: 'Home' } },
    ],
    [
      'group',
      { type: 'group', groupId: 'g-1', traits: { industry: 'Tech', group_id: 'x' } },
      { eventName: 'group', properties: { industry: 'Tech', group_id: 'g-1' } },
    ],
    [
      'alias',
      { type: 'alias', previousId: 'former', traits: { a: 1 } },
      { eventName: 'alias', anonymousId: 'former', userId: 'u-1', properties: undefined },
    ],
    [
      'ids that are whole numbers',
      { type: 'group', groupId: 7, userId: 5, anonymousId: 0 },
      { eventName: 'group', userId: '5', anonymousId: '0', properties: { group_id: '7' } },
    ],
  ])('should map %s', (_, message, expected) => {
    const { messageId: eventId, timestamp, anonymousId, userId } = BASE;
    expect(map({ ...BASE, ...message })).toEqual({ eventId, timestamp, anonymousId, userId, ...expected });
  });

  it('should take the type from the route where there is one', () => {
    expect(map({ ...BASE, type: 'identify', event: 'Bought' }, 'track')).toMatchObject({ eventName: 'Bought' });
  });

  it.each<[string, unknown]>([
    ['message must be an object', null],
    ['message must be an object', [{}]],
    ['message must be an object', 'track'],
    ['type must be one of track, identify, page, screen, group, alias', { event: 'a' }],
    ['type must be one of track, identify, page, screen, group, alias', { type: 'constructor' }],
    ['type must be one of track, identify, page, screen, group, alias', { type: { $gt: '' } }],
    ['event is required', { type: 'track', event: '' }],
    ['name must be a string', { type: 'screen', name: { a: 1 } }],
    ['category must be a string', { type: 'page', category: 5 }],
    ['groupId is required', { type: 'group' }],
    ['groupId must be a string', { type: 'group', groupId: ['g'] }],
    ['previousId is required', { type: 'alias', userId: 'u' }],
    ['userId is required', { type: 'alias', previousId: 'p', userId: null }],
  ])('should say "%s" for %j', (reason, message) => {
    expect(map(message)).toBe(reason);
  });

  it('should pass on what is of a wrong type, for the verdict on events', () => {
    expect(map({ ...BASE, type: 'track', event: 5, userId: { $gt: '' }, messageId: 7, properties: 'x' })).toMatchObject(
      {
        eventName: 5,
        userId: { $gt: '' },
        eventId: 7,
        properties: 'x',
      },
    );
    expect(properties({ type: 'screen', name: 'Home', properties: ['x'] })).toEqual(['x']);
    expect(properties({ type: 'group', groupId: 'g', traits: keys(101) })).toEqual(keys(101));
  });

  it('should give an id of its own only to a message that nothing tells apart', () => {
    const message = { type: 'track', event: 'a' };
    expect(map(message)).toMatchObject({ eventId: 'new-id', timestamp: 1000 });
    expect(map({ ...message, timestamp: 5 })).toMatchObject({ eventId: undefined, timestamp: 5 });
    expect(map({ ...message, messageId: 'm' })).toMatchObject({ eventId: 'm', timestamp: 1000 });
    expect(mapMessage(message, undefined, { ...SURROUNDINGS, sentAt: 900 })).toMatchObject({
      eventId: undefined,
      timestamp: 900,
    });
  });

  it('should add the kept parts of the context, its own before those of the batch, the properties before both', () => {
    const message = {
      ...BASE,
      type: 'track',
      event: 'a',
      context: { ip: '8.8.8.8', locale: 'de-DE', page: { path: '/own' } },
      properties: { context_locale: 'mine' },
    };
    const context = { context_page_path: '/batch', context_app_name: 'Shop' };
    expect(mapMessage(message, undefined, { ...SURROUNDINGS, context })).toMatchObject({
      properties: { context_locale: 'mine', context_page_path: '/own', context_app_name: 'Shop' },
    });
    expect(properties({ type: 'alias', previousId: 'p', context: { locale: 'de' } })).toEqual({ context_locale: 'de' });
  });

  it('should leave the context out rather than have an event refused because of it', () => {
    const context = { locale: 'de', os: { name: 'iOS' } };
    const message = (count: number) => ({ type: 'track', event: 'a', context, properties: keys(count) });
    expect(Object.keys(properties(message(98)) as object)).toHaveLength(100);
    expect(properties(message(99))).toEqual(keys(99));
  });

  it('should leave the context out when with it the properties were too large', () => {
    const context = { locale: 'de', page: { title: 't'.repeat(512) } };
    const sent = (bytes: number) => ({ text: 'ü'.repeat(bytes / 2) });
    const message = (bytes: number) => ({ type: 'track', event: 'a', context, properties: sent(bytes) });
    expect(properties(message(31 * 1024))).toMatchObject({ ...sent(31 * 1024), context_locale: 'de' });
    expect(properties(message(32 * 1024 - 100))).toEqual(sent(32 * 1024 - 100));
    const controls = { text: '\u001f'.repeat(5400) };
    expect(properties({ ...message(2), properties: controls })).toEqual(controls);
    const deep = JSON.parse('{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000)) as object;
    expect(properties({ ...message(2), properties: deep })).toBe(deep);
  });

  it('should never throw, whatever the JSON', () => {
    const field = fc.oneof(fc.jsonValue(), fc.constant('text'), fc.constant(5));
    const message = fc.record(
      {
        type: fc.oneof(fc.constantFrom(...MESSAGE_TYPES), fc.jsonValue()),
        event: field,
        name: field,
        category: field,
        groupId: field,
        previousId: field,
        userId: field,
        anonymousId: field,
        messageId: field,
        timestamp: field,
        originalTimestamp: field,
        sentAt: field,
        properties: field,
        traits: field,
        context: field,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(message, fc.jsonValue()), fc.constantFrom(undefined, ...MESSAGE_TYPES), (value, type) => {
        const mapped = map(value, type);
        expect(typeof mapped === 'string' || 'eventName' in mapped).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('should keep reserved keys as data, for the verdict to see', () => {
    const hostile = JSON.parse('{"__proto__": {"isAdmin": true}}') as object;
    const mapped = properties({ type: 'screen', name: 'Home', properties: hostile }) as object;
    expect(Object.hasOwn(mapped, '__proto__')).toBe(true);
    expect((mapped as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });
});
