import { InvalidInputError } from '../../../common/errors/domain.error.js';
import { readEnvelope } from './batch-envelope.js';

const events = [{}];

describe('readEnvelope', () => {
  it.each([
    [undefined, 'The body must be a JSON object with projectKey and events'],
    [null, 'The body must be a JSON object with projectKey and events'],
    [[{ projectKey: 'k', events }], 'The body must be a JSON object with projectKey and events'],
    ['text', 'The body must be a JSON object with projectKey and events'],
    [{ events }, 'projectKey is required'],
    [{ projectKey: '', events }, 'projectKey is required'],
    [{ projectKey: { $gt: '' }, events }, 'projectKey must be a string'],
    [{ projectKey: 'k' }, 'events is required'],
    [{ projectKey: 'k', events: null }, 'events is required'],
    [{ projectKey: 'k', events: { 0: {}, length: 1 } }, 'events must be an array'],
    [{ projectKey: 'k', events: 'text' }, 'events must be an array'],
    [{ projectKey: 'k', events: [] }, 'events must not be empty'],
    [{ projectKey: 'k', events: new Array(5001).fill({}) }, 'events must hold at most 5000 events'],
  ])('should refuse %#', (body, sentence) => {
    expect(() => readEnvelope(body)).toThrow(new InvalidInputError(sentence));
  });

  it.each([
    ['2025-01-06T10:00:05Z', Date.parse('2025-01-06T10:00:05Z')],
    [1736157605000, 1736157605000],
    ['yesterday', null],
    [{}, null],
    [undefined, null],
  ])('should read sentAt %j as %j', (sentAt, expected) => {
    expect(readEnvelope({ projectKey: 'k', events, sentAt }).sentAt).toBe(expected);
  });

  it('should allow 5,000 events and fields it does not know', () => {
    expect(readEnvelope({ projectKey: 'k', events: new Array(5000).fill(null), extra: 1 }).events).toHaveLength(5000);
  });
});
