import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { trace } from '@opentelemetry/api';
import type { FastifyRequest } from 'fastify';
import { InvalidInputError } from '../errors/domain.error.js';
import type { ServerState } from '../lifecycle/server-state.js';
import { BARE_HEADERS } from './fastify-adapter.js';
import { requestContext } from './request-context.js';
import { countRequest } from './request-metrics.js';

/** Request ids, no caching of personal answers, `Connection: close` while draining, and the duration metric. */
export function registerRequestHooks(app: NestFastifyApplication, state: ServerState): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    nameSpan(request);
    requestContext.run({ requestId: request.id }, () => done(refusal(request)));
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    // Preflights, and what is refused above, never come to the hook of the security headers.
    if (!reply.hasHeader('x-content-type-options')) void reply.headers(BARE_HEADERS).header('x-request-id', request.id);
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    if (state.current === 'draining') void reply.header('connection', 'close');
    done(null, payload);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? undefined : request.routeOptions.url;
    countRequest(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
}

/** By the route's template: an address as it came would make a name for every id. */
function nameSpan(request: FastifyRequest): void {
  const span = trace.getActiveSpan();
  if (span === undefined) return;
  const route = request.is404 ? undefined : request.routeOptions.url;
  span.updateName(route === undefined ? request.method : `${request.method} ${route}`);
  span.setAttribute('almanac.request_id', request.id);
  if (route !== undefined) span.setAttribute('http.route', route);
}

/** What no route may see. */
function refusal(request: FastifyRequest): InvalidInputError | undefined {
  const refuse = (sentence: string) => new InvalidInputError(sentence, undefined, 'BAD_REQUEST');
  // HTTP/1.1 demands it (RFC 9112, 3.2).
  const isAnonymousHost = request.headers.host === undefined && request.raw.httpVersion !== '1.0';
  if (isAnonymousHost) return refuse('The request has no Host header');
  // PostgreSQL refuses NUL in text, and no id or name holds one.
  if (request.raw.url?.includes('%00')) return refuse('The address has a NUL character');
  return undefined;
}
