/** What went wrong in business terms; `error.filter.ts` alone turns it into an HTTP status. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'unsupported_media'
  | 'unprocessable'
  | 'rate_limited'
  | 'unavailable'
  | 'internal';

export interface ErrorDetail {
  /** Dotted path of the offending field, for example `steps.0`. */
  path: string;
  message: string;
}

export interface DomainErrorOptions {
  details?: ErrorDetail[];
  /** What to do about it: the `details` of GitHub and WHOOP routes, which are a sentence. */
  explanation?: string;
  /** Seconds after which a client may try again; becomes `Retry-After`. */
  retryAfterSeconds?: number;
  cause?: unknown;
}

/**
 * Base of every error that a service throws on purpose. `message` is a sentence for a person and is
 * sent to the client as it stands, so it never holds a secret, SQL or driver text.
 */
export abstract class DomainError extends Error {
  abstract readonly kind: ErrorKind;
  /** Stable upper-case code, for example `PROJECT_NOT_FOUND`. */
  readonly code: string;
  readonly details?: ErrorDetail[];
  readonly explanation?: string;
  readonly retryAfterSeconds?: number;
  /** Of a body of lines: the first one at fault, from 1 on. */
  readonly line?: number;

  constructor(code: string, message: string, options: DomainErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details;
    this.explanation = options.explanation;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export class InvalidInputError extends DomainError {
  readonly kind = 'invalid';
  constructor(message: string, details?: ErrorDetail[], code = 'VALIDATION_FAILED') {
    super(code, message, { details });
  }
}

export class UnauthenticatedError extends DomainError {
  readonly kind = 'unauthenticated';
  constructor(message = 'Authentication required', code = 'UNAUTHENTICATED') {
    super(code, message);
  }
}

export class ForbiddenError extends DomainError {
  readonly kind = 'forbidden';
  constructor(message: string, code = 'FORBIDDEN') {
    super(code, message);
  }
}

export class NotFoundError extends DomainError {
  readonly kind = 'not_found';
  constructor(message: string, code = 'NOT_FOUND') {
    super(code, message);
  }
}

export class ConflictError extends DomainError {
  readonly kind = 'conflict';
  constructor(message: string, code = 'CONFLICT') {
    super(code, message);
  }
}

export class RateLimitedError extends DomainError {
  readonly kind = 'rate_limited';
  constructor(message: string, retryAfterSeconds: number, code = 'RATE_LIMITED') {
    super(code, message, { retryAfterSeconds });
  }
}

export class UnavailableError extends DomainError {
  readonly kind = 'unavailable';
  constructor(message: string, retryAfterSeconds = 2, code = 'UNAVAILABLE', cause?: unknown) {
    super(code, message, { retryAfterSeconds, cause });
  }
}

export class TooLargeError extends DomainError {
  readonly kind = 'too_large';
  constructor(message: string, code = 'PAYLOAD_TOO_LARGE') {
    super(code, message);
  }
}

export class UnsupportedMediaError extends DomainError {
  readonly kind = 'unsupported_media';
  constructor(message: string, code = 'UNSUPPORTED_MEDIA_TYPE') {
    super(code, message);
  }
}
