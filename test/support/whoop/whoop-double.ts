import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WhoopJson, WhoopMember } from '../../../src/demo/whoop-member.js';
import { WhoopTokenDesk, type TokenFault } from './whoop-token-desk.js';
import { loadAnswerCheck, type AnswerCheck } from './whoop-schema.js';

export const CLIENT_ID = 'double-client-id';
export const CLIENT_SECRET = 'double-client-secret-canary';

export type CollectionName = 'cycles' | 'recoveries' | 'sleeps' | 'workouts';

/** What goes wrong with a request. */
export type Fault =
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: string }
  | { kind: 'slow'; ms: number }
  /** The answer, of what was there when it was asked for, not before that. */
  | { kind: 'held'; until: Promise<unknown> }
  | { kind: 'drop' }
  | { kind: 'html' }
  | { kind: 'truncated' }
  /** The page's own token again. */
  | { kind: 'repeat' }
  /** As when the member has ended the session: tokens are no longer good, until they are renewed. */
  | { kind: 'expire' };

export interface SeenRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  /** Counts from 1, over all requests to the API (not to OAuth). */
  number: number;
}

const COLLECTIONS: Record<string, { name: CollectionName; schema: string }> = {
  '/v2/cycle': { name: 'cycles', schema: 'PaginatedCycleResponse' },
  '/v2/recovery': { name: 'recoveries', schema: 'RecoveryCollection' },
  '/v2/activity/sleep': { name: 'sleeps', schema: 'PaginatedSleepResponse' },
  '/v2/activity/workout': { name: 'workouts', schema: 'WorkoutCollection' },
};
const MAX_PAGE = 25;
let check: AnswerCheck | null | undefined;

/**
 * WHOOP on a loopback port: OAuth with rotation, and the v2 API over generated records. Each answer is checked against WHOOP's
 * OpenAPI document. Faults are scripted: `fault` is asked for each request.
 */
export class WhoopDouble {
  readonly tokens = new WhoopTokenDesk(CLIENT_ID, CLIENT_SECRET);
  readonly requests: SeenRequest[] = [];
  /** What was wrong with our own answers, or with requests that WHOOP would find odd; to be empty. */
  readonly complaints: string[] = [];
  fault: (request: SeenRequest) => Fault | undefined = () => undefined;
  rate = { limit: 100, windowMs: 60_000 };
  private windowStart = 0;
  private used = 0;
  private server: Server;

  private constructor(public member: WhoopMember) {
    if (check === undefined) check = loadAnswerCheck();
    this.server = createServer((request, response) => {
      this.serve(request, response).catch((error: unknown) => {
        this.complaints.push(String(error));
        response.writeHead(500).end();
      });
    });
  }

