import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** One answer read from a raw connection. */
export interface RawAnswer {
  status: number;
  /** Names in lower case; repeated headers are joined by `, `. */
  headers: Record<string, string>;
  text: string;
  /** The parsed JSON body; undefined when it is none. */
  body: any;
}

export interface RawExchange {
  answers: RawAnswer[];
  /** Bytes that were no complete answer. */
  rest: string;
  /** True when the server ended the connection (in whatever way). */
  closed: boolean;
  /** The code of a socket error, for example ECONNRESET. */
  error?: string;
  /** Milliseconds from the connection to its end. */
  durationMs: number;
}

/** What is sent: bytes, or a pause in milliseconds between two pieces. */
export type RawPiece = string | Buffer | number;

/**
 * Sends bytes over TCP as they are and reads until the server closes, until `expect` answers have come, or
 * until the time is over.
 */
export async function exchange(
  baseUrl: string,
  pieces: RawPiece | RawPiece[],
  options: { timeoutMs?: number; expect?: number; end?: boolean; headRequest?: boolean } = {},
): Promise<RawExchange> {
  const started = Date.now();
  const socket = await open(baseUrl);
  const received: Buffer[] = [];
  let closed = false;
  let error: string | undefined;
  const over = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, options.timeoutMs ?? 5000);
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    socket.on('data', (chunk) => {
      received.push(chunk);
      if (options.expect === undefined) return;
      const { answers } = readAnswers(Buffer.concat(received), options.headRequest === true);
      if (answers.length >= options.expect) finish();
    });
    socket.on('error', (cause: NodeJS.ErrnoException) => {
      error ??= cause.code ?? cause.message;
    });
    socket.on('close', () => {
      closed = true;
      finish();
    });
  });
  for (const piece of [pieces].flat()) {
    if (closed || error !== undefined) break;
    if (typeof piece === 'number') await sleep(piece);
    else await write(socket, piece);
  }
  if (options.end === true && !closed) socket.end();
  await over;
  const durationMs = Date.now() - started;
  const ended = closed;
  socket.destroy();
  const { answers, rest } = readAnswers(Buffer.concat(received), options.headRequest === true);
  return { answers, rest, closed: ended, error, durationMs };
}

export function open(baseUrl: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(baseUrl).port) });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** A request as text, with `Host` and what is given; the body's length is added. */
export function requestText(
  method: string,
  target: string,
  headers: Record<string, string> = {},
  body?: string,
): string {
  const all: Record<string, string> = { host: 'localhost', ...headers };
  if (body !== undefined) {
    all['content-type'] ??= 'application/json';
    all['content-length'] ??= String(Buffer.byteLength(body));
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`;
}

function write(socket: Socket, piece: string | Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed || !socket.writable) resolve();
    // An error of the connection is an outcome of the exchange, not of this write.
    else socket.write(piece, () => resolve());
  });
}

function readAnswers(bytes: Buffer, headRequest: boolean): { answers: RawAnswer[]; rest: string } {
  const answers: RawAnswer[] = [];
  let at = 0;
  for (;;) {
    const headEnd = bytes.indexOf('\r\n\r\n', at);
    if (headEnd < 0) break;
    const [statusLine = '', ...headerLines] = bytes.toString('latin1', at, headEnd).split('\r\n');
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1]);
    if (!Number.isInteger(status)) break;
    const headers = readHeaders(headerLines);
    const body = headRequest ? { data: Buffer.alloc(0), end: headEnd + 4 } : readBody(bytes, headEnd + 4, headers);
    if (body === null) break;
    at = body.end;
    if (status < 200) continue;
    const text = body.data.toString('utf8');
    answers.push({ status, headers, text, body: parseJson(text, headers['content-type']) });
  }
  return { answers, rest: bytes.toString('latin1', at) };
}

function readHeaders(lines: string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}

/** Null while the body is incomplete. */
function readBody(bytes: Buffer, start: number, headers: Record<string, string>): { data: Buffer; end: number } | null {
  if (headers['transfer-encoding'] === 'chunked') return readChunks(bytes, start);
  const length = Number(headers['content-length'] ?? 0);
  if (bytes.length < start + length) return null;
  return { data: bytes.subarray(start, start + length), end: start + length };
}

function readChunks(bytes: Buffer, start: number): { data: Buffer; end: number } | null {
  const chunks: Buffer[] = [];
  let at = start;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const dataEnd = lineEnd + 2 + size;
    if (!Number.isInteger(size) || bytes.length < dataEnd + 2) return null;
    chunks.push(bytes.subarray(lineEnd + 2, dataEnd));
    at = dataEnd + 2;
    if (size === 0) return { data: Buffer.concat(chunks), end: at };
  }
}

function parseJson(text: string, contentType: string | undefined): any {
  if (contentType?.includes('json') !== true || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
