import {
  InvalidInputError,
  RateLimitedError,
  TooLargeError,
  UnavailableError,
} from '../../common/errors/domain.error.js';

const RETRY_SECONDS = 5;

/** InfluxDB is the cause. The sentence says how; what InfluxDB said itself is in the log. */
export class InfluxUnavailableError extends UnavailableError {
  constructor(sentence: string, code: string, cause?: unknown, retryAfterSeconds = RETRY_SECONDS) {
    super(sentence, retryAfterSeconds, code, cause);
  }
}

export const influxDown = (cause: unknown) =>
  new InfluxUnavailableError('InfluxDB cannot be reached', 'INFLUXDB_DOWN', cause);

export const influxSlow = (timeoutMs: number, cause?: unknown) =>
  new InfluxUnavailableError(`InfluxDB did not answer within ${timeoutMs / 1000} s`, 'INFLUXDB_SLOW', cause);

export const influxBrokeOff = (cause?: unknown) =>
  new InfluxUnavailableError('The answer of InfluxDB broke off', 'INFLUXDB_BROKE_OFF', cause);

export const influxFailed = (cause: unknown) =>
  new InfluxUnavailableError('InfluxDB failed while it read activity data', 'INFLUXDB_FAILED', cause);

export const influxUnintelligible = () =>
  new InfluxUnavailableError('InfluxDB answered something that is not its protocol', 'INFLUXDB_UNINTELLIGIBLE');

/** By the status of an answer that is no success. */
export function influxRefusal(status: number, said: string, retryAfterSeconds?: number): Error {
  const cause = new Error(`InfluxDB answered ${status}: ${said}`);
  const unavailable = (sentence: string, code: string) =>
    new InfluxUnavailableError(sentence, code, cause, retryAfterSeconds);
  if (status === 401 || status === 403) {
    return unavailable('InfluxDB refuses the token of this server (INFLUXDB_TOKEN)', 'INFLUXDB_TOKEN_REFUSED');
  }
  if (status === 404) {
    return unavailable(
      'InfluxDB does not know the organization or bucket of this server (INFLUXDB_ORG, INFLUXDB_BUCKET)',
      'INFLUXDB_BUCKET_UNKNOWN',
    );
  }
  if (status === 429) return new RateLimitedError('InfluxDB is asked too often', retryAfterSeconds ?? RETRY_SECONDS);
  if (status === 413) return new TooLargeError('The points are too many for InfluxDB in one body');
  if (status === 503) return unavailable('InfluxDB is not available right now', 'INFLUXDB_UNAVAILABLE');
  return unavailable(`InfluxDB answered with the error ${status}`, 'INFLUXDB_FAILED');
}

/** InfluxDB stored only some of the points, or none. `said`: its reason, fit to be shown. */
export class InfluxPartialWriteError extends InvalidInputError {
  constructor(said: string) {
    super(`InfluxDB refused some of the points: ${said}`, undefined, 'PARTIAL_WRITE');
  }

  /** How many points it refused; `null` when it does not say. */
  get dropped(): number | null {
    const count = /\bdropped=(\d{1,9})\b/.exec(this.message)?.[1];
    return count === undefined ? null : Number(count);
  }
}
