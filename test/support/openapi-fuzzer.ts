import { Agent, request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { Ajv, type ValidateFunction } from 'ajv';
import { errorFaults, headerOf, leaks, type AnyAnswer } from './error-answer.js';
import type { OpenApiDocument, Operation, Parameter, Schema } from './openapi-document.js';

const CONCURRENCY = 8;
const ANSWER_LIMIT_MS = 10_000;
const MAX_FINDINGS = 50;
/** How often an operation is asked again, validly, until it succeeds once. */
const MAX_EXTRA_CASES = 60;

export interface FuzzOptions {
  baseUrl: string;
  document: OpenApiDocument;
  seed: number;
  /** Requests to each operation. */
  casesPerOperation: number;
  /** Headers of the caller that an operation is meant for; asked before each request. */
  callerFor(operation: Operation): Record<string, string>;
  /** Told of every answer, so that a caller who has just been deleted is not used again. */
  answered?(operation: Operation, status: number): void;
  /** Headers of callers of other kinds, and of bad credentials. */
  otherCallersFor(operation: Operation): Record<string, string>[];
  /** Values with a meaning for this operation, by the name of the parameter or field. */
  valuesFor(operation: Operation): Record<string, unknown[]>;
}

export interface FuzzReport {
  operations: number;
  cases: number;
  byStatus: Record<string, number>;
  /** Operations that were answered with success at least once. */
  succeeded: string[];
  slowestMs: number;
  /** The request that took so long. */
  slowest: string;
  /** What is wrong, with the request that shows it. At most 50. */
  findings: string[];
}

interface FuzzRequest {
  method: string;
  target: string;
  headers: Record<string, string>;
  body?: Buffer;
  /** The address may belong to another operation, whose answers the document lists elsewhere. */
  elsewhere?: boolean;
}

/**
 * Calls every operation of an OpenAPI document with valid, broken and hostile requests, and checks each answer:
 * never 5xx, a hang or a reset; only documented statuses; errors in the one shape, small, without internals;
 * successes as their schemas say. The same seed gives the same requests.
 */
export class OpenApiFuzzer {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  private readonly validators: ResponseValidators;
  private readonly report: FuzzReport = {
    operations: 0,
    cases: 0,
    byStatus: {},
    succeeded: [],
    slowestMs: 0,
    slowest: 'none',
    findings: [],
  };

  constructor(private readonly options: FuzzOptions) {
    this.validators = new ResponseValidators(options.document);
  }

  async run(): Promise<FuzzReport> {
    for (const [index, operation] of this.options.document.operations.entries()) await this.fuzz(operation, index);
    this.agent.destroy();
    this.report.operations = this.options.document.operations.length;
    return this.report;
  }

  private async fuzz(operation: Operation, index: number): Promise<void> {
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < this.options.casesPerOperation) {
        const number = next++;
        await this.fuzzOnce(operation, index, number, KINDS[number % KINDS.length]!);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    // Few of the cases of a short run are valid, and of those chance may make none whose values fit together.
    const { casesPerOperation } = this.options;
    for (let extra = 0; extra < MAX_EXTRA_CASES && !this.report.succeeded.includes(operation.id); extra += 1) {
      await this.fuzzOnce(operation, index, casesPerOperation + extra, 'valid');
    }
  }

  private async fuzzOnce(operation: Operation, index: number, number: number, kind: Kind): Promise<void> {
    const random = new Random(this.options.seed * 7_919 + index * 104_729 + number * 31);
    const request = new RequestMaker(this.options, operation, random).make(kind);
    const finding = await this.check(operation, request);
    if (finding !== null && this.report.findings.length < MAX_FINDINGS) {
      this.report.findings.push(`${operation.id} [${kind} ${number}] ${finding}\n  ${describe(request)}`);
    }
  }

  private async check(operation: Operation, request: FuzzRequest): Promise<string | null> {
    const start = performance.now();
    let answer: AnyAnswer;
    this.report.cases += 1;
    try {
      answer = await this.send(request);
    } catch (error) {
      this.count('failed');
      return `no answer: ${(error as NodeJS.ErrnoException).code ?? String(error)}`;
    }
    const milliseconds = Math.round(performance.now() - start);
    if (milliseconds > this.report.slowestMs) {
      this.report.slowestMs = milliseconds;
      this.report.slowest = describe(request);
    }
    this.count(String(answer.status));
    this.options.answered?.(operation, answer.status);
    const faults = this.faultsOf(operation, request, answer);
    if (answer.status < 300 && !this.report.succeeded.includes(operation.id)) this.report.succeeded.push(operation.id);
    return faults.length === 0 ? null : `${answer.status}: ${faults.join('; ')}\n  ${answer.text.slice(0, 300)}`;
  }

  private faultsOf(operation: Operation, request: FuzzRequest, answer: AnyAnswer): string[] {
    const { status } = answer;
    const faults: string[] = [];
    if (status >= 500) faults.push('a fault of the server');
    if (request.elsewhere !== true && !(status in operation.responses)) faults.push('a status that is not documented');
    if (headerOf(answer, 'x-powered-by') !== null) faults.push('names its framework');
    if (status >= 400) return [...faults, ...errorFaults(answer)];
    if (headerOf(answer, 'x-content-type-options') !== 'nosniff') faults.push('nosniff is missing');
    if (headerOf(answer, 'set-cookie') !== null) faults.push('sets a cookie');
    if (request.elsewhere !== true) faults.push(...this.validators.faults(operation, answer));
    return faults;
  }

  private count(status: string): void {
    this.report.byStatus[status] = (this.report.byStatus[status] ?? 0) + 1;
  }

  private send(request: FuzzRequest): Promise<AnyAnswer> {
    const { hostname, port } = new URL(this.options.baseUrl);
    const { method, target: path, headers, body } = request;
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        { hostname, port, method, path, headers, agent: this.agent, setHost: false },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            const isJson = incoming.headers['content-type']?.includes('json') === true;
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers,
              text,
              body: isJson ? parse(text) : undefined,
            });
          });
        },
      );
      outgoing.setTimeout(ANSWER_LIMIT_MS, () => outgoing.destroy(new Error(`no answer within ${ANSWER_LIMIT_MS} ms`)));
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function describe({ method, target, headers, body }: FuzzRequest): string {
  const shown = Object.entries(headers).map(([name, value]) => `${name}: ${value.slice(0, 60)}`);
  const size = body === undefined ? '' : ` ${body.length} bytes: ${JSON.stringify(body.toString('latin1', 0, 150))}`;
  return `${method} ${target.slice(0, 200)} {${shown.join(', ')}}${size}`;
}

