import { counter, gauge } from '../../common/metrics/metrics.js';
import type { TokenUsage } from './client/completion.js';

// Models are those of the configuration and prompts those of the folder: no request can add a series.

export const modelCalls = counter({
  name: 'almanac_ai_calls_total',
  help: 'Requests to language models, by what came of them; calls that an open breaker refused included.',
  labelNames: ['model', 'call_type', 'outcome'],
});

export const modelTokens = counter({
  name: 'almanac_ai_tokens_total',
  help: 'Tokens as providers counted them; cached ones are part of the input, reasoning ones of the output.',
  labelNames: ['model', 'token_type'],
});

export const gateVerdicts = counter({
  name: 'almanac_ai_gate_total',
  help: 'Fields of prose judged by the numeric gate: passed, or the kind of the first fault.',
  labelNames: ['prompt', 'verdict'],
});

export const templateFallbacks = counter({
  name: 'almanac_ai_fallbacks_total',
  help: 'Fields that a template stands in for although a model is configured, by reason.',
  labelNames: ['prompt', 'reason'],
});

export const breakerState = gauge({
  name: 'almanac_ai_breaker_state',
  help: 'Circuit breaker of the language model: 0 closed, 1 open, 2 trying again.',
  labelNames: ['model'],
});

export function countTokens(model: string, usage: TokenUsage): void {
  const byType = {
    input: usage.input,
    cached_input: usage.cachedInput,
    output: usage.output,
    reasoning: usage.reasoning,
  };
  for (const [type, tokens] of Object.entries(byType)) {
    if (tokens !== null && tokens > 0) modelTokens.inc({ model, token_type: type }, tokens);
  }
}
