import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Agent, request } from 'undici';
import { WHOOP_CONFIG, type WhoopConfig } from '../../../config/app.config.js';
import { ALMANAC_VERSION } from '../../../config/version.js';

const CONNECT_TIMEOUT_MS = 3000;
const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** The connection was never made: nothing of the request can have arrived. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export interface WhoopRequest {
  method: 'GET' | 'POST' | 'DELETE';
  /** After the origin. */
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** Aborted when nobody wants the answer any more. */
  signal?: AbortSignal;
}

export interface WhoopResponse {
  status: number;
  header: (name: string) => string | undefined;
  text: string;
}

/** There was no whole answer. Holds nothing of what was sent. */
export class WhoopTransportError extends Error {
  constructor(
    /** False: WHOOP cannot have got the request. */
    readonly mayHaveArrived: boolean,
    readonly reason: 'timeout' | 'network' | 'too_large',
  ) {
    super(`WHOOP did not answer (${reason})`);
    this.name = 'WhoopTransportError';
  }
}

/** Requests to WHOOP's origin: a limit for connecting, for the whole and for the size of the answer; no redirects. */
@Injectable()
export class WhoopTransport implements OnApplicationShutdown {
  private connection?: Promise<{ agent: Agent; request: typeof request }>;

  constructor(@Inject(WHOOP_CONFIG) private readonly config: WhoopConfig) {}

  async onApplicationShutdown(): Promise<void> {
    await (await this.connection)?.agent.destroy();
  }

  /** @throws WhoopTransportError; the reason of `signal` when that is aborted */
  async send({ method, path, headers, body, signal }: WhoopRequest): Promise<WhoopResponse> {
    // Before the time runs: what is late without having been sent would count as sent.
    const { agent, request } = await (this.connection ??= connect());
    const limit = AbortSignal.timeout(this.config.timeoutMs);
    signal?.throwIfAborted();
    try {
      const response = await request(this.config.apiUrl + path, {
        dispatcher: agent,
        method,
        headers: { accept: 'application/json', 'user-agent': `Almanac/${ALMANAC_VERSION}`, ...headers },
        body,
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      });
      const header = (name: string): string | undefined => {
        const value = response.headers[name];
        return Array.isArray(value) ? value.join(', ') : value;
      };
      return { status: response.statusCode, header, text: await readText(response.body) };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof WhoopTransportError) throw error;
      throw new WhoopTransportError(!NOT_SENT.has(codeOf(error)), limit.aborted ? 'timeout' : 'network');
    }
  }
}

/** Loaded with the first request, so that the start of a server without WHOOP is quicker. */
async function connect(): Promise<{ agent: Agent; request: typeof request }> {
  const { Agent, request } = await import('undici');
  // The limit of each request governs.
  const agent = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, headersTimeout: 0, bodyTimeout: 0 });
  return { agent, request };
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    // Leaving the loop ends the connection.
    if (length > MAX_BODY_BYTES) throw new WhoopTransportError(true, 'too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function codeOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  const found = code ?? cause?.code;
  return typeof found === 'string' ? found : '';
}
