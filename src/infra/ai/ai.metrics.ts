import { counter, gauge } from '../../common/metrics/metrics.js';

// Models are those of the configuration and prompts those of the folder: no request can add a series.

// `almanac_ai_calls_total` and `almanac_ai_tokens_total` count what usage analytics has recorded, also from clients.
export const modelRequests = counter({
  name: 'almanac_ai_requests_total',
  help: 'Requests of narratives to language models, by what came of each; `breaker_open` was not sent.',
  labelNames: ['model', 'outcome'],
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
