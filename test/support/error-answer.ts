/** The part of an answer that every client of the tests has: fetch, node:http or a raw socket. */
export interface AnyAnswer {
  status: number;
  headers: Headers | Record<string, string | string[] | undefined>;
  text: string;
  body: any;
}

/** The body of an error is never larger: no list of 50,000 unknown keys, no echo of what was sent. */
export const MAX_ERROR_BYTES = 4096;

const CODE = /^[A-Z][A-Z0-9_]+$/;
/** Of InfluxDB's API, whose errors the routes below `/api/v2/` answer. */
const INFLUX_CODES: Record<number, string> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not found',
  413: 'request too large',
  415: 'unsupported media type',
  429: 'too many requests',
  503: 'unavailable',
};
/** `setup_url`: where an account of WHOOP is linked. */
const KEYS = new Set(['error', 'code', 'statusCode', 'details', 'setup_url', 'requestId']);

/** What no client may see: stack frames, paths, names of drivers and libraries, and their messages. */
const INTERNALS =
  /\bat [\w.<>$ ]+ \(|\(node:|node_modules|file:\/\/|\/(?:home|root|work|usr|var)\/|\bdist\/|\.(?:js|ts):\d+|TypeError|RangeError|SyntaxError|ReferenceError|URIError|MongoServer|MongoError|E11000|\bBSON|Cast to|mongoose|typeorm|QueryFailed|SQLITE|no such (?:table|column)|SELECT |INSERT |FST_|ECONN|ENOENT|fastify|class-validator|Unexpected token|in JSON at position|is not a function|of undefined|of null/i;

export function headerOf(answer: AnyAnswer, name: string): string | null {
  if (answer.headers instanceof Headers) return answer.headers.get(name);
  const value = answer.headers[name];
  return Array.isArray(value) ? value.join(', ') : (value ?? null);
}

/** Everything that is wrong with this error answer, as sentences; none when it is as the contract says. */
export function errorFaults(answer: AnyAnswer): string[] {
  const faults: string[] = [];
  const expect = (condition: boolean, fault: string): void => {
    if (!condition) faults.push(fault);
  };
  const { body, status, text } = answer;
  const type = headerOf(answer, 'content-type');
  expect(type?.startsWith('application/json') === true, `content-type is ${type}`);
  expect(headerOf(answer, 'x-content-type-options') === 'nosniff', 'nosniff is missing');
  expect(headerOf(answer, 'cache-control')?.includes('no-store') === true, 'no-store is missing');
  expect(Buffer.byteLength(text) <= MAX_ERROR_BYTES, `the body has ${Buffer.byteLength(text)} bytes`);
  faults.push(...leaks(text));
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return [...faults, 'the body is no object'];
  // A 401 that tells of WHOOP's refusal asks for no credentials of ours.
  const challenge =
    String(body?.code).startsWith('WHOOP_') && body.code !== 'WHOOP_SIGNATURE_INVALID' ? null : 'Bearer';
  expect(
    status !== 401 || headerOf(answer, 'www-authenticate') === challenge,
    'WWW-Authenticate is not as it should be',
  );
  expect(![429, 503].includes(status) || Number(headerOf(answer, 'retry-after')) > 0, 'Retry-After is missing');
  if (typeof body.message === 'string' && !('error' in body)) return [...faults, ...influxFaults(status, body)];
  const unknown = Object.keys(body).filter((key) => !KEYS.has(key));
  expect(unknown.length === 0, `unknown members ${unknown.join(', ')}`);
  expect(typeof body.error === 'string' && body.error.length > 0, 'error is no sentence');
  expect(typeof body.code === 'string' && CODE.test(body.code), `code is ${String(body.code)}`);
  expect(body.statusCode === status, `statusCode is ${String(body.statusCode)}`);
  expect(typeof body.requestId === 'string' && body.requestId !== '', 'requestId is missing');
  expect(body.requestId === headerOf(answer, 'x-request-id'), 'requestId differs from the header');
  expect(body.details === undefined || areDetails(body.details), 'details are malformed');
  return faults;
}

function influxFaults(status: number, body: Record<string, unknown>): string[] {
  const unknown = Object.keys(body).filter((key) => !['code', 'message', 'line'].includes(key));
  const faults = unknown.map((key) => `unknown member ${key}`);
  if (body['code'] !== INFLUX_CODES[status]) faults.push(`code is ${String(body['code'])}`);
  if ('line' in body && !(Number(body['line']) > 0)) faults.push(`line is ${String(body['line'])}`);
  return faults;
}

/** Traces of the server's insides in a text that a client gets. */
export function leaks(text: string): string[] {
  const match = INTERNALS.exec(text);
  return match === null
    ? []
    : [`the body shows internals: ${text.slice(Math.max(0, match.index - 40), match.index + 80)}`];
}

/** A list of fields, or the sentence of the GitHub and WHOOP routes. */
function areDetails(details: unknown): boolean {
  if (typeof details === 'string') return details !== '';
  return (
    Array.isArray(details) &&
    details.length <= 10 &&
    details.every((detail) => typeof detail?.path === 'string' && typeof detail?.message === 'string')
  );
}
