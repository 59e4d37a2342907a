import { Injectable, Logger } from '@nestjs/common';

/** One call of a language model, for usage analytics. Never holds a prompt, an answer or a key. */
export interface AiCall {
  /** Who caused it; `null`: the server itself. */
  userId: string | null;
  provider: 'openai' | 'gemini';
  model: string;
  /** `completion`: what there is today. */
  callType: string;
  /** Name of the prompt. */
  purpose: string;
  responseSeconds: number;
  /** Token counts as the provider told them, also of failed calls; `null` where it told none. */
  inputTokens: number | null;
  cachedInputTokens: number | null;
  outputTokens: number | null;
  reasoningTokens: number | null;
  success: boolean;
  /** A stable code, never upstream text. */
  error: string | null;
  /** Epoch milliseconds at which the call began. */
  timestamp: number;
}

/** Every call of a model is told here; usage analytics subscribes in its `onModuleInit` and stores it. */
@Injectable()
export class AiCallLog {
  private readonly logger = new Logger(AiCallLog.name);
  private readonly handlers: ((call: AiCall) => void)[] = [];

  subscribe(handler: (call: AiCall) => void): void {
    this.handlers.push(handler);
  }

  /** Never throws: what a subscriber cannot do must not spoil the answer. */
  record(call: AiCall): void {
    for (const handler of this.handlers) {
      try {
        handler(call);
      } catch (error) {
        this.logger.error('An AI call was not recorded', error instanceof Error ? error.stack : String(error));
      }
    }
  }
}