/** Checks bodies of successful answers against the document. An object with declared members may have no others. */
class ResponseValidators {
  private readonly ajv = new Ajv({ strict: false, allErrors: false, logger: false });
  private readonly cache = new Map<string, ValidateFunction>();

  constructor(document: OpenApiDocument) {
    this.ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/);
    const definitions: Record<string, unknown> = {};
    const schemas = document.json.components.schemas as Record<string, Schema>;
    for (const [name, schema] of Object.entries(schemas)) definitions[name] = toJsonSchema(schema);
    this.ajv.addSchema({ $id: 'document', definitions });
  }

  faults(operation: Operation, answer: AnyAnswer): string[] {
    const content = operation.responses[String(answer.status)]?.content;
    if (content === undefined) return answer.text === '' ? [] : ['a body where none is documented'];
    const type = headerOf(answer, 'content-type')?.split(';')[0] ?? 'none';
    if (!(type in content)) return [`content type ${type} is not documented`];
    const schema = content[type]?.schema;
    if (type !== 'application/json' || schema === undefined) return [];
    if (answer.body === undefined) return ['the body is not JSON'];
    const key = `${operation.id} ${answer.status}`;
    let validate = this.cache.get(key);
    if (validate === undefined) {
      validate = this.ajv.compile(toJsonSchema(schema) as object);
      this.cache.set(key, validate);
    }
    if (validate(answer.body)) return leaks(JSON.stringify(answer.headers));
    return [`the body is not as documented: ${this.ajv.errorsText(validate.errors)}`];
  }
}