  static async start(member: WhoopMember): Promise<WhoopDouble> {
    const double = new WhoopDouble(member);
    await new Promise<void>((resolve) => double.server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get tokenFault(): WhoopTokenDesk['fault'] {
    return this.tokens.fault;
  }

  set tokenFault(fault: (grantType: string) => TokenFault | undefined) {
    this.tokens.fault = fault;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Requests to the API since the last call of it. */
  takeRequests(): SeenRequest[] {
    return this.requests.splice(0);
  }

  /** As the webhook of the dashboard sends it. */
  delivery(
    change: { type: string; id: string; userId?: number; traceId?: string },
    now = Date.now(),
  ): { body: string; headers: Record<string, string> } {
    const { type, id, userId = this.member.userId, traceId = randomUUID() } = change;
    const body = JSON.stringify({ user_id: userId, id, type, trace_id: traceId });
    const signature = createHmac('sha256', CLIENT_SECRET).update(`${now}${body}`).digest('base64');
    return {
      body,
      headers: {
        'content-type': 'application/json',
        'x-whoop-signature': signature,
        'x-whoop-signature-timestamp': String(now),
      },
    };
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://whoop');
    if (url.pathname === '/oauth/oauth2/token') return this.tokens.serve(request, response);
    if (!url.pathname.startsWith('/developer/')) return void response.writeHead(404).end();
    const path = url.pathname.slice('/developer'.length);
    const seen = { method: request.method ?? 'GET', path, query: url.searchParams, number: this.requests.length + 1 };
    this.requests.push(seen);
    const fault = this.fault(seen);
    if (fault?.kind === 'slow') await sleep(fault.ms);
    if (fault?.kind === 'drop') return void request.socket.destroy();
    if (fault?.kind === 'expire') this.tokens.expireAccess();
    if (fault?.kind === 'html') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    if (fault?.kind === 'status') {
      return void response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
    }
    if (!this.takeFromLimit(response)) return;
    if (!this.tokens.accepts(request.headers.authorization)) return void response.writeHead(401).end();
    if (fault?.kind === 'held') await fault.until;
    this.answer(seen, response, fault);
  }

  private answer(request: SeenRequest, response: ServerResponse, fault: Fault | undefined): void {
    if (request.method === 'DELETE' && request.path === '/v2/user/access') {
      this.tokens.revoke();
      return void response.writeHead(204).end();
    }
    const found = this.find(request, fault?.kind === 'repeat');
    if (found === null) return void response.writeHead(404).end();
    check?.(found.schema, found.body);
    const text = JSON.stringify(found.body);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(fault?.kind === 'truncated' ? text.slice(0, text.length / 2) : text);
  }

  private find(request: SeenRequest, repeat: boolean): { schema: string; body: unknown } | null {
    const collection = COLLECTIONS[request.path];
    if (collection !== undefined) {
      return { schema: collection.schema, body: this.page(collection.name, request.query, repeat) };
    }
    if (request.path === '/v2/user/profile/basic') return { schema: 'UserBasicProfile', body: this.member.profile };
    if (request.path === '/v2/user/measurement/body') return { schema: 'UserBodyMeasurement', body: this.member.body };
    const [, kind, id, related] =
      /^\/v2\/(cycle|activity\/sleep|activity\/workout)\/([^/]+)(?:\/(recovery|sleep))?$/.exec(request.path) ?? [];
    const lists = { cycle: 'cycles', 'activity/sleep': 'sleeps', 'activity/workout': 'workouts' } as const;
    const schemas = { cycle: 'Cycle', 'activity/sleep': 'Sleep', 'activity/workout': 'WorkoutV2' } as const;
    if (kind === undefined) return null;
    if (related === 'recovery') {
      const body = this.member.recoveries.find(({ cycle_id }) => String(cycle_id) === id);
      return body === undefined ? null : { schema: 'Recovery', body };
    }
    const body = this.member[lists[kind as keyof typeof lists]].find((record) => String(record['id']) === id);
    return body === undefined ? null : { schema: schemas[kind as keyof typeof schemas], body };
  }

  /** In the order and with the filters of WHOOP's document; the token is bound to what was asked for. */
  private page(name: CollectionName, query: URLSearchParams, repeat: boolean): WhoopJson {
    const limit = Number(query.get('limit') ?? 10);
    if (!(limit >= 1 && limit <= MAX_PAGE)) this.complaints.push(`limit is ${limit}`);
    for (const bound of ['start', 'end']) {
      const text = query.get(bound);
      if (text !== null && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text))
        this.complaints.push(`${bound} is ${text}`);
    }
    const start = Date.parse(query.get('start') ?? '1970-01-01T00:00:00Z');
    const end = query.has('end') ? Date.parse(query.get('end')!) : Date.now();
    const bound = createHash('sha256')
      .update(`${name} ${query.get('start')} ${query.get('end')}`)
      .digest('base64url')
      .slice(0, 8);
    const [from, wanted] = (query.get('nextToken') ?? `0.${bound}`).split('.');
    if (wanted !== bound) this.complaints.push('a token of another collection');
    const records = this.sorted(name).filter((record) => {
      const [begins, ends] = this.timesOf(name, record);
      return ends >= start && begins < end;
    });
    const at = Number(from);
    const isLast = at + limit >= records.length;
    const next = repeat ? (query.get('nextToken') ?? `0.${bound}`) : isLast ? null : `${at + limit}.${bound}`;
    return { records: records.slice(at, at + limit), next_token: next };
  }

  private sorted(name: CollectionName): WhoopJson[] {
    return [...this.member[name]].sort((a, b) => this.timesOf(name, b)[0] - this.timesOf(name, a)[0]);
  }

  private timesOf(name: CollectionName, record: WhoopJson): [begins: number, ends: number] {
    if (name === 'recoveries') {
      const sleep = this.member.sleeps.find(({ id }) => id === record['sleep_id']);
      return sleep === undefined ? [Date.parse(String(record['created_at'])), Infinity] : this.timesOf('sleeps', sleep);
    }
    const end = record['end'] === null || record['end'] === undefined ? Infinity : Date.parse(record['end'] as string);
    return [Date.parse(String(record['start'])), end];
  }

  /** False: the answer was 429. */
  private takeFromLimit(response: ServerResponse): boolean {
    const now = Date.now();
    if (now >= this.windowStart + this.rate.windowMs) {
      this.windowStart = now;
      this.used = 0;
    }
    this.used += 1;
    const reset = Math.ceil((this.windowStart + this.rate.windowMs - now) / 1000);
    const { limit, windowMs } = this.rate;
    response.setHeader('x-ratelimit-limit', `${limit}, ${limit};window=${windowMs / 1000}, 10000;window=86400`);
    response.setHeader('x-ratelimit-remaining', String(Math.max(0, limit - this.used)));
    response.setHeader('x-ratelimit-reset', String(reset));
    if (this.used <= limit) return true;
    response.writeHead(429).end();
    return false;
  }
}
