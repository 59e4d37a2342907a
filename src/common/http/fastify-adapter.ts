import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyHttpOptions, FastifyInstance } from 'fastify';
import type { HttpConfig } from '../../config/app.config.js';
import { frameworkErrorBody, type ErrorBody } from '../errors/error.filter.js';
import { influxErrorBody, isInfluxPath, type InfluxErrorBody } from '../errors/influx-error.js';
import { requestIdOf } from './request-context.js';

const DEFAULT_BODY_LIMIT = 1024 * 1024;

/** Headers must be complete after 10 s and bodies after 30 s; checked every 2 s. Without the interval neither limit works in time. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const CONNECTION_CHECK_MS = 2000;
const LINGER_MS = 2000;

/** Replies that bypass every hook still get the harmless-content headers. */
export const BARE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'x-frame-options': 'DENY',
};

export function createFastifyAdapter(config: HttpConfig): FastifyAdapter {
  const options: FastifyHttpOptions<Server> = {
    bodyLimit: DEFAULT_BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: 72_000,
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: CONNECTION_CHECK_MS,
      // Node would answer 400 by itself, without any of our headers; a hook refuses such requests instead.
      requireHostHeader: false,
    },
    // New requests are served during the drain; refusing them at SIGTERM loses what a load balancer still sends.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    trustProxy: (_address: string, hop: number) => hop < config.trustedProxies,
    requestIdHeader: false,
    genReqId: (request: IncomingMessage) => requestIdOf(request.headers['x-request-id']),
    rewriteUrl: (request: IncomingMessage) => normalizeUrl(request.url ?? '/'),
    routerOptions: {
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      maxParamLength: 512,
    },
    frameworkErrors: (error, request, reply) => {
      const status = error.statusCode ?? 400;
      void reply
        .headers(BARE_HEADERS)
        .header('x-request-id', request.id)
        .status(status as never)
        .type('application/json; charset=utf-8')
        // The type of `send` follows the route generics, which do not exist for a request without a route.
        .send(errorBody(status, request) as never);
    },
    clientErrorHandler: answerBrokenRequest,
  };
  const adapter = new FastifyAdapter(options as never);
  answerRareRequests(adapter.getInstance<FastifyInstance>().server);
  return adapter;
}

function errorBody(status: number, { id, url }: { id: string; url: string }): ErrorBody | InfluxErrorBody {
  const body = frameworkErrorBody(status, id);
  return isInfluxPath(url) ? influxErrorBody(body) : body;
}

/** Requests that Node would answer, or drop, by itself: an `Expect` it does not know, and CONNECT. */
export function answerRareRequests(server: Server): void {
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    // Served as if it were not there, which RFC 9110 (10.1.1) allows.
    server.emit('request', request, response);
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    endWithError(socket, 405, 'Method Not Allowed');
  });
}

/** One spelling for each path, so that guards and metrics see what the router sees. */
export function normalizeUrl(url: string): string {
  // `;` begins parameters in some servers' paths; here it begins the query, as in older ones.
  const target = url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/^([^?;]*);/, '$1?');
  // "*" and "?a=b" too: what the router does not take for a path is answered without our hooks.
  const path = target.startsWith('/') ? target : `/${target}`;
  if (!/\/\.{1,2}(?:[/?#;]|$)/.test(path)) return path;
  const queryAt = path.search(/[?#]/);
  const query = queryAt < 0 ? '' : path.slice(queryAt);
  return (
    new URL(`http://localhost/${queryAt < 0 ? path : path.slice(0, queryAt)}`).pathname.replace(/^\/+/, '/') + query
  );
}

/** Node's parser gave up: too large headers, time out, broken HTTP. No request object exists. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  // The parser reports again for every piece that a client goes on sending; it is thrown away until the time is over.
  if (lingering.has(socket) && error.code !== 'ECONNRESET') return;
  // Node's own handler looks at the same private member: a second answer within the first would be read as its body.
  const isAnswering = (socket as { _httpMessage?: ServerResponse | null })._httpMessage?.headersSent === true;
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) {
    socket.destroy();
    return;
  }
  const [status, reason]: [number, string] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'Request Header Fields Too Large']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'Request Timeout']
        : [400, 'Bad Request'];
  endWithError(socket, status, reason);
}

const lingering = new WeakSet<Duplex>();

/** The connection stays half open for a moment: closed at once, with bytes unread, it would be reset and the answer lost. */
function endWithError(socket: Duplex, status: number, reason: string): void {
  lingering.add(socket);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.resume();
  const requestId = requestIdOf(undefined);
  const body = JSON.stringify(frameworkErrorBody(status, requestId));
  const headers = {
    ...BARE_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'x-request-id': requestId,
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}
