import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AI_CONFIG, type AiConfig } from '../../../config/app.config.js';
import { AiCallLog } from '../ai-call-log.js';
import { breakerState, modelRequests } from '../ai.metrics.js';
import { ChatModelClient, type Exchange } from './chat-model.client.js';
import { readUsage } from './completion.js';
import type { ModelFailure } from './model.error.js';
import { ModelTransport } from './model-transport.js';

const CALL_TYPE = 'completion';

/** For whom and for which prompt a model is called. */
export interface CallPurpose {
  userId: string | null;
  prompt: string;
}

/** The configured model, and those that a request brings a key for; counts and logs what is asked of them. */
@Injectable()
export class ChatModels implements OnApplicationShutdown {
  private readonly transport = new ModelTransport();
  private readonly configured: ChatModelClient | null;

  constructor(
    @Inject(AI_CONFIG) private readonly config: AiConfig,
    private readonly calls: AiCallLog,
  ) {
    const { provider, apiKey, baseUrl, model, temperature } = config;
    this.configured = provider === null ? null : this.connect({ provider, apiKey, baseUrl, model, temperature }, true);
  }

  /** With a key of its own a request gets a client of its own, which nobody keeps; `null`: no model is configured. */
  clientFor(apiKey: string | undefined): ChatModelClient | null {
    if (apiKey === undefined) return this.configured;
    return this.connect(
      { provider: 'gemini', apiKey, ...this.config.gemini, temperature: this.config.temperature },
      false,
    );
  }

  modelName(apiKey: string | undefined): string | null {
    if (apiKey !== undefined) return this.config.gemini.model;
    return this.configured?.settings.model ?? null;
  }

  /** One row of usage and one count for each request that was sent, whatever came of it. */
  record(client: ChatModelClient, purpose: CallPurpose, exchange: Exchange, failure: ModelFailure | null): void {
    const { model, provider } = client.settings;
    const usage = readUsage(exchange.body);
    this.count(client, failure);
    this.calls.record({
      userId: purpose.userId,
      provider,
      model,
      callType: CALL_TYPE,
      purpose: purpose.prompt,
      responseSeconds: exchange.seconds,
      inputTokens: usage.input,
      cachedInputTokens: usage.cachedInput,
      outputTokens: usage.output,
      reasoningTokens: usage.reasoning,
      success: failure === null,
      error: failure,
      timestamp: exchange.startedAt,
    });
  }

  /** A call that an open breaker refused: nothing was sent, so there is no row. */
  count(client: ChatModelClient, failure: ModelFailure | null): void {
    modelRequests.inc({ model: client.settings.model, outcome: failure ?? 'success' });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.transport.close();
  }

  private connect(settings: ChatModelClient['settings'], isShown: boolean): ChatModelClient {
    const labels = { model: settings.model };
    if (isShown) breakerState.set(labels, 0);
    return new ChatModelClient(settings, this.transport, {
      onBreakerState: isShown ? (state) => breakerState.set(labels, state) : undefined,
    });
  }
}
