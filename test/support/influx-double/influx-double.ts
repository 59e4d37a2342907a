import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { errorTable, toAnnotatedCsv } from './annotated-csv.js';
import { FluxCompileError, FluxEvaluator } from './flux-evaluator.js';
import { FluxRuntimeError } from './flux-tables.js';
import { LineRefusedError, PointStore } from './point-store.js';

// A package for the module system before this one; its parser is InfluxData's own, compiled.
const parser = createRequire(import.meta.url)('@influxdata/flux-lsp-node') as {
  is_valid_flux(script: string): boolean;
  parse(script: string): unknown;
};

/** What the double does in place of its work, once. */
export type Fault =
  | { kind: 'status'; status: number; body?: string; headers?: Record<string, string> }
  /** Accepts the request and stays silent. */
  | { kind: 'silence' }
  /** Answers rows and then no more, with the connection open. */
  | { kind: 'stall'; afterBytes: number }
  /** Closes the connection in the middle of the answer. */
  | { kind: 'cut'; afterBytes: number }
  /** Ends the answer early, as if it were whole. */
  | { kind: 'short'; bytes: number }
  /** An error that InfluxDB finds after so many lines of a 200. */
  | { kind: 'error'; afterLines: number; message: string }
  | { kind: 'html' };

interface Call {
  path: string;
  search: URLSearchParams;
  body: string;
}

/** Speaks as much of InfluxDB 2's API as Almanac uses, on loopback. */
export class InfluxDouble {
  readonly token = 'double-token';
  readonly org = 'monitoring org';
  readonly bucket = 'time "bucket"';
  readonly store = new PointStore();
  /** Of `/api/v2/…`, in the order of arrival. */
  readonly calls: Call[] = [];
  readonly faults: { query: Fault[]; write: Fault[] } = { query: [], write: [] };
  isUp = true;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) => {
        response.writeHead(500).end(JSON.stringify({ code: 'internal error', message: String(error) }));
      });
    });
  }

  static async start(port = 0): Promise<InfluxDouble> {
    const double = new InfluxDouble();
    await new Promise<void>((resolve) => double.server.listen(port, '127.0.0.1', resolve));
    return double;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** For `loadConfig`. */
  get env(): Record<string, string> {
    const { url, token, org, bucket } = this;
    return { INFLUXDB_URL: url, INFLUXDB_TOKEN: token, INFLUXDB_ORG: org, INFLUXDB_BUCKET: bucket };
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://double');
    if (url.pathname === '/ping' || url.pathname === '/health') {
      response.writeHead(this.isUp ? (url.pathname === '/ping' ? 204 : 200) : 503).end();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
    const call = { path: url.pathname, search: url.searchParams, body };
    this.calls.push(call);
    if (request.headers.authorization !== `Token ${this.token}`) {
      return fail(response, 401, 'unauthorized', 'unauthorized access');
    }
    if (call.search.get('org') !== this.org) return fail(response, 404, 'not found', 'organization name not found');
    if (call.path === '/api/v2/query') this.query(call, response);
    else if (call.search.get('bucket') !== this.bucket) fail(response, 404, 'not found', 'bucket not found');
    else if (call.path === '/api/v2/write') this.write(call, response);
    else if (call.path === '/api/v2/delete') this.delete(call, response);
    else fail(response, 404, 'not found', 'path not found');
  }

  private write({ body, search }: Call, response: ServerResponse): void {
    const fault = this.faults.write.shift();
    if (fault !== undefined && misbehave(fault, response)) return;
    try {
      this.store.write(body, search.get('precision') ?? 'ns');
      response.writeHead(204).end();
    } catch (error) {
      if (!(error instanceof LineRefusedError)) throw error;
      fail(response, 400, 'invalid', error.message);
    }
  }

  private delete({ body }: Call, response: ServerResponse): void {
    const { predicate } = JSON.parse(body) as { predicate: string };
    const match = /^(\w+)="((?:[^"\\]|\\["\\])*)"$/.exec(predicate);
    if (match === null) return fail(response, 400, 'invalid', 'the predicate cannot be read');
    const [, tag, raw = ''] = match;
    const value = raw.replace(/\\(["\\])/g, '$1');
    this.store.deleteWhere(({ tags }) => tags.some(([key, own]) => key === tag && own === value));
    response.writeHead(204).end();
  }

  private query({ body }: Call, response: ServerResponse): void {
    const { query } = JSON.parse(body) as { query: string };
    if (!parser.is_valid_flux(query)) return fail(response, 400, 'invalid', 'compilation failed');
    const fault = this.faults.query.shift();
    if (fault !== undefined && misbehave(fault, response, () => this.evaluate(query))) return;
    let lines: string[];
    try {
      lines = this.evaluate(query);
    } catch (error) {
      if (error instanceof FluxCompileError) return fail(response, 400, 'invalid', error.message);
      if (!(error instanceof FluxRuntimeError)) throw error;
      lines = [errorTable(error.message)];
    }
    response.writeHead(200, { 'content-type': 'text/csv; charset=utf-8' });
    for (const line of lines) response.write(line);
    response.end();
  }

  private evaluate(query: string): string[] {
    return [...toAnnotatedCsv(new FluxEvaluator(this.store.list(), this.bucket).run(parser.parse(query)))];
  }
}

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ code, message }));
}

/** False: the fault has no effect here. */
function misbehave(fault: Fault, response: ServerResponse, evaluate: () => string[] = () => []): boolean {
  switch (fault.kind) {
    case 'silence':
      return true;
    case 'status':
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers }).end(fault.body ?? '');
      return true;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>a portal</html>');
      return true;
    case 'stall':
      response.writeHead(200).write(evaluate().join('').slice(0, fault.afterBytes));
      return true;
    case 'cut':
      response.writeHead(200).write(evaluate().join('').slice(0, fault.afterBytes), () => response.destroy());
      return true;
    case 'short':
      response.writeHead(200).end(evaluate().join('').slice(0, fault.bytes));
      return true;
    case 'error':
      response.writeHead(200).end(evaluate().slice(0, fault.afterLines).join('') + errorTable(fault.message));
      return true;
    default:
      return false;
  }
}
