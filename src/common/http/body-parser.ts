import type { IncomingMessage } from 'node:http';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { PassThrough, type Readable, type Transform } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import secureJson from 'secure-json-parse';
import { InvalidInputError, UnsupportedMediaError } from '../errors/domain.error.js';
import { BodyBudget } from './body-budget.js';
import { defuseBulkText, findJsonHazard, REQUEST_JSON_LIMITS } from './json-guard.js';

const DEFAULT_BODY_LIMIT = 1024 * 1024;
/** Whatever a text of this length holds, it is parsed within 20 ms; common batches are shorter and are not looked at twice. */
const HARMLESS_LENGTH = 128 * 1024;
/** Of all bulk bodies that are being received or worked on. */
const MAX_BULK_BYTES = 64 * 1024 * 1024;
/** Counted when it is complete. To count while it comes takes another stream, which small batches are spared. */
const SMALL_BODY = 128 * 1024;
const LINGER_MS = 2000;
const LINGER_BYTES = 64 * 1024 * 1024;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const lenientUtf8 = new TextDecoder('utf-8');

declare module 'fastify' {
  /** What a handler may say of its body by `@RouteConfig(...)`. */
  interface FastifyContextConfig {
    /**
     * The body is a list of many independent items: it may arrive compressed, and text hazards are
     * judged per item by the handler, so that one bad item never fails the rest.
     */
    bulkBody?: boolean;
    /** The handler gets the bytes of the body, whatever its content type says; everywhere else only JSON is taken. */
    rawBody?: boolean;
    /** Bytes after decompression; 1 MiB unless told. */
    bodyLimit?: number;
  }
}

/**
 * Replaces Fastify's parsers: JSON, checked as text before parsing, and plain bytes for the routes that want them; compressed bodies only where
 * a route allows them, with the size limit on what comes out (Fastify counts the decoded bytes).
 * @param maxBulkBytes bulk bodies that would take more in all are refused with 503.
 */
export function registerBodyParsers(app: NestFastifyApplication, maxBulkBytes = MAX_BULK_BYTES): void {
  const budget = new BodyBudget(maxBulkBytes);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRoute', (route) => {
    const limit = route.config?.bodyLimit;
    if (limit !== undefined) route.bodyLimit = limit;
  });
  // Not async: nothing is to come in between counting the bytes of a body and collecting them.
  fastify.addHook('preParsing', (request, _reply, payload, done) =>
    done(null, decodeBody(request, payload as Readable, budget)),
  );
  // Comes for every request, also when its client has gone meanwhile. Only then nobody needs the body any more.
  fastify.addHook('onSend', (request, reply, payload, done) => {
    decoders.get(request)?.destroy();
    budget.release(request);
    if (reply.getHeader('connection') !== 'close') done(null, payload);
    else void readToEnd(request.raw).then(() => done(null, payload));
  });
  fastify.removeContentTypeParser('text/plain');
  const parser =
    (parse: (body: Buffer, bulk: boolean) => unknown): BodyParser =>
    (request, body, done) => {
      try {
        const { rawBody } = request.routeOptions.config;
        const bulk = isBulk(request);
        if (bulk && budget.heldBy(request) === 0) {
          const refusal = budget.take(request, body.length);
          if (refusal !== undefined) throw refusal;
        }
        done(null, rawBody === true ? body : parse(body, bulk));
      } catch (error) {
        done(error as Error);
      }
    };
  const useParser = (type: string, parse: (body: Buffer, bulk: boolean) => unknown) =>
    app.useBodyParser(type, { bodyLimit: DEFAULT_BODY_LIMIT }, parser(parse) as never);
  useParser('application/json', parseJson);
  // Also for bodies without a content type; command-line clients send forms unless they are told otherwise.
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', '*']) useParser(type, refuseBody);
}

type BodyParser = (request: FastifyRequest, body: Buffer, done: (error: Error | null, body?: unknown) => void) => void;

