import { readCompletion, readUsage } from './completion.js';
import { type ModelError } from './model.error.js';

const codeOf = (body: unknown): string => {
  try {
    readCompletion(body);
    return 'read';
  } catch (error) {
    return (error as ModelError).code;
  }
};

describe('an answer of a chat-completions server', () => {
  it('should be read by its first choice', () => {
    const choice = { message: { content: '{"a":1}', refusal: null }, finish_reason: 'stop' };
    expect(readCompletion({ choices: [choice] })).toEqual({ content: '{"a":1}', refusal: null, finishReason: 'stop' });
    expect(readCompletion({ choices: [{ message: {} }] })).toEqual({
      content: '',
      refusal: null,
      finishReason: 'stop',
    });
    expect(readCompletion({ choices: [{ message: { content: null, refusal: 'no' } }] })).toMatchObject({
      refusal: 'no',
    });
  });

  it.each([
    ['<html>', 'bad_body'],
    [undefined, 'bad_body'],
    [null, 'bad_body'],
    [[], 'bad_body'],
    [{}, 'no_choices'],
    [{ choices: [] }, 'no_choices'],
    [{ choices: 'x' }, 'no_choices'],
    [{ choices: [null] }, 'no_choices'],
    [{ choices: [{}] }, 'no_choices'],
    [{ error: { message: 'x', code: 429 } }, 'rate_limited'],
    [{ error: { message: 'x', code: 'text' } }, 'server_error'],
    [[{ error: { code: 400, message: 'x' } }], 'request_refused'],
    [[{ error: { code: 503, message: 'x' } }], 'server_error'],
  ])('should not be believed in the shape of %j', (body, code) => {
    expect(codeOf(body)).toBe(code);
  });

  it('should tell its tokens, or none', () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: 5,
      prompt_tokens_details: { cached_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 2 },
    };
    expect(readUsage({ usage })).toEqual({ input: 10, cachedInput: 3, output: 5, reasoning: 2 });
    expect(readUsage({ usage: { prompt_tokens: 10, completion_tokens: -5 } })).toEqual({
      input: 10,
      cachedInput: null,
      output: null,
      reasoning: null,
    });
    for (const body of [undefined, 'x', { usage: 'x' }, { usage: { prompt_tokens: '7' } }])
      expect(readUsage(body)).toEqual({ input: null, cachedInput: null, output: null, reasoning: null });
  });
});
