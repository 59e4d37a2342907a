import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, type ErrorDetail, type ErrorKind } from './domain.error.js';
import { influxErrorBody, isInfluxPath } from './influx-error.js';
import { isStoreUnavailable } from './store-errors.js';
import { WireError } from './wire.error.js';

const STATUS_BY_KIND: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unsupported_media: 415,
  unprocessable: 422,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
};

/** Sentences and codes for errors that come from the framework, whose own texts name internals. */
const BY_STATUS: Record<number, { code: string; error: string }> = {
  400: { code: 'BAD_REQUEST', error: 'The request is not valid' },
  401: { code: 'UNAUTHENTICATED', error: 'Authentication required' },
  403: { code: 'FORBIDDEN', error: 'You may not do this' },
  404: { code: 'NOT_FOUND', error: 'There is nothing at this address; GET / lists the API' },
  405: { code: 'METHOD_NOT_ALLOWED', error: 'This method is not supported here' },
  408: { code: 'REQUEST_TIMEOUT', error: 'The request took too long to arrive' },
  413: { code: 'PAYLOAD_TOO_LARGE', error: 'The body is too large' },
  414: { code: 'URI_TOO_LONG', error: 'The address is too long' },
  415: { code: 'UNSUPPORTED_MEDIA_TYPE', error: 'Send the body as application/json' },
  429: { code: 'RATE_LIMITED', error: 'Too many requests; try again later' },
  431: { code: 'HEADERS_TOO_LARGE', error: 'The request headers are too large' },
  500: { code: 'INTERNAL', error: 'Something went wrong on our side' },
  503: { code: 'UNAVAILABLE', error: 'The service is not available right now; try again shortly' },
};

const MAX_DETAILS = 10;
const DEFAULT_RETRY_SECONDS = 2;

export interface ErrorBody {
  error: string;
  code: string;
  statusCode: number;
  /** A sentence on the GitHub and WHOOP routes. */
  details?: ErrorDetail[] | string;
  requestId: string;
}

/** Builds the body of an error that never reached a route (bad URL, broken HTTP). */
export function frameworkErrorBody(status: number, requestId: string): ErrorBody {
  const known = BY_STATUS[status] ?? BY_STATUS[status < 500 ? 400 : 500]!;
  return { error: known.error, code: known.code, statusCode: status, requestId };
}

interface Outcome {
  status: number;
  error: string;
  code: string;
  details?: ErrorDetail[];
  explanation?: string;
  retryAfterSeconds?: number;
  line?: number;
}

/** The one place that turns an exception into an answer. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(ErrorFilter.name);

  catch(exception: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const outcome = describe(exception);
    this.log(exception, outcome, request);
    if (reply.sent || reply.raw.headersSent) {
      // A stream that broke half-way: the only honest signal left is an aborted transfer.
      reply.raw.destroy();
      return;
    }
    if (exception instanceof WireError) {
      void reply.status(exception.status).type('application/json; charset=utf-8').send(exception.body);
      return;
    }
    const body: ErrorBody = {
      error: outcome.error,
      code: outcome.code,
      statusCode: outcome.status,
      requestId: request.id,
    };
    const details = this.detailsOf(outcome);
    if (details !== undefined) body.details = details;
    if (outcome.status === 401) void reply.header('www-authenticate', 'Bearer');
    if (outcome.status === 413) void reply.header('connection', 'close');
    if (outcome.retryAfterSeconds !== undefined) void reply.header('retry-after', String(outcome.retryAfterSeconds));
    const sent = isInfluxPath(request.url) ? influxErrorBody(body, outcome.line) : body;
    void reply.status(outcome.status).type('application/json; charset=utf-8').send(sent);
  }

  protected detailsOf({ details }: Outcome): ErrorDetail[] | string | undefined {
    return details?.slice(0, MAX_DETAILS);
  }

  private log(exception: unknown, outcome: Outcome, request: FastifyRequest): void {
    const line = `${request.method} ${request.routeOptions?.url ?? 'unknown route'} ${outcome.status} ${outcome.code}`;
    if (outcome.status >= 500 && outcome.status !== 503 && !(exception instanceof WireError)) {
      this.logger.error(line, exception instanceof Error ? exception.stack : String(exception));
    } else if (outcome.status >= 500) {
      this.logger.warn(`${line}: ${exception instanceof Error ? exception.name : 'error'}`);
    } else {
      this.logger.debug(line);
    }
  }
}

/** For the GitHub and WHOOP routes, whose old clients show `details` as it comes: a sentence, never a list. */
@Catch()
export class SentenceErrorFilter extends ErrorFilter {
  protected override detailsOf({ details, explanation }: Outcome): string | undefined {
    return (
      explanation ??
      details
        ?.slice(0, MAX_DETAILS)
        .map(({ message }) => message)
        .join('; ')
    );
  }
}

function describe(exception: unknown): Outcome {
  if (exception instanceof DomainError) {
    return {
      status: STATUS_BY_KIND[exception.kind],
      error: exception.message,
      code: exception.code,
      details: exception.details,
      explanation: exception.explanation,
      retryAfterSeconds: exception.retryAfterSeconds,
      line: exception.line,
    };
  }
  if (exception instanceof WireError) return { status: exception.status, error: exception.message, code: 'WIRE' };
  if (isStoreUnavailable(exception)) return unavailable();
  const status = statusOf(exception);
  if (status === 503) return unavailable();
  const { error, code } = frameworkErrorBody(status, '');
  return { status, error, code };
}

function unavailable(): Outcome {
  return { status: 503, ...BY_STATUS[503]!, retryAfterSeconds: DEFAULT_RETRY_SECONDS };
}

/** Fastify and Nest errors carry a status; anything without one is our own fault. */
function statusOf(exception: unknown): number {
  if (exception instanceof HttpException) return exception.getStatus();
  const status = (exception as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}
