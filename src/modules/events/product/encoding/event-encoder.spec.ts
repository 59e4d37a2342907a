import fc from 'fast-check';
// eslint-disable-next-line no-restricted-imports -- reads back what is written for the database
import { mongo } from 'mongoose';
import { EventEncoder, type BatchFrame } from './event-encoder.js';

const RECEIVED = Date.parse('2025-01-06T12:00:00Z');
const frame: BatchFrame = { projectKey: 'a1b2c3d4e5f6', sentAt: null, receivedAt: RECEIVED, mayLink: () => false };
const good = { eventName: 'app_open', timestamp: '2025-01-06T10:00:00Z' };

/** The stored document, or why there is none. */
function encode(item: unknown, changes: Partial<BatchFrame> = {}): Record<string, unknown> | string {
  const encoder = new EventEncoder();
  encoder.begin({ ...frame, ...changes });
  const fault = encoder.encode(item);
  const { bytes, length } = encoder.sink;
  if (fault !== undefined) expect(length).toBe(0);
  return fault ?? mongo.BSON.deserialize(bytes.subarray(0, length));
}
const judge = (fields: Record<string, unknown>) => encode(JSON.parse(JSON.stringify({ ...good, ...fields })));

describe('EventEncoder', () => {
  it.each([
    [{ eventName: 'x'.repeat(200) }],
    [{ eventName: '😀'.repeat(200) }],
    [{ timestamp: 1736157600000 }],
    [{ timestamp: '1736157600000' }],
    [{ timestamp: 'yesterday' }],
    [{ timestamp: 0 }],
    [{ userId: 'x'.repeat(256), anonymousId: '', sessionId: null, eventId: '' }],
    [{ processName: 'checkout' }],
    [{ processName: 'x'.repeat(128), processId: 'x'.repeat(256), processStep: 'START' }],
    [{ processName: 'checkout', processId: 'p1', processStep: 'END' }],
    [{ processId: '', processName: '', processStep: '' }],
    [{ properties: {} }],
    [{ properties: '' }],
    [{ properties: null }],
    [{ somethingElse: { $where: 1 }, toString: 1, hasOwnProperty: 2 }],
    [{ constructor: 'Ferrari' }],
  ])('should accept %j', (fields) => {
    expect(judge(fields)).toMatchObject({ eventName: 'eventName' in fields ? fields.eventName : 'app_open' });
  });

  it.each([
    [{ eventName: '' }, 'eventName is required'],
    [{ eventName: null }, 'eventName is required'],
    [{ eventName: 5 }, 'eventName must be a string'],
    [{ eventName: ['a'] }, 'eventName must be a string'],
    [{ eventName: 'x'.repeat(201) }, 'eventName must have at most 200 characters'],
    [{ eventName: '😀'.repeat(201) }, 'eventName must have at most 200 characters'],
    [{ eventName: 'a\u0000' }, 'eventName is not valid Unicode or contains a NUL character'],
    [{ timestamp: '' }, 'timestamp is required'],
    [{ timestamp: null }, 'timestamp is required'],
    [{ timestamp: undefined }, 'timestamp is required'],
    [{ timestamp: {} }, 'timestamp must be text or a number of milliseconds'],
    [{ timestamp: [1] }, 'timestamp must be text or a number of milliseconds'],
    [{ timestamp: true }, 'timestamp must be text or a number of milliseconds'],
    [{ timestamp: 'a\u0000' }, 'timestamp is not valid Unicode or contains a NUL character'],
    [{ timestamp: `${'x'.repeat(300)}\u0000` }, 'timestamp is not valid Unicode or contains a NUL character'],
    [{ anonymousId: { a: 1 } }, 'anonymousId must be a string'],
    [{ userId: { $gt: '' } }, 'userId must be a string'],
    [{ userId: 7 }, 'userId must be a string'],
    [{ userId: false }, 'userId must be a string'],
    [{ sessionId: [] }, 'sessionId must be a string'],
    [{ eventId: 1 }, 'eventId must be a string'],
    [{ eventId: 'x'.repeat(257) }, 'eventId must have at most 256 characters'],
    [{ processName: 'x'.repeat(129) }, 'processName must have at most 128 characters'],
    [{ processName: 5 }, 'processName must be a string'],
    [{ processStep: 'MIDDLE' }, 'processStep must be START or END'],
    [{ processStep: 'STOP' }, 'processStep must be START or END'],
    [{ processStep: 0 }, 'processStep must be START or END'],
    [{ processId: 'p' }, 'processId needs processName and processStep'],
    [{ processId: 'p', processName: 'c' }, 'processId needs processName and processStep'],
    [{ processId: 'p', processStep: 'END' }, 'processId needs processName and processStep'],
    [{ properties: [] }, 'properties must be an object'],
    [{ properties: 'text' }, 'properties must be an object'],
    [{ properties: 0 }, 'properties must be an object'],
    [{ constructor: { prototype: {} } }, 'event holds a reserved key'],
  ])('should refuse %j', (fields, reason) => {
    expect(judge(fields)).toBe(reason);
  });

  it.each([[null], [5], ['event'], [true], [[]], [[good]], [undefined]])(
    'should refuse %j, which is no object',
    (item) => {
      expect(encode(item)).toBe('event must be an object');
    },
  );

  it('should refuse half a surrogate pair and __proto__ as they come out of JSON', () => {
    expect(encode(JSON.parse('{"eventName":"\\ud800","timestamp":1}'))).toMatch(/Unicode/);
    expect(encode(JSON.parse('{"eventName":"a","timestamp":1,"__proto__":{"userId":"x"}}'))).toBe(
      'event holds a reserved key',
    );
  });

  it('should write nothing but known fields, and none from a prototype', () => {
    const item: unknown = JSON.parse(
      '{"eventName":"a","timestamp":1,"_id":"x","projectKey":"y","receivedAt":1,"linkPending":true,"epoch":"z"}',
    );
    expect(encode(item)).toEqual({
      _id: new mongo.Binary(Buffer.alloc(16)),
      epoch: new mongo.ObjectId('0'.repeat(24)),
      projectKey: 'a1b2c3d4e5f6',
      eventName: 'a',
      timestamp: new Date(1),
      receivedAt: new Date(RECEIVED),
    });
  });

  it('should write every field as it came', () => {
    const event = {
      ...good,
      anonymousId: 'anon-ü',
      userId: 'user 😀',
      sessionId: 's',
      eventId: 'e',
      processName: 'checkout',
      processId: 'p',
      processStep: 'END',
      properties: { a: [1, { b: null }] },
    };
    const timestamp = new Date(good.timestamp);
    expect(encode(event)).toMatchObject({ ...event, timestamp });
    expect(encode(event, { mayLink: () => true })).toMatchObject({ ...event, timestamp, linkPending: true });
  });

  it('should ask about links with both ids and the corrected time', () => {
    const asked: unknown[] = [];
    const mayLink = (...question: unknown[]): boolean => asked.push(question) > 0;
    const sentAt = Date.parse('2025-01-06T13:00:00Z');
    encode({ ...good, userId: 'u', anonymousId: 'a' }, { mayLink, sentAt });
    encode({ ...good, timestamp: 'never', userId: 'u', anonymousId: 'a' }, { mayLink });
    encode({ ...good, userId: 'u' }, { mayLink });
    encode({ ...good, anonymousId: 'a' }, { mayLink });
    expect(asked).toEqual([
      ['a', 'u', Date.parse('2025-01-06T09:00:00Z')],
      ['a', 'u', NaN],
    ]);
  });

  it('should keep a text that is no time, cut to 256 characters', () => {
    const texts = ['yesterday', '2025-02-30T00:00:00Z', 'x'.repeat(1000), `${'x'.repeat(255)}😀`, 1e300];
    const kept = ['yesterday', '2025-02-30T00:00:00Z', 'x'.repeat(256), 'x'.repeat(255), '1e+300'];
    texts.forEach((timestamp, i) =>
      expect(encode({ ...good, timestamp })).toMatchObject({ timestamp: null, timestampText: kept[i] }),
    );
  });

  it('should correct the clock, then clamp and flag the future', () => {
    const sentAt = Date.parse('2025-01-06T13:00:00Z');
    expect(encode(good, { sentAt })).toMatchObject({ timestamp: new Date('2025-01-06T09:00:00Z') });
    expect(encode(good, { sentAt })).not.toHaveProperty('clamped');
    expect(encode({ ...good, timestamp: '2030-01-01T00:00:00Z' })).toMatchObject({
      timestamp: new Date(RECEIVED),
      clamped: true,
    });
    expect(encode({ ...good, timestamp: '-000001-01-01' })).toMatchObject({ timestamp: new Date('-000001-01-01') });
  });

  it('should never throw and write good BSON or nothing, whatever the JSON', () => {
    const field = fc.constantFrom(
      ...['eventName', 'timestamp', 'userId', 'anonymousId', 'sessionId', 'eventId'],
      ...['processId', 'processName', 'processStep', 'properties'],
    );
    const value = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }), fc.constantFrom('a', 'START', 1, {}));
    const event = fc.oneof(fc.jsonValue(), fc.dictionary(field, value));
    const encoder = new EventEncoder();
    encoder.begin(frame);
    fc.assert(
      fc.property(event, (item) => {
        const start = encoder.sink.length;
        const fault = encoder.encode(item);
        const document = encoder.sink.bytes.subarray(start, encoder.sink.length);
        if (fault === undefined) {
          const read = mongo.BSON.deserialize(document);
          const { eventName, properties } = item as Record<string, unknown>;
          expect(read['eventName']).toBe(eventName);
          if (typeof properties === 'object') expect(read['properties'] ?? null).toEqual(properties);
        } else expect([typeof fault, document.length]).toEqual(['string', 0]);
      }),
      { numRuns: 2000 },
    );
  });
});
