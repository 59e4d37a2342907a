import type { ParameterizedQuery } from '@influxdata/influxdb-client';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { INFLUX_CONFIG, type InfluxConfig } from '../../config/app.config.js';
import {
  influxDown,
  InfluxPartialWriteError,
  influxRefusal,
  influxSlow,
  InfluxUnavailableError,
} from './influx.errors.js';
import type { InfluxRow } from './influx-rows.js';

const PING_TIMEOUT_MS = 900;
const ROWS_PER_BATCH = 1000;
const MAX_SAID_BYTES = 4096;
const MAX_SHOWN = 300;

type Connection = NonNullable<InfluxConfig['connection']>;

const API_PATH = '/api/v2';

/** InfluxDB 2, when it is configured. All that goes wrong with it ends here as an error whose sentence names it. */
@Injectable()
export class InfluxClient {
  private readonly logger = new Logger(InfluxClient.name);

  constructor(@Inject(INFLUX_CONFIG) private readonly config: InfluxConfig) {}

  get isConfigured(): boolean {
    return this.config.connection !== undefined;
  }

  get bucket(): string {
    return this.connection.bucket;
  }

  /**
   * The rows of a Flux query as they arrive, in batches. The time limit counts while InfluxDB is waited for, not while
   * the rows are being used.
   * @throws InfluxUnavailableError
   */
  async *query(flux: ParameterizedQuery, signal?: AbortSignal): AsyncGenerator<InfluxRow[]> {
    const { queryRows } = await import('./influx-query.js');
    const limit = new AbortController();
    const ending = signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]);
    const { token, org } = this.connection;
    const rows = queryRows({ url: this.baseUrl, token, org }, flux, ending);
    let leftMs = this.config.timeoutMs;
    try {
      for (let batch: InfluxRow[] = []; ; batch = []) {
        const startedAt = performance.now();
        const timer = setTimeout(() => limit.abort(), leftMs);
        try {
          await fill(batch, rows);
        } finally {
          clearTimeout(timer);
        }
        leftMs -= performance.now() - startedAt;
        if (batch.length > 0) yield batch;
        if (batch.length < ROWS_PER_BATCH) return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw this.told(limit.signal.aborted ? influxSlow(this.config.timeoutMs, error) : (error as Error));
    } finally {
      // Ends the request of a reader that wanted no more.
      limit.abort();
    }
  }

  /**
   * Writes line protocol. Resolves when InfluxDB has acknowledged all of it.
   * @throws InfluxPartialWriteError, RateLimitedError, TooLargeError, InfluxUnavailableError
   */
  async write(lines: Uint8Array, precision: 'ns' | 'us' | 'ms' | 's'): Promise<void> {
    const { org, bucket } = this.connection;
    const search = new URLSearchParams({ org, bucket, precision });
    const answer = await this.post(`/api/v2/write?${search.toString()}`, lines, 'text/plain; charset=utf-8');
    if (answer.status === 204) return;
    throw this.told(answer.status === 400 || answer.status === 422 ? partial(answer.said) : refusalOf(answer));
  }

  /** Deletes all points with this value of a tag. @throws InfluxUnavailableError */
  async deleteByTag(tag: string, value: string): Promise<void> {
    const { org, bucket } = this.connection;
    const predicate = `${tag}="${value.replace(/["\\]/g, '\\$&')}"`;
    // All that InfluxDB can store.
    const body = { start: '1677-09-21T00:12:43.145224194Z', stop: '2262-04-11T23:47:16.854775806Z', predicate };
    const search = new URLSearchParams({ org, bucket });
    const answer = await this.post(`/api/v2/delete?${search.toString()}`, JSON.stringify(body), 'application/json');
    if (answer.status !== 204) throw this.told(refusalOf(answer));
  }

  /** @throws when InfluxDB does not answer; resolves at once when none is configured. */
  async ping(): Promise<void> {
    if (!this.isConfigured) return;
    const response = await fetch(`${this.baseUrl}/ping`, {
      redirect: 'error',
      signal: AbortSignal.timeout(PING_TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`InfluxDB answered ${response.status}`);
  }

  private get connection(): Connection {
    const { connection } = this.config;
    if (connection === undefined) throw new Error('InfluxDB is not configured');
    return connection;
  }

  private get baseUrl(): string {
    let { url } = this.connection;
    while (url.endsWith('/')) url = url.slice(0, -1);
    return url.endsWith(API_PATH) ? url.slice(0, -API_PATH.length) : url;
  }

  private async post(
    path: string,
    body: Uint8Array | string,
    contentType: string,
  ): Promise<{ status: number; said: string; retryAfterSeconds?: number }> {
    const signal = AbortSignal.timeout(this.config.timeoutMs);
    try {
      const response = await fetch(this.baseUrl + path, {
        method: 'POST',
        headers: { authorization: `Token ${this.connection.token}`, 'content-type': contentType },
        body: body as never,
        redirect: 'error',
        signal,
      });
      const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
      const said = await readSome(response);
      return { status: response.status, said, retryAfterSeconds: retryAfter > 0 ? Math.ceil(retryAfter) : undefined };
    } catch (error) {
      throw this.told(signal.aborted ? influxSlow(this.config.timeoutMs, error) : influxDown(error));
    }
  }

  private told(error: Error): Error {
    if (error instanceof InfluxUnavailableError) {
      this.logger.warn(`${error.message}${error.cause instanceof Error ? ` (${error.cause.message})` : ''}`);
    }
    return error;
  }
}

async function fill(batch: InfluxRow[], rows: AsyncGenerator<InfluxRow>): Promise<void> {
  while (batch.length < ROWS_PER_BATCH) {
    const next = await rows.next();
    if (next.done === true) return;
    batch.push(next.value);
  }
}

function refusalOf({ status, said, retryAfterSeconds }: { status: number; said: string; retryAfterSeconds?: number }) {
  return influxRefusal(status, said, retryAfterSeconds);
}

function partial(said: string): InfluxPartialWriteError {
  return new InfluxPartialWriteError(messageOf(said).slice(0, MAX_SHOWN));
}

function messageOf(said: string): string {
  try {
    const { message } = JSON.parse(said) as { message?: unknown };
    if (typeof message === 'string') return message;
  } catch {
    // Not JSON, as of a proxy between.
  }
  return 'it does not say why';
}

/** The beginning of an answer, which may be endless. */
async function readSome(response: Response): Promise<string> {
  if (response.body === null) return '';
  let said = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    said += decoder.decode(chunk, { stream: true });
    if (said.length > MAX_SAID_BYTES) break;
  }
  return said.slice(0, MAX_SAID_BYTES);
}
