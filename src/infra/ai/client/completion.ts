import { ModelError, statusError } from './model.error.js';

export interface TokenUsage {
  input: number | null;
  cachedInput: number | null;
  output: number | null;
  reasoning: number | null;
}

/** The first choice of an answer. */
export interface Completion {
  content: string;
  refusal: string | null;
  finishReason: string;
}

/** Tokens as the provider counted them; also answers of no use cost. */
export function readUsage(body: unknown): TokenUsage {
  const usage = objectIn(body, 'usage');
  return {
    input: countIn(usage, 'prompt_tokens'),
    cachedInput: countIn(objectIn(usage, 'prompt_tokens_details'), 'cached_tokens'),
    output: countIn(usage, 'completion_tokens'),
    reasoning: countIn(objectIn(usage, 'completion_tokens_details'), 'reasoning_tokens'),
  };
}

/**
 * Reads a chat completion without believing its shape.
 * @throws ModelError: the answer is none (a page, an error inside a 200), or has no choices.
 */
export function readCompletion(body: unknown): Completion {
  if (typeof body !== 'object' || body === null) throw new ModelError('bad_body');
  throwIfError(body);
  const { choices } = body as { choices?: unknown };
  if (!Array.isArray(choices) || choices.length === 0) throw new ModelError('no_choices');
  const choice: unknown = choices[0];
  const message = objectIn(choice, 'message');
  if (message === undefined) throw new ModelError('no_choices');
  return {
    content: textIn(message, 'content') ?? '',
    refusal: textIn(message, 'refusal') ?? null,
    finishReason: textIn(choice, 'finish_reason') ?? 'stop',
  };
}

/** Gemini answers errors as an array; proxies answer them with status 200. */
function throwIfError(body: object): void {
  const holder: unknown = Array.isArray(body) ? body[0] : body;
  const error = objectIn(holder, 'error');
  if (error !== undefined) {
    const status = countIn(error, 'code') ?? countIn(error, 'status') ?? 500;
    throw statusError(status >= 400 && status < 600 ? status : 500, null, textIn(error, 'message'));
  }
  if (Array.isArray(body)) throw new ModelError('bad_body');
}

function objectIn(value: unknown, key: string): object | undefined {
  const inner = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : undefined;
}

function textIn(value: unknown, key: string): string | undefined {
  const inner = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return typeof inner === 'string' ? inner : undefined;
}

function countIn(value: object | undefined, key: string): number | null {
  const inner = (value as Record<string, unknown> | undefined)?.[key];
  return typeof inner === 'number' && Number.isSafeInteger(inner) && inner >= 0 ? inner : null;
}
