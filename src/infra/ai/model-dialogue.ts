import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { ConcurrencyLimit } from '../../common/concurrency-limit.js';
import { AI_CONFIG, type AiConfig } from '../../config/app.config.js';
import type { ChatModelClient } from './client/chat-model.client.js';
import { ChatModels } from './client/chat-models.js';
import { ModelError, type ModelFailure } from './client/model.error.js';
import { dataBlock, MAX_DATA_LENGTH } from './data-block.js';
import { judgeAnswer, repairText, type JudgedAnswer } from './narrative-checks.js';
import type { Prompt } from './prompt-library.js';

const MAX_REPAIRS = 2;
/** A truncated answer is asked for once more with so many times the tokens. */
const TOKEN_RAISE = 2;
const MAX_TOKENS = 32_000;
const MAX_QUOTED_ANSWER = 8000;
/** Providers limit how many calls run at once; more wait here. */
const MAX_RUNNING = 8;
const MAX_WAITING = 500;

export interface DialogueRequest {
  prompt: Prompt;
  userId: string | null;
  /** Sent as a fenced block of JSON, cut and cleaned. */
  data: unknown;
  apiKey?: string;
  signal?: AbortSignal;
}

/** Why a dialogue ended without an answer that passed everything; `gate`: after two repairs there were still faults. */
export type DialogueEnd = ModelFailure | 'gate' | 'data_too_large';

/**
 * Asks a model until its answer passes every check or nothing more is to be hoped for: one call, one more with a larger
 * limit after a truncated answer, at most two repairs that quote the faults, all within AI_TIMEOUT_MS.
 */
@Injectable()
export class ModelDialogue implements BeforeApplicationShutdown {
  private readonly logger = new Logger(ModelDialogue.name);
  private readonly stopping = new AbortController();
  private readonly places = new ConcurrencyLimit({
    maxRunning: MAX_RUNNING,
    maxWaiting: MAX_WAITING,
    maxWaitMs: this.config.timeoutMs,
    busy: () => new ModelError('busy'),
  });

  constructor(
    @Inject(AI_CONFIG) private readonly config: AiConfig,
    private readonly models: ChatModels,
  ) {}

  /**
   * @param accept judges a valid answer and keeps what it wants of it; the faults it returns are quoted to the model.
   * @returns `null` when `accept` had no faults in the end, else the reason. Never rejects because of the model.
   */
  async run(
    client: ChatModelClient,
    request: DialogueRequest,
    accept: (value: Record<string, unknown>) => string[],
  ): Promise<DialogueEnd | null> {
    const block = dataBlock(request.data);
    if (block.length > MAX_DATA_LENGTH) return this.ended(request, 'data_too_large');
    const signals = request.signal === undefined ? [this.stopping.signal] : [this.stopping.signal, request.signal];
    const signal = AbortSignal.any(signals);
    try {
      const end = await this.places.run(() => this.converse(client, request, block, signal, accept));
      return end === null ? null : this.ended(request, end);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      if (error.code === 'breaker_open') this.models.count(client, error.code);
      return this.ended(request, error.code);
    }
  }

  /** A model that hangs must not hold up the end of the server. */
  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  private async converse(
    client: ChatModelClient,
    request: DialogueRequest,
    block: string,
    signal: AbortSignal,
    accept: (value: Record<string, unknown>) => string[],
  ): Promise<DialogueEnd | null> {
    const deadline = AbortSignal.timeout(this.config.timeoutMs);
    const opening: ChatCompletionMessageParam[] = [
      { role: 'system', content: request.prompt.text },
      { role: 'user', content: block },
    ];
    let messages = opening;
    let maxTokens = this.config.maxTokens;
    for (let repairs = 0; ;) {
      const { answer, content } = await this.ask(client, request, { messages, maxTokens, signal, deadline });
      if ('failure' in answer && ['refusal', 'content_filter'].includes(answer.failure)) return answer.failure;
      if ('failure' in answer && answer.failure === 'truncated') {
        if (maxTokens > this.config.maxTokens) return 'truncated';
        maxTokens = Math.min(maxTokens * TOKEN_RAISE, Math.max(MAX_TOKENS, maxTokens + 1));
        continue;
      }
      const faults = 'failure' in answer ? [answer.fault] : accept(answer.value);
      if (faults.length === 0) return null;
      if (repairs++ === MAX_REPAIRS) return 'failure' in answer ? answer.failure : 'gate';
      messages = [
        ...opening,
        { role: 'assistant', content: content.slice(0, MAX_QUOTED_ANSWER) },
        { role: 'user', content: repairText(faults) },
      ];
    }
  }

  private async ask(
    client: ChatModelClient,
    { prompt, userId }: DialogueRequest,
    call: { messages: ChatCompletionMessageParam[]; maxTokens: number; signal: AbortSignal; deadline: AbortSignal },
  ): Promise<{ answer: JudgedAnswer; content: string }> {
    const purpose = { userId, prompt: prompt.name };
    const schemaName = prompt.name.replaceAll('-', '_');
    const { completion, exchange } = await client.complete(
      { ...call, schemaName, schema: prompt.schema },
      (failed, code) => this.models.record(client, purpose, failed, code),
    );
    const answer = judgeAnswer(completion, prompt);
    this.models.record(client, purpose, exchange, 'failure' in answer ? answer.failure : null);
    return { answer, content: completion.content };
  }

  private ended(request: DialogueRequest, end: DialogueEnd): DialogueEnd {
    this.logger.debug(`${request.prompt.name}: no text of the model (${end})`);
    return end;
  }
}
