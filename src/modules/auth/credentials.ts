import type { IncomingHttpHeaders } from 'node:http';
import { API_KEY_PREFIX } from './api-key.js';

export type Credential = { kind: 'accessToken' | 'apiKey'; value: string } | { kind: 'unusable' };

const AUTHORIZATION = /^(bearer|token) +([^\s]+) *$/i;

/**
 * The credential of a request, from its headers only: a query string ends up in logs. `Bearer` takes access
 * tokens and API keys, `Token` (InfluxDB clients) and `X-API-Key` take API keys. `null`: none was sent. An
 * `Authorization` header wins over `X-API-Key`.
 */
export function readCredential(headers: IncomingHttpHeaders): Credential | null {
  const { authorization } = headers;
  const apiKey = headers['x-api-key'];
  if (authorization === undefined) {
    if (apiKey === undefined) return null;
    return typeof apiKey === 'string' && apiKey !== '' ? { kind: 'apiKey', value: apiKey } : { kind: 'unusable' };
  }
  const match = AUTHORIZATION.exec(authorization);
  if (!match) return { kind: 'unusable' };
  const value = match[2]!;
  const isKey = match[1]!.toLowerCase() === 'token' || value.startsWith(API_KEY_PREFIX);
  return { kind: isKey ? 'apiKey' : 'accessToken', value };
}