/** OpenAPI 3.0 to JSON Schema: references, `nullable`, and closed objects. */
function toJsonSchema(schema: Schema): unknown {
  if (schema.$ref !== undefined) return { $ref: `document#/definitions/${schema.$ref.split('/').at(-1)}` };
  const { nullable, example: _, ...rest } = schema;
  const result: Record<string, unknown> = { ...rest };
  if (schema.properties !== undefined) {
    result.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => [name, toJsonSchema(property)]),
    );
    result.additionalProperties = false;
  }
  if (typeof schema.additionalProperties === 'object')
    result.additionalProperties = toJsonSchema(schema.additionalProperties);
  if (schema.items !== undefined) result.items = toJsonSchema(schema.items);
  for (const word of ['oneOf', 'anyOf', 'allOf'] as const) {
    const variants = schema[word];
    if (variants !== undefined) result[word] = variants.map((variant) => toJsonSchema(variant));
  }
  return nullable === true ? { anyOf: [{ type: 'null' }, result] } : result;
}

/** mulberry32: small, and the same on every machine. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 up to, not including, the limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  text(length: number): string {
    const letters = 'abcdefghijklmnopqrstuvwxyz0123456789 _-';
    return Array.from({ length }, () => letters[this.below(letters.length)]).join('');
  }
}

const KINDS = [
  'valid',
  'violating',
  'confused',
  'hostile text',
  'valid',
  'date',
  'credentials',
  'number',
  'query',
  'prototype',
  'identifier',
  'missing',
  'truncated',
  'deep',
  'content type',
  'headers',
  'large',
  'wide',
  'bytes',
  'encoding',
  'path',
  'method',
  'undeclared',
  'many faults',
] as const;
type Kind = (typeof KINDS)[number];

const HOSTILE_TEXTS = [
  '',
  ' ',
  '\t\r\n',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'a\udfffb',
  '\udc00\ud800',
  '\ufeff',
  '\u2028\u2029',
  '\u202eevil\u202c',
  '\u200d\u200b',
  '😀👩‍👩‍👧‍👦🏳️‍🌈',
  'e\u0301'.repeat(50),
  'İıſßﬃΐ',
  '𝒳𐍈',
  '$where',
  '$gt',
  '$ne',
  '{"$gt":""}',
  '$$ROOT',
  'a.b.$c',
  "' OR '1'='1",
  "'; DROP TABLE users; --",
  '" or ""="',
  '%27%20OR%201=1',
  '../../../../etc/shadow',
  '..\\..\\windows\\win.ini',
  'gopher://127.0.0.1:5000/_',
  'http://127.0.0.1:5000/',
  'a\r\nset-cookie: evil=1',
  '<script>alert(1)</script>',
  '{{7*7}}${7*7}#{7*7}',
  '%s%n%x%d',
  '%00',
  '%',
  '`id`;|id',
  '.*',
  '^(a+)+$',
  '[[[[',
  '(?<a>',
  '\\',
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'null',
  'undefined',
  'NaN',
  'true',
  '[object Object]',
  '-1',
  '0',
  '1e309',
  '0x41',
  '٣',
  '1,000',
  '9'.repeat(400),
  'x'.repeat(201),
  'x'.repeat(10_000),
  'ä'.repeat(5000),
  'a@'.repeat(3000),
  ',,,,,',
];

const NUMBERS = [
  '0',
  '-0',
  '-1',
  '1',
  '1.5',
  '1e400',
  '-1e400',
  '1e-400',
  '5e-324',
  '2147483648',
  '-2147483649',
  '9007199254740993',
  '18446744073709551616',
  '1.7976931348623157e308',
  '123456789012345678901234567890',
];

const DATES = [
  '2025-02-30',
  '2025-02-29',
  '2024-02-29',
  '2025-13-01',
  '2025-1',
  '2025-01-01T24:00:00Z',
  '2025-01-01T23:59:60Z',
  '2025-01-01T10:00:00+02:00',
  '2025-01-01T10:00:00 02:00',
  '2025-01-01T10:00:00+99:99',
  '2025-03-30T02:30:00',
  '0000-01-01',
  '0001-01-01T00:00:00Z',
  '9999-12-31',
  '10000-01-01',
  '+275760-09-13T00:00:00.000Z',
  '-271821-04-20T00:00:00.000Z',
  '+275760-09-13T00:00:00.001Z',
  '0',
  '1736157600000',
  '-62167219200001',
  '253402300800000',
  '8640000000000001',
  'now',
  'Mon, 06 Jan 2025 10:00:00 GMT',
  '06/01/2025',
  '2025-W01-1',
  'P1D',
];

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Asia/Kathmandu',
  'Africa/Cairo',
  'Pacific/Apia',
  'Etc/GMT+12',
  'GMT',
  '+02:00',
  'EST5EDT',
  'europe/berlin',
  'Nowhere/None',
  'US',
];

const IDENTIFIERS = [
  '0',
  '-1',
  '000000000000000000000000',
  'ffffffffffffffffffffffff',
  '0123456789ab',
  '0123456789AB',
  '00000000-0000-0000-0000-000000000000',
  'me',
  'admin',
  'anonymous',
  '*',
  '.',
  '~',
  ':id',
  '{id}',
  'undefined',
  'x'.repeat(500),
  'x'.repeat(513),
];

const CONTENT_TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=----a',
  'application/xml',
  'application/octet-stream',
  'application/json; charset=utf-16',
  'application/vnd.api+json',
  'application/jsonx',
  'json',
  '',
  ';;;',
  'text/html; charset=utf-8',
  `application/${'x'.repeat(500)}`,
];

const ODD_HEADERS: Record<string, string>[] = [
  { 'x-request-id': 'a'.repeat(200) },
  { 'x-request-id': 'fuzz-request-0001' },
  { 'x-request-id': '<b>../</b>' },
  { accept: 'text/html' },
  { accept: 'application/xml;q=0.9, nonsense' },
  { 'accept-encoding': 'gzip, br, zstd, nonsense;q=x' },
  { 'accept-language': '*;q=2, xx-'.repeat(50) },
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { host: 'evil.example' },
  { host: '' },
  { range: 'bytes=0-1,5-' },
  { 'if-none-match': '*' },
  { 'if-modified-since': 'yesterday' },
  { 'x-http-method-override': 'DELETE' },
  { 'x-forwarded-for': '127.0.0.1, ::1, <script>' },
  { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher' },
  { forwarded: 'for=127.0.0.1;host=evil' },
  { 'x-original-url': '/api/admin/users', 'x-rewrite-url': '/api/admin/users' },
  { traceparent: '00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-ff' },
  { traceparent: 'nonsense', tracestate: '=,=,=' },
  { cookie: 'session=admin; __proto__=1' },
  { 'idempotency-key': 'x'.repeat(300) },
  { expect: '200-ok' },
  { connection: 'x-request-id, authorization' },
  { te: 'trailers' },
  { 'user-agent': `${'('.repeat(3000)}` },
  { __proto__x: 'a', constructor: 'b' },
];

const WRONG_TYPES: unknown[] = [
  null,
  true,
  false,
  0,
  -1.5,
  1e300,
  '',
  'text',
  [],
  [[]],
  ['a', 1, null],
  {},
  { $gt: '' },
  { a: { b: [] } },
  [{ $ne: 1 }],
];

const METHODS_WITH_BODY = ['post', 'put', 'patch', 'delete'];

/** Makes one request for an operation. */
class RequestMaker {
  private readonly values: Record<string, unknown[]>;
  private readonly params = new Map<string, string>();
  private query: [name: string, value: string][] = [];
  private body: unknown;
  /** Of operations that take plain text instead of JSON. */
  private text?: string;

