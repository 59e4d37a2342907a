import { readSegmentBatch } from './segment-batch.js';

describe('readSegmentBatch', () => {
  it('should read the batch and what its messages share', () => {
    const body = { batch: [1, null], context: { a: 1 }, sentAt: 'x', writeKey: 'k', integrations: {} };
    expect(readSegmentBatch(body)).toEqual({ messages: [1, null], context: { a: 1 }, sentAt: 'x' });
    expect(readSegmentBatch({ batch: [] }).messages).toEqual([]);
    expect(readSegmentBatch({ batch: Array(5000).fill(0) }).messages).toHaveLength(5000);
  });

  it.each<[string, unknown]>([
    ['The body must be a JSON object', undefined],
    ['The body must be a JSON object', null],
    ['The body must be a JSON object', [{ batch: [] }]],
    ['The body must be a JSON object', 'batch'],
    ['batch is required', {}],
    ['batch is required', { batch: null }],
    ['batch must be an array', { batch: { length: 1 } }],
    ['batch must hold at most 5000 messages', { batch: Array(5001).fill({}) }],
  ])('should say "%s"', (sentence, body) => {
    expect(() => readSegmentBatch(body)).toThrow(expect.objectContaining({ kind: 'invalid', message: sentence }));
  });
});
