import { readAiCall } from './ai-call-input.js';

const NOW = Date.parse('2025-11-14T12:00:00Z');
const RECEIPT = { receivedAt: NOW, earliest: 0 };
const read = (row: unknown) => readAiCall(row, RECEIPT);
const good = {
  user_id: 'u',
  model_used: 'gpt-4',
  call_type: 'completion',
  response_time: 0.75,
  tokens: 320,
  success: true,
};

describe('readAiCall', () => {
  it('should take what the old clients send', () => {
    expect(read(good)).toEqual({
      id: expect.stringMatching(/^[\w-]{16}$/),
      userId: 'u',
      occurredAt: NOW,
      clamped: false,
      eventId: null,
      provider: null,
      model: 'gpt-4',
      callType: 'completion',
      project: null,
      responseUs: 750_000,
      tokens: 320,
      inputTokens: null,
      cachedInputTokens: null,
      outputTokens: null,
      reasoningTokens: null,
      success: true,
      error: null,
      receivedAt: NOW,
    });
  });

  it('should know the kinds that are counted by name in any case, and leave others as they are', () => {
    const kindOf = (callType: string) => read({ ...good, call_type: callType }).callType;
    expect([' Completion', 'EMBEDDING', 'Rerank '].map(kindOf)).toEqual(['completion', 'embedding', 'Rerank']);
  });

  it('should keep microseconds, and add up tokens that are told in parts only', () => {
    const { tokens: _, ...rest } = good;
    expect(read({ ...good, response_time: 1.2345675 }).responseUs).toBe(1_234_568);
    expect(read({ ...good, response_time: -0 }).responseUs).toBe(0);
    expect(read({ ...rest, input_tokens: 7, output_tokens: 3 }).tokens).toBe(10);
    expect(read({ ...rest, output_tokens: 3 }).tokens).toBe(3);
    expect(read({ ...good, error: 'x'.repeat(501) }).error).toHaveLength(500);
  });

  it.each<[string, unknown, string]>([
    ['no model', { ...good, model_used: '' }, 'model_used'],
    ['no kind', { ...good, call_type: null }, 'call_type'],
    ['a negative time', { ...good, response_time: -0.001 }, 'response_time'],
    ['a huge time', { ...good, response_time: 86_401 }, 'response_time'],
    ['an infinite time', { ...good, response_time: Infinity }, 'response_time'],
    ['NaN', { ...good, response_time: NaN }, 'response_time'],
    ['text for a time', { ...good, response_time: '0.75' }, 'response_time'],
    ['no time', { ...good, response_time: undefined }, 'response_time'],
    ['negative tokens', { ...good, tokens: -1 }, 'tokens'],
    ['half a token', { ...good, tokens: 1.5 }, 'tokens'],
    ['text for tokens', { ...good, tokens: '320' }, 'tokens'],
    ['huge tokens', { ...good, tokens: 1e300 }, 'tokens'],
    ['no tokens', { ...good, tokens: null }, 'tokens'],
    ['negative input', { ...good, input_tokens: -1 }, 'input_tokens'],
    ['text for cached input', { ...good, cached_input_tokens: 'NaN' }, 'cached_input_tokens'],
    ['huge output', { ...good, output_tokens: 1_000_000_001 }, 'output_tokens'],
    ['a list for reasoning', { ...good, reasoning_tokens: [1] }, 'reasoning_tokens'],
    ['text for success', { ...good, success: 'true' }, 'success'],
    ['no success', { ...good, success: undefined }, 'success'],
    ['an object for an error', { ...good, error: {} }, 'error'],
    ['a long project', { ...good, project: 'x'.repeat(201) }, 'project'],
  ])('should refuse %s', (_, row, path) => {
    expect(() => read(row)).toThrow(
      expect.objectContaining({ path, message: expect.stringMatching(/^\w+ (must|is)/) }),
    );
  });
});
