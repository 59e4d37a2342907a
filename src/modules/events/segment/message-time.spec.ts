import { claimTime, findSentAt } from './message-time.js';

const at = (time: string): string => `2025-01-06T${time}Z`;
const ms = (time: string): number => Date.parse(at(time));
const RECEIVED = ms('09:00:06');

describe('findSentAt', () => {
  it.each<[string, unknown, unknown[], string | number | null]>([
    ['the batch', at('10:00:00'), [{ sentAt: at('11:00:00') }], at('10:00:00')],
    ['the batch in milliseconds', 1, [], 1],
    ['the first message that says it', undefined, [null, 5, {}, { sentAt: at('11:00:00') }], at('11:00:00')],
    ['a message where the batch is not readable', 'now', [{ sentAt: 'x' }, { sentAt: 2 }], 2],
    ['nothing', '', [{}, 'text', null], null],
  ])('should take it from %s', (_, ofBatch, messages, expected) => {
    expect(findSentAt(ofBatch, messages)).toBe(expected);
  });
});

describe('claimTime', () => {
  const sentAt = at('10:00:05');

  it.each<[string, object, string | number | null, unknown]>([
    ['timestamp', { timestamp: at('10:00:00') }, sentAt, at('10:00:00')],
    ['originalTimestamp', { originalTimestamp: at('10:00:00') }, sentAt, at('10:00:00')],
    ['originalTimestamp alone, without sentAt', { originalTimestamp: at('10:00:00') }, null, at('10:00:00')],
    [
      'originalTimestamp before a time that others corrected',
      { originalTimestamp: at('10:00:00'), timestamp: at('08:00:00') },
      sentAt,
      at('10:00:00'),
    ],
    [
      'the corrected time where there is nothing to correct by',
      { originalTimestamp: at('10:00:00'), timestamp: at('08:00:00') },
      null,
      at('08:00:00'),
    ],
    [
      'timestamp when the original cannot be read',
      { originalTimestamp: 'x', timestamp: at('10:00:00') },
      sentAt,
      at('10:00:00'),
    ],
    ['what cannot be read, as it is', { timestamp: 'yesterday' }, sentAt, 'yesterday'],
    ['what is no time at all, for the verdict', { timestamp: { a: 1 } }, sentAt, { a: 1 }],
    ['the moment of sending', {}, sentAt, sentAt],
    ['the moment of sending for empty texts', { timestamp: '', originalTimestamp: null }, sentAt, sentAt],
    ['the receipt', {}, null, RECEIVED],
  ])('should take %s', (_, message, ofRequest, expected) => {
    const sending = { sentAt: ofRequest, receivedAt: RECEIVED };
    expect(claimTime({ messageId: 'm', ...message }, sending)).toEqual(expected);
  });

  it('should move the time of a message that was sent by another clock', () => {
    const message = { messageId: 'm', timestamp: at('20:00:00'), sentAt: at('20:00:03') };
    // Three seconds before it was sent, as the device says, and so three before the request.
    expect(claimTime(message, { sentAt, receivedAt: RECEIVED })).toBe(ms('10:00:02'));
  });

  it('should leave a time as it is where it is part of the identity, or would leave the range of dates', () => {
    const sending = { sentAt, receivedAt: RECEIVED };
    expect(claimTime({ timestamp: at('20:00:00'), sentAt: at('20:00:03') }, sending)).toBe(at('20:00:00'));
    expect(claimTime({ messageId: 'm', timestamp: 8.64e15, sentAt: 0 }, sending)).toBe(8.64e15);
    expect(claimTime({ messageId: 'm', timestamp: at('10:00:00'), sentAt }, sending)).toBe(at('10:00:00'));
    expect(claimTime({ messageId: 'm', timestamp: 'x', sentAt: 0 }, sending)).toBe('x');
  });
});
