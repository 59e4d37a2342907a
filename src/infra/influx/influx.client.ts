import { HttpError, InfluxDB, type ParameterizedQuery } from '@influxdata/influxdb-client';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { DomainError } from '../../common/errors/domain.error.js';
import { INFLUX_CONFIG, type InfluxConfig } from '../../config/app.config.js';
import {
  influxBrokeOff,
  influxDown,
  InfluxPartialWriteError,
  influxRefusal,
  influxSlow,
  InfluxUnavailableError,
} from './influx.errors.js';
import { readRows, type InfluxRow } from './influx-rows.js';

const PING_TIMEOUT_MS = 900;
const ROWS_PER_BATCH = 1000;
const MAX_SAID_BYTES = 4096;
const MAX_SHOWN = 300;

type Connection = NonNullable<InfluxConfig['connection']>;

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
    const limit = new AbortController();
    const rows = readRows(
      this.lines(flux, signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal])),
    );
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
      throw this.told(limit.signal.aborted ? influxSlow(this.config.timeoutMs, error) : translate(error));
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
    const answer = await this.post(`/api/v2/write?${search}`, lines, 'text/plain; charset=utf-8');
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
    const answer = await this.post(`/api/v2/delete?${search}`, JSON.stringify(body), 'application/json');
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
    return this.connection.url.replace(/\/+$/, '').replace(/\/api\/v2$/, '');
  }

  private async *lines(flux: ParameterizedQuery, signal: AbortSignal): AsyncGenerator<string> {
    const { token, org } = this.connection;
    // One for each query: only so the published client lets a request be ended.
    const client = new InfluxDB({
      url: this.baseUrl,
      token,
      timeout: this.config.timeoutMs,
      transportOptions: { signal },
    });
    const lines = client.getQueryApi(org).iterateLines(flux);
    // The client leaves a request that waits for the head of an answer to itself when the signal comes.
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    aborted.catch(() => undefined);
    const iterator = lines[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted]);
      if (next.done === true) return;
      yield next.value;
    }
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

function translate(error: unknown): Error {
  if (error instanceof DomainError) return error;
  if (error instanceof HttpError) return influxRefusal(error.statusCode, error.body?.slice(0, MAX_SAID_BYTES) ?? '');
  const { code } = error as { code?: unknown };
  const isCut = code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE';
  return isCut || (error as Error).name === 'AbortError' ? influxBrokeOff(error) : influxDown(error);
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
  for await (const chunk of response.body) {
    said += decoder.decode(chunk, { stream: true });
    if (said.length > MAX_SAID_BYTES) break;
  }
  return said.slice(0, MAX_SAID_BYTES);
}
