import { APIConnectionError, APIError } from 'openai';
import { ModelError, statusError } from './model.error.js';
import { ResponseTooLargeError } from './model-transport.js';

/** @param isOver whether the time limit has passed; @param isGivenUp whether the caller or the server wants no answer any more. */
export function toModelError(error: unknown, isGivenUp: boolean, isOver: boolean): ModelError {
  if (error instanceof ModelError) return error;
  if (isGivenUp) return new ModelError('aborted');
  if (isOver) return new ModelError('timeout');
  if (hasCause(error, (cause) => cause instanceof ResponseTooLargeError)) return new ModelError('too_large');
  if (error instanceof APIConnectionError) return new ModelError(isConnectTimeout(error) ? 'timeout' : 'connection');
  if (error instanceof APIError && typeof error.status === 'number') {
    const { status, headers, param, code, message } = error as APIError<number, Headers | undefined>;
    return statusError(status, headers?.get('retry-after') ?? null, complaintOf(param, code, message));
  }
  // The body broke off, or is no JSON although it says so.
  return new ModelError(error instanceof SyntaxError ? 'bad_body' : 'connection');
}

function complaintOf(...parts: unknown[]): string {
  return parts
    .filter((part) => typeof part === 'string')
    .join(' ')
    .slice(0, 2000);
}

function isConnectTimeout(error: unknown): boolean {
  return hasCause(error, (cause) => (cause as { code?: unknown }).code === 'UND_ERR_CONNECT_TIMEOUT');
}

function hasCause(error: unknown, test: (cause: Error) => boolean): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if (test(cause)) return true;
  }
  return false;
}
