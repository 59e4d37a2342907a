import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export type TokenFault =
  | { kind: 'status'; status: number }
  | { kind: 'slow'; ms: number }
  /** Not before that. */
  | { kind: 'held'; until: Promise<unknown> }
  /** The tokens are given, and the answer takes its time. */
  | { kind: 'slow-answer'; ms: number }
  /** The request is lost on its way. */
  | { kind: 'drop-before' }
  /** The tokens are renewed, and the answer is lost. */
  | { kind: 'drop-after' };

export interface Pair {
  access: string;
  refresh: string;
}

/** WHOOP's token endpoint: each refresh token is good once, and a refresh ends the old access token at once. */
export class WhoopTokenDesk {
  /** The pair that is good now; null: none was given, or it was revoked. */
  live: Pair | null = null;
  expiresInSeconds = 3600;
  scope = 'offline read:recovery read:cycles read:sleep read:workout read:profile read:body_measurement';
  fault: (grantType: string) => TokenFault | undefined = () => undefined;
  /** Every token that ever was, to be looked for where none may be. */
  readonly issued: string[] = [];
  /** Refresh tokens that came after they had been used up. To be empty: nobody may send one twice. */
  readonly spentAgain: string[] = [];
  refreshes = 0;
  private readonly spent = new Set<string>();
  private readonly codes = new Map<string, string>();
  private accessIsExpired = false;

  constructor(
    private readonly clientId: string,
    private readonly clientSecret: string,
  ) {}

  /** As when a member has gone through the consent in another server: the first pair. */
  grant(): Pair {
    this.live = this.newPair();
    this.accessIsExpired = false;
    return this.live;
  }

  /** What the browser brings back after consent. */
  giveCode(redirectUri: string): string {
    const code = `code-canary-${randomBytes(12).toString('hex')}`;
    this.codes.set(code, redirectUri);
    return code;
  }

  accepts(authorization: string | undefined): boolean {
    return this.live !== null && !this.accessIsExpired && authorization === `Bearer ${this.live.access}`;
  }

  expireAccess(): void {
    this.accessIsExpired = true;
  }

  revoke(): void {
    this.live = null;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const type = form.get('grant_type') ?? '';
    const fault = this.fault(type);
    if (fault?.kind === 'drop-before') return void request.socket.destroy();
    if (fault?.kind === 'status') return void response.writeHead(fault.status).end('{}');
    if (fault?.kind === 'slow') await sleep(fault.ms);
    if (fault?.kind === 'held') await fault.until;
    const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded';
    if (!isForm || form.get('client_id') !== this.clientId || form.get('client_secret') !== this.clientSecret) {
      return refuse(response, 'invalid_client', 401);
    }
    const pair = type === 'authorization_code' ? this.byCode(form) : this.byRefresh(form);
    if (pair === null) return refuse(response, 'invalid_grant', 400);
    if (fault?.kind === 'slow-answer') await sleep(fault.ms);
    if (fault?.kind === 'drop-after') return void request.socket.destroy();
    const body = {
      access_token: pair.access,
      expires_in: this.expiresInSeconds,
      ...(this.scope.includes('offline') && { refresh_token: pair.refresh }),
      scope: this.scope,
      token_type: 'bearer',
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  private byCode(form: URLSearchParams): Pair | null {
    const code = form.get('code') ?? '';
    const redirectUri = this.codes.get(code);
    this.codes.delete(code);
    return redirectUri === undefined || redirectUri !== form.get('redirect_uri') ? null : this.grant();
  }

  private byRefresh(form: URLSearchParams): Pair | null {
    const token = form.get('refresh_token') ?? '';
    if (this.spent.has(token)) this.spentAgain.push(token);
    if (this.live === null || this.live.refresh !== token) return null;
    this.spent.add(token);
    this.refreshes += 1;
    return this.grant();
  }

  private newPair(): Pair {
    const pair = {
      access: `access-canary-${randomBytes(24).toString('hex')}`,
      refresh: `refresh-canary-${randomBytes(24).toString('hex')}`,
    };
    this.issued.push(pair.access, pair.refresh);
    return pair;
  }
}

function refuse(response: ServerResponse, error: string, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
}
