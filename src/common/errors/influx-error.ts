import type { ErrorBody } from './error.filter.js';

/** Where Almanac speaks InfluxDB's protocol, with its errors. */
const INFLUX_PATH = '/api/v2/';

/** The codes of InfluxDB's API, version 2. */
const CODES: Record<number, string> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not found',
  405: 'method not allowed',
  409: 'conflict',
  413: 'request too large',
  415: 'unsupported media type',
  422: 'unprocessable entity',
  429: 'too many requests',
  500: 'internal error',
  503: 'unavailable',
};

export interface InfluxErrorBody {
  code: string;
  message: string;
  line?: number;
}

export function isInfluxPath(url: string): boolean {
  return url.startsWith(INFLUX_PATH);
}

/** @param line the first one at fault, from 1 on. */
export function influxErrorBody({ statusCode, error }: ErrorBody, line?: number): InfluxErrorBody {
  const code = CODES[statusCode] ?? CODES[statusCode < 500 ? 400 : 500]!;
  return { code, message: error, ...(line !== undefined && { line }) };
}
