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
