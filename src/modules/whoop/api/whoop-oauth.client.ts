import { Inject, Injectable } from '@nestjs/common';
import { WHOOP_CONFIG, type WhoopConfig } from '../../../config/app.config.js';
import {
  WhoopClientRefusedError,
  WhoopLinkError,
  WhoopNotConfiguredError,
  WhoopUnavailableError,
} from '../whoop.errors.js';
import { WhoopTransport, WhoopTransportError, type WhoopResponse } from './whoop-transport.client.js';

const AUTHORIZE_PATH = '/oauth/oauth2/auth';
const TOKEN_PATH = '/oauth/oauth2/token';
const REVOKE_PATH = '/developer/v2/user/access';
/** All that is read, and `offline`, without which there is no refresh token. */
export const WHOOP_SCOPES = [
  'offline',
  'read:recovery',
  'read:cycles',
  'read:sleep',
  'read:workout',
  'read:profile',
  'read:body_measurement',
];
const LONGEST_TOKEN = 8192;
const DEFAULT_EXPIRY_SECONDS = 3600;

export interface TokenAnswer {
  accessToken: string;
  /** Null: `offline` was not granted. */
  refreshToken: string | null;
  expiresInSeconds: number;
  scope: string;
}

/** What became of a refresh. Of these only the first and the third say that the token is used up. */
export type RefreshOutcome =
  | { kind: 'refreshed'; answer: TokenAnswer }
  /** WHOOP has certainly not carried it out: the token is as good as before. */
  | { kind: 'not_done'; error: WhoopUnavailableError | WhoopClientRefusedError }
  | { kind: 'invalid_grant' }
  /** There was no answer that tells: the token may be used up. */
  | { kind: 'unknown' };

/** `refused`: this access token is no longer good, another one may be; `unknown`: WHOOP did not say. */
export type RevocationOutcome = 'ended' | 'refused' | 'unknown';

/** WHOOP's OAuth 2.0. Nothing that it answers reaches a message or a log. */
@Injectable()
export class WhoopOauthClient {
  constructor(
    private readonly transport: WhoopTransport,
    @Inject(WHOOP_CONFIG) private readonly config: WhoopConfig,
  ) {}

  get hasCredentials(): boolean {
    return this.config.clientId !== undefined && this.config.clientSecret !== undefined;
  }

  /** @throws WhoopNotConfiguredError */
  authorizationUrl(redirectUri: string, state: string): string {
    const { clientId } = this.credentials();
    const url = new URL(this.config.apiUrl + AUTHORIZE_PATH);
    const parameters = { client_id: clientId, redirect_uri: redirectUri, response_type: 'code', state };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    // Spaces as %20: some authorization servers take a plus sign for itself.
    return `${url.href}&scope=${WHOOP_SCOPES.map(encodeURIComponent).join('%20')}`;
  }

  /** @throws WhoopLinkError when WHOOP refuses the code; WhoopClientRefusedError, WhoopUnavailableError */
  async exchangeCode(code: string, redirectUri: string): Promise<TokenAnswer> {
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri };
    const response = await this.post(form).catch((error: unknown) => {
      if (error instanceof WhoopTransportError) throw new WhoopUnavailableError('WHOOP did not answer; begin again');
      throw error;
    });
    const answer = response.status === 200 ? readTokens(response.text) : null;
    if (answer !== null) return answer;
    if (refusesClient(response)) throw new WhoopClientRefusedError();
    if (response.status >= 400 && response.status < 500 && response.status !== 429) {
      throw new WhoopLinkError(
        'WHOOP refused the code: it is used up, too old, or was given for another redirect_uri; begin again',
        'WHOOP_CODE_REFUSED',
      );
    }
    throw new WhoopUnavailableError('WHOOP did not answer with tokens; begin again');
  }

  /** Sends a refresh token; the caller sees to it that this happens once. Never rejects but without credentials. */
  async refresh(refreshToken: string): Promise<RefreshOutcome> {
    this.credentials();
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken, scope: 'offline' };
    let response: WhoopResponse;
    try {
      response = await this.post(form);
    } catch (error) {
      if (error instanceof WhoopTransportError && !error.mayHaveArrived) return notDone('WHOOP cannot be reached');
      return { kind: 'unknown' };
    }
    return judge(response);
  }

  /** Ends the grant at WHOOP. */
  async revoke(accessToken: string): Promise<RevocationOutcome> {
    try {
      const headers = { authorization: `Bearer ${accessToken}` };
      const { status } = await this.transport.send({ method: 'DELETE', path: REVOKE_PATH, headers });
      if (status === 204 || status === 200 || status === 404) return 'ended';
      return status === 401 ? 'refused' : 'unknown';
    } catch (error) {
      if (error instanceof WhoopTransportError) return 'unknown';
      throw error;
    }
  }

  private async post(form: Record<string, string>): Promise<WhoopResponse> {
    const { clientId, clientSecret } = this.credentials();
    const body = new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.transport.send({ method: 'POST', path: TOKEN_PATH, headers, body });
  }

  private credentials(): { clientId: string; clientSecret: string } {
    const { clientId, clientSecret } = this.config;
    if (clientId === undefined || clientSecret === undefined) throw new WhoopNotConfiguredError('credentials');
    return { clientId, clientSecret };
  }
}

function judge(response: WhoopResponse): RefreshOutcome {
  const { status } = response;
  if (status === 200) {
    const answer = readTokens(response.text);
    return answer === null || answer.refreshToken === null ? { kind: 'unknown' } : { kind: 'refreshed', answer };
  }
  if (status === 400 && errorOf(response) === 'invalid_grant') return { kind: 'invalid_grant' };
  if (refusesClient(response)) return { kind: 'not_done', error: new WhoopClientRefusedError() };
  // A gateway that did not get an answer in time knows no more than we do.
  if (status === 502 || status === 504 || (status >= 200 && status < 400)) return { kind: 'unknown' };
  return notDone('WHOOP does not renew tokens at the moment');
}

function notDone(reason: string): RefreshOutcome {
  return { kind: 'not_done', error: new WhoopUnavailableError(reason) };
}

function refusesClient(response: WhoopResponse): boolean {
  return response.status === 401 || ['invalid_client', 'unauthorized_client'].includes(errorOf(response) ?? '');
}

function errorOf({ text }: WhoopResponse): string | null {
  const { error } = parse(text);
  return typeof error === 'string' ? error : null;
}

function readTokens(text: string): TokenAnswer | null {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn, scope } = parse(text);
  if (!isToken(accessToken)) return null;
  return {
    accessToken,
    refreshToken: isToken(refreshToken) ? refreshToken : null,
    expiresInSeconds: typeof expiresIn === 'number' && expiresIn > 0 ? expiresIn : DEFAULT_EXPIRY_SECONDS,
    scope: typeof scope === 'string' ? scope.slice(0, 500) : '',
  };
}

/** It becomes a header. */
function isToken(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_TOKEN && /^[\x21-\x7e]+$/.test(value);
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
