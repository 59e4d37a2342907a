import { setTimeout as sleep } from 'node:timers/promises';
import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { OpenAI } from 'openai';
import type {
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import { readCompletion, type Completion } from './completion.js';
import { ModelError, type ModelFailure } from './model.error.js';
import type { ModelTransport } from './model-transport.js';
import { toModelError } from './provider-error.js';
import { dialectSchema, firstDialect, nextDialect, type Dialect } from './request-dialect.js';
import { retryDelay } from './retry-delay.js';

const MAX_RETRIES = 3;
const MAX_DIALECT_CHANGES = 5;
const FAILURES_UNTIL_OPEN = 5;
const OPEN_MS = 30_000;
/** The client insists on a key; servers of one's own need none. */
const NO_KEY = 'none';

export interface ChatModelSettings {
  provider: 'openai' | 'gemini';
  apiKey?: string;
  baseUrl?: string;
  model: string;
  temperature: number;
}

export interface ChatModelOptions {
  openMs?: number;
  random?: () => number;
  /** Told when the breaker changes: 0 closed, 1 open, 2 trying again. */
  onBreakerState?: (state: number) => void;
}

export interface ChatRequest {
  messages: ChatCompletionMessageParam[];
  /** Name and schema of the answer. */
  schemaName: string;
  schema: Record<string, unknown>;
  maxTokens: number;
  /** Aborted when nobody wants the answer any more. */
  signal: AbortSignal;
  /** Aborted when the time is over. */
  deadline: AbortSignal;
}

/** One request that reached the provider, or tried to. */
export interface Exchange {
  /** Epoch milliseconds. */
  startedAt: number;
  seconds: number;
  /** What was answered, for the usage in it; `undefined`: nothing that can be read. */
  body: unknown;
}

/** Told of every exchange that failed. Those that end well are told to the caller, who knows what they are worth. */
export type FailedExchange = (exchange: Exchange, code: ModelFailure) => void;

/** A chat-completions API, whoever speaks it. All that is theirs (statuses, shapes, limits) stops here. */
export class ChatModelClient {
  private readonly api: OpenAI;
  private readonly breaker: CircuitBreakerPolicy;
  private dialect: Dialect;

  constructor(
    readonly settings: ChatModelSettings,
    transport: ModelTransport,
    private readonly options: ChatModelOptions = {},
  ) {
    this.api = new OpenAI({
      apiKey: settings.apiKey ?? NO_KEY,
      baseURL: settings.baseUrl ?? 'https://api.openai.com/v1',
      // Whatever the environment holds is none of the client's business, and its logs would hold prompts.
      organization: null,
      project: null,
      adminAPIKey: null,
      logLevel: 'off',
      maxRetries: 0,
      fetch: transport.fetch,
    });
    this.dialect = firstDialect(settings.provider, settings.baseUrl);
    this.breaker = circuitBreaker(
      handleWhen((error) => error instanceof ModelError && error.isOutage),
      { halfOpenAfter: options.openMs ?? OPEN_MS, breaker: new ConsecutiveBreaker(FAILURES_UNTIL_OPEN) },
    );
    this.breaker.onStateChange((state) => options.onBreakerState?.(state));
  }

  /** @throws ModelError after up to three retries; each try is told to `onFailure`. */
  async complete(
    request: ChatRequest,
    onFailure: FailedExchange,
  ): Promise<{ completion: Completion; exchange: Exchange }> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.inDialects(request, onFailure);
      } catch (error) {
        const failure = toModelError(error, request.signal.aborted, request.deadline.aborted);
        const delay = retryDelay(attempt, failure.details.retryAfterMs, (this.options.random ?? Math.random)());
        if (!failure.isRetryable || delay === null || attempt > MAX_RETRIES) throw failure;
        await this.pause(delay, request);
      }
    }
  }

  /** A server that refuses a part of the request is asked again without it, and remembered to be like that. */
  private async inDialects(
    request: ChatRequest,
    onFailure: FailedExchange,
  ): Promise<{ completion: Completion; exchange: Exchange }> {
    for (let change = 0; ; change++) {
      const dialect = this.dialect;
      try {
        return await this.throughBreaker(request, dialect, onFailure);
      } catch (error) {
        const complaint = error instanceof ModelError ? error.details.complaint : undefined;
        const next = complaint === undefined ? null : nextDialect(dialect, complaint);
        if (next === null || change === MAX_DIALECT_CHANGES) throw error;
        // Another call may have found out meanwhile.
        if (this.dialect === dialect) this.dialect = next;
      }
    }
  }

  private async throughBreaker(
    request: ChatRequest,
    dialect: Dialect,
    onFailure: FailedExchange,
  ): Promise<{ completion: Completion; exchange: Exchange }> {
    // While one call tries whether it works again, others do not wait for it.
    if (this.breaker.state === CircuitState.HalfOpen) throw new ModelError('breaker_open');
    try {
      return await this.breaker.execute(() => this.exchange(request, dialect, onFailure));
    } catch (error) {
      throw error instanceof BrokenCircuitError ? new ModelError('breaker_open') : error;
    }
  }

  private async exchange(
    request: ChatRequest,
    dialect: Dialect,
    onFailure: FailedExchange,
  ): Promise<{ completion: Completion; exchange: Exchange }> {
    const startedAt = Date.now();
    const start = performance.now();
    let body: unknown;
    const exchange = (): Exchange => ({ startedAt, seconds: (performance.now() - start) / 1000, body });
    try {
      const signal = AbortSignal.any([request.signal, request.deadline]);
      body = await this.api.chat.completions.create(this.parameters(request, dialect), { signal });
      return { completion: readCompletion(body), exchange: exchange() };
    } catch (error) {
      const failure = toModelError(error, request.signal.aborted, request.deadline.aborted);
      onFailure(exchange(), failure.code);
      throw failure;
    }
  }

  private parameters(request: ChatRequest, dialect: Dialect): ChatCompletionCreateParamsNonStreaming {
    return {
      model: this.settings.model,
      messages: request.messages,
      [dialect.tokenLimit]: request.maxTokens,
      ...(dialect.hasTemperature && { temperature: this.settings.temperature }),
      ...(dialect.format === 'json_object' && { response_format: { type: 'json_object' as const } }),
      ...(dialect.format === 'json_schema' && {
        response_format: {
          type: 'json_schema' as const,
          json_schema: {
            name: request.schemaName,
            schema: dialectSchema(request.schema, dialect),
            // A bare schema is not what strict mode accepts.
            ...(dialect.schema === 'full' && { strict: true }),
          },
        },
      }),
    };
  }

  private async pause(milliseconds: number, { signal, deadline }: ChatRequest): Promise<void> {
    try {
      await sleep(milliseconds, undefined, { signal: AbortSignal.any([signal, deadline]) });
    } catch {
      // Only the signals end a sleep.
      throw new ModelError(signal.aborted ? 'aborted' : 'timeout');
    }
  }
}