  constructor(
    private readonly options: FuzzOptions,
    private readonly operation: Operation,
    private readonly random: Random,
  ) {
    this.values = options.valuesFor(operation);
    for (const parameter of operation.parameters) {
      if (parameter.in === 'path') this.params.set(parameter.name, this.parameterValue(parameter));
      else if (parameter.in === 'query' && (parameter.required === true || random.chance(0.4))) {
        this.query.push(...this.queryValues(parameter));
      }
    }
    if (operation.body !== undefined) this.body = this.valid(operation.body, 'body', 0);
    this.text = operation.textExample;
  }

  make(kind: Kind): FuzzRequest {
    const { random } = this;
    switch (kind) {
      case 'valid':
        return this.request();
      case 'violating':
        this.replaceSomewhere((schema) => this.violating(schema));
        return this.request();
      case 'confused':
        this.replaceSomewhere(() => random.pick(WRONG_TYPES));
        return this.request();
      case 'hostile text':
        this.replaceSomewhere(() => random.pick(HOSTILE_TEXTS));
        return this.request();
      case 'number':
        return this.withNumber(random.pick(NUMBERS));
      case 'date':
        this.setOf(['from', 'to', 'timestamp', 'expiresAt', 'sentAt'], () => random.pick(DATES));
        this.setOf(['tz', 'timezone'], () => random.pick(ZONES));
        return this.request();
      case 'identifier':
        this.setOf(['id', 'projectKey', 'cursor', 'eventId', 'anonymousId', 'userId'], () => random.pick(IDENTIFIERS));
        return this.request();
      case 'many faults':
        for (let i = 0; i < 5; i += 1) this.replaceSomewhere(() => random.pick([...WRONG_TYPES, ...HOSTILE_TEXTS]));
        return this.request();
      case 'missing':
        this.dropSomething();
        return this.request();
      case 'undeclared':
        this.addUndeclared();
        return this.request();
      case 'credentials':
        return this.request({ headers: random.pick(this.options.otherCallersFor(this.operation)) });
      case 'query':
        this.confuseQuery();
        return this.request();
      case 'headers':
        return this.withHeaders(random.pick(ODD_HEADERS));
      case 'path':
        return { ...this.request(), target: this.oddTarget(), elsewhere: true };
      case 'method':
        return {
          ...this.request(),
          method: random.pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE']),
          elsewhere: true,
        };
      default:
        return this.withRawBody(this.rawBody(kind));
    }
  }

