import { APIConnectionError, APIError } from 'openai';
import { ResponseTooLargeError } from './model-transport.js';

/** Stable, and the only thing that is told of a failed call: texts of providers may hold keys and prompts. */
export type ModelFailure =
  // Before or instead of an answer
  | 'aborted'
  | 'timeout'
  | 'connection'
  | 'breaker_open'
  | 'rate_limited'
  | 'busy'
  | 'server_error'
  | 'unauthorized'
  | 'not_found'
  | 'request_refused'
  | 'too_large'
  | 'bad_body'
  // With an answer that is of no use
  | 'no_choices'
  | 'refusal'
  | 'truncated'
  | 'content_filter'
  | 'invalid_json'
  | 'invalid_schema';

export interface ModelErrorDetails {
  /** Milliseconds after which the provider wants to be asked again. */
  retryAfterMs?: number;
  /** What the provider says of the request's parameters; read by the dialect, never kept. */
  complaint?: string;
}

export class ModelError extends Error {
  constructor(
    readonly code: ModelFailure,
    readonly details: ModelErrorDetails = {},
  ) {
    super(`The language model did not answer (${code})`);
    this.name = 'ModelError';
  }

  /** Whether the same call may succeed a little later. */
  get isRetryable(): boolean {
    return ['connection', 'rate_limited', 'busy', 'server_error'].includes(this.code);
  }

  /** Whether it tells of the provider's state, and not of this one request or of who gave it up. */
  get isOutage(): boolean {
    return !['aborted', 'request_refused', 'breaker_open'].includes(this.code);
  }
}

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

/** The failure that a status, of the answer or within its body, stands for. */
export function statusError(status: number, retryAfter: string | null = null, complaint?: string): ModelError {
  if (status === 429) return new ModelError('rate_limited', { retryAfterMs: parseRetryAfter(retryAfter) });
  if (status === 408 || status === 409) return new ModelError('busy', { retryAfterMs: parseRetryAfter(retryAfter) });
  if (status >= 500) return new ModelError('server_error', { retryAfterMs: parseRetryAfter(retryAfter) });
  if (status === 401 || status === 403) return new ModelError('unauthorized');
  if (status === 404) return new ModelError('not_found');
  return new ModelError('request_refused', { complaint });
}

/** `Retry-After` in seconds or as a date. */
export function parseRetryAfter(value: string | null, now = Date.now()): number | undefined {
  if (value === null) return undefined;
  const milliseconds = /^\d+(?:\.\d+)?$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
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
