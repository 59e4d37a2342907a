import { performance } from 'node:perf_hooks';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Agent, request } from 'undici';
import { ADDRESS_BLOCKED } from '../../common/net/address-policy.js';
import type { Dial, Resolve } from '../../common/net/guarded-connector.js';
import { WEBHOOKS_CONFIG, type WebhooksConfig } from '../../config/app.config.js';
import { ALMANAC_VERSION } from '../../config/version.js';

/** What came of one call: `ok`, or a stable word for what went wrong. Never a text of the other side. */
export type CallOutcome =
  | 'ok'
  | 'http_error'
  | 'redirect'
  | 'gone'
  | 'overloaded'
  | 'blocked'
  | 'dns'
  | 'refused'
  | 'timeout'
  | 'tls'
  | 'network';

export interface CallResult {
  outcome: CallOutcome;
  /** Null when there was no answer. */
  status: number | null;
  retryAfter: string | undefined;
  durationMs: number;
}

const CONNECT_TIMEOUT_MS = 3000;
const TIME_LIMIT_MS = 15_000;
/** So much of an answer is read, and thrown away, before the connection is closed. */
const ANSWER_LIMIT = 16_384;
const OVERLOADED = new Set([429, 502, 504]);

/** How names are looked up and connections opened; tests bring their own. */
export abstract class WebhookNetwork {
  abstract readonly resolve?: Resolve;
  abstract readonly dial?: Dial;
}

/** Posts one message to an endpoint. Redirects are not followed, answers not kept, private addresses not called. */
@Injectable()
export class WebhookClient implements OnApplicationShutdown {
  private connection?: Promise<{ agent: Agent; request: typeof request }>;

  constructor(
    @Inject(WEBHOOKS_CONFIG) private readonly config: WebhooksConfig,
    private readonly network: WebhookNetwork,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await (await this.connection)?.agent.destroy();
  }

  /** Never rejects but for `signal`. */
  async post(url: string, headers: Record<string, string>, body: string, signal: AbortSignal): Promise<CallResult> {
    const startedAt = performance.now();
    const limit = AbortSignal.timeout(TIME_LIMIT_MS);
    const result = (outcome: CallOutcome, status: number | null = null, retryAfter?: string): CallResult => ({
      outcome,
      status,
      retryAfter,
      durationMs: Math.round(performance.now() - startedAt),
    });
    try {
      const { agent, request } = await (this.connection ??= this.connect());
      const response = await request(url, {
        dispatcher: agent,
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': `Almanac-Webhooks/${ALMANAC_VERSION}`,
          ...headers,
        },
        body,
        // A connection of its own each time: its address is judged each time.
        reset: true,
        signal: AbortSignal.any([signal, limit]),
      });
      const { statusCode } = response;
      const retryAfter = response.headers['retry-after'];
      // The status alone decides; an answer that drips or never ends is not waited for.
      response.body.on('error', () => undefined);
      response.body.dump({ limit: ANSWER_LIMIT, signal: limit }).catch(() => undefined);
      return result(judge(statusCode), statusCode, typeof retryAfter === 'string' ? retryAfter : undefined);
    } catch (error) {
      signal.throwIfAborted();
      return result(limit.aborted ? 'timeout' : explain(error));
    }
  }

  /** Loaded with the first message, so that the start of a server that sends none is quicker. */
  private async connect(): Promise<{ agent: Agent; request: typeof request }> {
    const [{ Agent, request }, { guardedConnector }] = await Promise.all([
      import('undici'),
      import('../../common/net/guarded-connector.js'),
    ]);
    const connect = guardedConnector({
      allowPrivate: this.config.allowPrivate,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      resolve: this.network.resolve,
      dial: this.network.dial,
    });
    return { agent: new Agent({ connect, maxHeaderSize: 16_384 }), request };
  }
}

function judge(status: number): CallOutcome {
  if (status >= 200 && status < 300) return 'ok';
  if (status >= 300 && status < 400) return 'redirect';
  if (status === 410) return 'gone';
  return OVERLOADED.has(status) ? 'overloaded' : 'http_error';
}

function explain(error: unknown): CallOutcome {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  if (code === ADDRESS_BLOCKED || cause?.code === ADDRESS_BLOCKED) return 'blocked';
  const text = typeof code === 'string' ? code : '';
  if (['ENOTFOUND', 'EAI_AGAIN', 'ENODATA', 'ESERVFAIL'].includes(text)) return 'dns';
  if (['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'].includes(text)) return 'refused';
  if (/TIMEOUT|ETIMEDOUT/.test(text)) return 'timeout';
  if (/^(ERR_(TLS|SSL)|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|EPROTO)/.test(text)) return 'tls';
  return 'network';
}