  private request(extra: { headers?: Record<string, string>; raw?: Buffer } = {}): FuzzRequest {
    const path = this.operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent((this.params.get(name) ?? 'x').toWellFormed()),
    );
    const search = this.query.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join('&');
    const headers: Record<string, string> = {
      host: 'localhost',
      ...(extra.headers ?? this.options.callerFor(this.operation)),
    };
    const body = this.text ?? (this.body === undefined ? undefined : JSON.stringify(this.body));
    const raw = extra.raw ?? (body === undefined ? undefined : Buffer.from(body));
    if (raw !== undefined) {
      headers['content-type'] = this.text === undefined ? 'application/json' : 'text/plain';
      headers['content-length'] = String(raw.length);
    }
    const method = this.operation.method.toUpperCase();
    // An empty path segment or a dot would be another address; a head above 16 kB is refused before it has any.
    const elsewhere =
      search.length + Object.values(headers).join().length > 14_000 ||
      [...this.params.values()].some((value) => /^\.{0,2}$/.test(value) || value.length > 512);
    return { method, target: search === '' ? path : `${path}?${search}`, headers, body: raw, elsewhere };
  }

  private withRawBody({ raw, headers }: { raw: Buffer; headers: Record<string, string> }): FuzzRequest {
    const request = this.request({ raw });
    if (!METHODS_WITH_BODY.includes(this.operation.method) && this.random.chance(0.5)) {
      delete request.body;
      delete request.headers['content-length'];
    }
    Object.assign(request.headers, headers);
    if (request.headers['content-type'] === '') delete request.headers['content-type'];
    return request;
  }

  private withHeaders(headers: Record<string, string>): FuzzRequest {
    const request = this.request();
    Object.assign(request.headers, headers);
    return request;
  }

  /** Numbers that JSON.stringify cannot write stand in the text as they are. */
  private withNumber(number: string): FuzzRequest {
    const mark = 'the-number-stands-here';
    this.replaceSomewhere(() => mark);
    this.query = this.query.map(([name, value]) => [name, value === mark ? number : value]);
    for (const [name, value] of this.params) if (value === mark) this.params.set(name, number);
    if (this.body === undefined) return this.request();
    return this.request({ raw: Buffer.from(JSON.stringify(this.body).replace(`"${mark}"`, number)) });
  }

  private rawBody(kind: Kind): { raw: Buffer; headers: Record<string, string> } {
    const { random } = this;
    const valid = this.text ?? JSON.stringify(this.body ?? { name: 'a' });
    const field = random.pick(Object.keys(this.operation.body?.properties ?? { name: {} }));
    const json = (text: string) => ({ raw: Buffer.from(text), headers: {} });
    switch (kind) {
      case 'prototype':
        return json(
          random.pick([
            `{"__proto__":{"isAdmin":true},${valid.slice(1)}`,
            `{"${field}":{"__proto__":{"x":1}}}`,
            `{"constructor":{"prototype":{"x":1}},${valid.slice(1)}`,
            `{"\\u005f\\u005fproto\\u005f\\u005f":1,${valid.slice(1)}`,
            `{"toString":1,"valueOf":{},"hasOwnProperty":null,${valid.slice(1)}`,
            `{"${field}":{"constructor":"x","then":"y","toJSON":1}}`,
          ]),
        );
      case 'truncated':
        return json(random.chance(0.2) ? '' : valid.slice(0, random.below(valid.length)));
      case 'deep': {
        const depth = random.pick([20, 33, 65, 1000, 5000, 50_000]);
        const [open, close] = random.pick([
          ['[', ']'],
          ['{"a":', '}'],
          [`{"${field}":`, '}'],
        ] as const);
        const inner = `${open.repeat(depth)}1${close.repeat(random.chance(0.8) ? depth : depth - 1)}`;
        return json(random.chance(0.5) ? inner : `{"${field}":${inner},${valid.slice(1)}`);
      }
      case 'wide': {
        const count = random.pick([101, 1500, 2500, 25_000]);
        const members = Array.from({ length: count }, (_, i) => `"k${i}":${i}`).join();
        const wide = random.pick([`{${members}}`, `[${'1,'.repeat(count)}1]`, `[${'{},'.repeat(count)}{}]`]);
        return json(random.chance(0.3) ? wide : `{"${field}":${wide},${valid.slice(1)}`);
      }
      case 'large': {
        const bytes = random.pick([10_000, 200_000, 900_000, 1_100_000, 6_000_000]);
        return json(
          `{"${field}":"${random
            .pick(['x', 'ü', '\\u0041', '\\\\'])
            .repeat(bytes)
            .slice(0, bytes)
            .replace(/\\[^\\]*$/, '')}",${valid.slice(1)}`,
        );
      }
      case 'content type':
        return { raw: Buffer.from(valid), headers: { 'content-type': random.pick(CONTENT_TYPES) } };
      case 'encoding': {
        const raw = random.chance(0.5) ? gzipSync(valid) : Buffer.from(valid);
        const cut = random.chance(0.3) ? raw.subarray(0, random.below(raw.length)) : raw;
        const encoding = random.pick(['gzip', 'br', 'deflate', 'identity', 'gzip, gzip', 'x-gzip', 'nonsense', '']);
        return { raw: cut, headers: { 'content-encoding': encoding, 'content-length': String(cut.length) } };
      }
      default: {
        // Bytes: a valid body with some of them changed.
        const raw = Buffer.from(valid);
        for (let i = random.below(5); i >= 0; i -= 1) raw[random.below(raw.length)] = random.below(256);
        return { raw, headers: {} };
      }
    }
  }

  private oddTarget(): string {
    const { target } = this.request();
    const { random } = this;
    return random.pick([
      () => `${target}%`,
      () => `${target}/%zz`,
      () => target.replace(/\/[^/?]*/, '/%00'),
      () => `/${target}`,
      () => `${target.split('?')[0]}/..;/`,
      () => `${target}${'&a=b'.repeat(1000)}`,
      () => `${target}?${'?'.repeat(100)}`,
      () => `${target.split('?')[0]}?${'a[b]'.repeat(500)}=1`,
      () => target.toUpperCase(),
      () => `${target.split('?')[0]}/${'x/'.repeat(500)}`,
      () => `${target.split('?')[0]}%2f..%2f..%2fhealth`,
      () => `${target}#fragment`,
      () => `http://evil.example${target}`,
      () => target.replace('/', '/./'),
      () => `${target};jsessionid=1`,
    ])();
  }

  private confuseQuery(): void {
    const { random } = this;
    const names = this.operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
    const name = names.length > 0 ? random.pick(names) : 'a';
    const value = random.pick(HOSTILE_TEXTS);
    switch (random.below(5)) {
      case 0:
        this.query.push([name, 'a'], [name, 'b']);
        break;
      case 1:
        this.query.push([`${name}[$ne]`, '1'], [`${name}[]`, '2'], [`${name}[__proto__][x]`, '3']);
        break;
      case 2:
        this.query = names.map((known) => [known, value]);
        break;
      case 3:
        for (let i = 0; i < 300; i += 1) this.query.push([random.pick([name, 'x', '__proto__']), 'y']);
        break;
      default:
        this.query.push(['', ''], ['__proto__', value], ['constructor', value], ['$where', value]);
    }
  }

  private addUndeclared(): void {
    const name = this.random.pick([
      'role',
      'isAdmin',
      'userId',
      '_id',
      'id',
      'createdAt',
      'ownerId',
      'orgId',
      '$set',
      'a.b',
      '',
    ]);
    if (typeof this.body === 'object' && this.body !== null)
      this.body = { ...this.body, [name]: this.random.pick(WRONG_TYPES) };
    else this.query.push([name, 'x']);
  }

  private dropSomething(): void {
    const { random } = this;
    if (this.query.length > 0 && random.chance(0.5)) {
      this.query.splice(random.below(this.query.length), 1);
      return;
    }
    const paths = fieldPaths(this.body);
    if (paths.length > 0) this.body = changeAt(this.body, random.pick(paths), () => undefined);
  }

  /** Sets every given field of this name, in the address or the body; where there is none, any field. */
  private setOf(names: string[], value: () => string): void {
    let found = false;
    for (const parameter of this.operation.parameters) {
      if (!names.includes(parameter.name) || this.random.chance(0.3)) continue;
      found = true;
      if (parameter.in === 'path') this.params.set(parameter.name, value());
      else this.query = [...this.query.filter(([name]) => name !== parameter.name), [parameter.name, value()]];
    }
    for (const path of fieldPaths(this.body)) {
      if (!names.includes(String(path.at(-1))) || this.random.chance(0.3)) continue;
      found = true;
      this.body = changeAt(this.body, path, value);
    }
    if (!found) this.replaceSomewhere(value);
  }

  /** Replaces one value, of the address or of the body. In the address everything is text. */
  private replaceSomewhere(value: (schema: Schema) => unknown): void {
    const { random } = this;
    if (this.text !== undefined && random.chance(0.7)) {
      const inserted = value({ type: 'string' });
      const at = random.below(this.text.length);
      const text = typeof inserted === 'string' ? inserted : JSON.stringify(inserted);
      this.text = this.text.slice(0, at) + text + this.text.slice(at + random.below(3));
      return;
    }
    const inAddress = this.query.length + this.params.size;
    const paths = fieldPaths(this.body);
    if (paths.length > 0 && (inAddress === 0 || random.chance(0.7))) {
      const path = random.pick(paths);
      this.body = changeAt(this.body, path, () => value(this.schemaAt(path)));
      return;
    }
    const asText = (schema: Schema): string => {
      const replacement = value(schema);
      return typeof replacement === 'string' ? replacement : JSON.stringify(replacement);
    };
    if (this.query.length > 0 && random.chance(0.7)) {
      const index = random.below(this.query.length);
      const name = this.query[index]![0];
      this.query[index] = [name, asText(this.parameterSchema(name))];
    } else if (this.params.size > 0) {
      const name = random.pick([...this.params.keys()]);
      this.params.set(name, asText(this.parameterSchema(name)));
    }
  }

  private schemaAt(path: (string | number)[]): Schema {
    let schema = this.operation.body ?? {};
    for (const step of path) {
      const resolved = this.options.document.resolve(schema);
      schema = (typeof step === 'number' ? resolved.items : resolved.properties?.[step]) ?? {};
    }
    return this.options.document.resolve(schema);
  }

  private parameterSchema(name: string): Schema {
    const parameter = this.operation.parameters.find((candidate) => candidate.name === name);
    return this.options.document.resolve(parameter?.schema);
  }

  private queryValues(parameter: Parameter): [name: string, value: string][] {
    if (parameter.style !== 'deepObject') return [[parameter.name, this.parameterValue(parameter)]];
    const members = this.valid(parameter.schema ?? {}, parameter.name, 0) as Record<string, unknown>;
    return Object.entries(members).map(([name, value]) => [
      `${parameter.name}[${encodeURIComponent(name)}]`,
      String(value),
    ]);
  }

  private parameterValue(parameter: Parameter): string {
    const value = this.valid(parameter.schema ?? {}, parameter.name, 0);
    return typeof value === 'string' ? value : JSON.stringify(value);
  }

  /** Breaks one of the schema's own rules. */
  private violating(schema: Schema): unknown {
    const { random } = this;
    const choices: unknown[] = [null];
    if (schema.enum !== undefined) choices.push('not-in-the-list', String(schema.enum[0]).toUpperCase());
    if (schema.maxLength !== undefined)
      choices.push('x'.repeat(schema.maxLength + 1), '😀'.repeat(schema.maxLength + 1));
    if (schema.minLength !== undefined) choices.push('x'.repeat(Math.max(0, schema.minLength - 1)));
    if (schema.pattern !== undefined) choices.push('!', '');
    if (schema.maximum !== undefined) choices.push(schema.maximum + 1, schema.maximum + 0.5);
    if (schema.minimum !== undefined) choices.push(schema.minimum - 1);
    if (schema.type === 'array') {
      choices.push(
        [],
        Array.from({ length: (schema.maxItems ?? 1000) + 1 }, () => 'a'),
        [null],
        {},
      );
    }
    if (schema.type === 'boolean') choices.push('true', 1);
    if (schema.type === 'string') choices.push(5, {}, ['a']);
    return random.pick(choices);
  }

  private valid(given: Schema, name: string, depth: number): unknown {
    const { random } = this;
    const schema = this.options.document.resolve(given);
    const known = this.values[name];
    if (known !== undefined && random.chance(0.85)) return random.pick(known);
    if (schema.nullable === true && random.chance(0.1)) return null;
    if (schema.enum !== undefined) return random.pick(schema.enum);
    const variants = schema.oneOf ?? schema.anyOf;
    if (variants !== undefined) return this.valid(random.pick(variants), `${name} variant`, depth);
    switch (schema.type) {
      case 'boolean':
        return random.chance(0.5);
      case 'integer':
      case 'number':
        return (schema.minimum ?? 0) + random.below((schema.maximum ?? 100) - (schema.minimum ?? 0) + 1);
      case 'array':
        return this.validArray(schema, name, depth);
      case 'string':
        return this.validText(schema);
      default:
        return this.validObject(schema, depth);
    }
  }

  private validText(schema: Schema): string {
    const { random } = this;
    if (typeof schema.example === 'string' && (schema.pattern !== undefined || random.chance(0.6)))
      return schema.example;
    const least = schema.minLength ?? 1;
    const most = Math.min(schema.maxLength ?? 30, least + 200);
    return random.text(least + random.below(most - least + 1)).replace(/^ | $/g, 'x');
  }

  private validArray(schema: Schema, name: string, depth: number): unknown[] {
    const least = schema.minItems ?? 0;
    const length = least + this.random.below(Math.min((schema.maxItems ?? 5) - least, 5) + 1);
    return Array.from({ length }, () => this.valid(schema.items ?? {}, name, depth + 1));
  }

  private validObject(schema: Schema, depth: number): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      if (schema.required?.includes(name) === true || this.random.chance(0.5))
        result[name] = this.valid(property, name, depth + 1);
    }
    if (schema.properties === undefined && depth < 4) {
      const inner = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : { type: 'string' };
      for (let i = this.random.below(4); i > 0; i -= 1)
        result[this.random.text(6)] = this.valid(inner, 'member', depth + 1);
    }
    return result;
  }
}

type FieldPath = (string | number)[];

/** Where a JSON value can be changed: every member, at any depth. */
function fieldPaths(value: unknown, path: FieldPath = []): FieldPath[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, inner]) => [[...path, key], ...fieldPaths(inner, [...path, key])]);
}

function changeAt(value: unknown, path: FieldPath, replace: () => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return replace();
  if (Array.isArray(value))
    return value.map((inner: unknown, i) => (i === key ? changeAt(inner, rest, replace) : inner));
  const record = value as Record<string, unknown>;
  return { ...record, [key]: changeAt(record[key], rest, replace) };
}
