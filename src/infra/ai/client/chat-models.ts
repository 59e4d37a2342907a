import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AI_CONFIG, type AiConfig } from '../../../config/app.config.js';
import { AiCallLog } from '../ai-call-log.js';
import { breakerState, modelRequests } from '../ai.metrics.js';
import type { ChatModelClient, ChatModelSettings, Exchange } from './chat-model.client.js';
import { readUsage } from './completion.js';
import type { ModelFailure } from './model.error.js';
import type { ModelTransport } from './model-transport.js';

const CALL_TYPE = 'completion';

/** For whom and for which prompt a model is called. */
export interface CallPurpose {
  userId: string | null;
  prompt: string;
}

/** The configured model, and those that a request brings a key for; counts and logs what is asked of them. */
@Injectable()
export class ChatModels implements OnApplicationShutdown {
  private transport?: ModelTransport;
  private readonly settings: ChatModelSettings | null;
  /** One client for all calls: its breaker and what it learnt of the provider are shared. */
  private configured?: Promise<ChatModelClient>;

  constructor(
    @Inject(AI_CONFIG) private readonly config: AiConfig,
    private readonly calls: AiCallLog,
  ) {
    const { provider, apiKey, baseUrl, model, temperature } = config;
    this.settings = provider === null ? null : { provider, apiKey, baseUrl, model, temperature };
    if (this.settings !== null) breakerState.set({ model }, 0);
  }

  /** With a key of its own a request gets a client of its own, which nobody keeps; `null`: no model is configured. */
  async clientFor(apiKey: string | undefined): Promise<ChatModelClient | null> {
    if (apiKey !== undefined) {
      const { gemini, temperature } = this.config;
      return this.connect({ provider: 'gemini', apiKey, ...gemini, temperature });
    }
    if (this.settings === null) return null;
    const labels = { model: this.settings.model };
    this.configured ??= this.connect(this.settings, (state) => breakerState.set(labels, state));
    return this.configured;
  }

  modelName(apiKey: string | undefined): string | null {
    return apiKey === undefined ? (this.settings?.model ?? null) : this.config.gemini.model;
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
    await this.transport?.close();
  }

  /** Loaded with the first call: the libraries of providers take a tenth of a second of every start, and most never call one. */
  private async connect(
    settings: ChatModelSettings,
    onBreakerState?: (state: number) => void,
  ): Promise<ChatModelClient> {
    const [{ ChatModelClient }, { ModelTransport }] = await Promise.all([
      import('./chat-model.client.js'),
      import('./model-transport.js'),
    ]);
    this.transport ??= new ModelTransport();
    return new ChatModelClient(settings, this.transport, { onBreakerState });
  }
}