function refuseBody(): never {
  throw new UnsupportedMediaError('Send the body as application/json');
}

function isBulk(request: FastifyRequest): boolean {
  return request.routeOptions.config.bulkBody === true;
}

function decodeBody(request: FastifyRequest, payload: Readable, budget: BodyBudget): Readable {
  // Nobody reads their bodies.
  if (request.method === 'GET' || request.method === 'HEAD') return payload;
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() || 'identity';
  const bulk = isBulk(request);
  if (encoding === 'identity' && (!bulk || Number(request.headers['content-length']) <= SMALL_BODY)) return payload;
  const decoder = bulk ? createDecoder(encoding) : undefined;
  if (decoder === undefined) {
    throw new UnsupportedMediaError(`The content encoding '${encoding.slice(0, 32)}' is not accepted here`);
  }
  let received = 0;
  payload.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  // Fastify compares this with Content-Length; the decoded bytes it counts itself against the limit.
  Object.defineProperty(decoder, 'receivedEncodedLength', { get: () => received });
  // Not `pipeline`: when the decoder fails that destroys the request, and the client gets a reset instead of an answer.
  payload.on('error', (error) => decoder.destroy(error));
  decoder.on('close', () => payload.unpipe(decoder).resume());
  // Fastify stops listening when it has refused a body by itself.
  decoder.on('error', () => undefined);
  decoder.on('data', (chunk: Buffer) => {
    const refusal = decoder.destroyed ? undefined : budget.take(request, chunk.length);
    if (refusal !== undefined) decoder.destroy(refusal);
  });
  decoders.set(request, decoder);
  return payload.pipe(decoder);
}

const decoders = new WeakMap<FastifyRequest, Transform>();

function createDecoder(encoding: string): Transform | undefined {
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'br') return createBrotliDecompress();
  if (encoding === 'identity') return new PassThrough();
  return undefined;
}

/**
 * Throws away what is left of a refused body before it is answered: the connection is closed after the answer, and
 * closing it with unread bytes makes the kernel send a reset, on which clients lose the answer. Bounded, since a
 * client may send for ever.
 */
function readToEnd(body: IncomingMessage): Promise<void> {
  if (body.readableEnded || body.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let received = 0;
    const finish = (): void => {
      clearTimeout(timer);
      body.off('data', count);
      for (const event of ['end', 'close', 'error']) body.off(event, finish);
      resolve();
    };
    const count = (chunk: Buffer): void => {
      received += chunk.length;
      if (received > LINGER_BYTES) finish();
    };
    const timer = setTimeout(finish, LINGER_MS);
    for (const event of ['end', 'close', 'error']) body.on(event, finish);
    body.on('data', count);
    body.resume();
  });
}

/** @throws InvalidInputError with a sentence for a person. */
export function parseJson(body: Buffer, bulk: boolean): unknown {
  if (body.length === 0) return undefined;
  if (bulk) return parseBulk(lenientUtf8.decode(body));
  let text: string;
  try {
    text = strictUtf8.decode(body);
  } catch {
    throw new InvalidInputError('The body is not valid UTF-8', undefined, 'INVALID_JSON');
  }
  const hazard = findJsonHazard(text, REQUEST_JSON_LIMITS);
  if (hazard !== null) throw new InvalidInputError(hazard, undefined, 'INVALID_JSON');
  try {
    return secureJson.parse(text, null, { protoAction: 'error', constructorAction: 'error' });
  } catch {
    throw invalidJson();
  }
}

function parseBulk(text: string): unknown {
  const { text: safeText, hazard } = text.length > HARMLESS_LENGTH ? defuseBulkText(text) : { text, hazard: null };
  if (hazard !== null) throw new InvalidInputError(hazard, undefined, 'INVALID_JSON');
  try {
    return JSON.parse(safeText);
  } catch {
    throw invalidJson();
  }
}

function invalidJson(): InvalidInputError {
  return new InvalidInputError('The body is not valid JSON', undefined, 'INVALID_JSON');
}
