import { Injectable } from '@nestjs/common';
import { counter } from '../../../common/metrics/metrics.js';
import { usdOf, type BilledCall } from './prices/cost.js';
import { PricesService } from './prices/prices.service.js';

const ingested = counter({
  name: 'almanac_events_ingested_total',
  help: 'Events by source and result.',
  labelNames: ['source', 'result'],
});

const calls = counter({
  name: 'almanac_ai_calls_total',
  help: 'AI calls that were recorded, those of Almanac itself included; models without a price share `other`.',
  labelNames: ['model', 'call_type', 'outcome'],
});

const tokens = counter({
  name: 'almanac_ai_tokens_total',
  help: 'Tokens of AI calls that were recorded: cached_input is part of input, unsplit is what came as a total alone.',
  labelNames: ['model', 'token_type'],
});

const cost = counter({
  name: 'almanac_ai_cost_usd_total',
  help: 'Cost in USD of AI calls that were recorded, by the prices in force when they came.',
  labelNames: ['model'],
});

const unpriced = counter({
  name: 'almanac_ai_unpriced_calls_total',
  help: 'AI calls that were recorded and whose cost is not known, by reason.',
  labelNames: ['reason'],
});

export interface CountedCall extends BilledCall {
  callType: string;
  success: boolean;
}

/** What the ingest of user activity and AI calls tells Prometheus. Clients choose models and kinds: labels are few. */
@Injectable()
export class UsageMetrics {
  constructor(private readonly prices: PricesService) {}

  countIngest(source: 'user_activity' | 'ai_call', inserted: number, duplicates: number, rejected: number): void {
    ingested.inc({ source, result: 'inserted' }, inserted);
    ingested.inc({ source, result: 'duplicate' }, duplicates);
    ingested.inc({ source, result: 'rejected' }, rejected);
  }

  /** Once for each call that was stored for the first time. */
  countCall(call: CountedCall): void {
    const model = this.prices.labelOf(call.model);
    calls.inc({ model, call_type: callTypeLabel(call.callType), outcome: call.success ? 'success' : 'error' });
    const counts = {
      input: call.inputTokens,
      cached_input: call.cachedInputTokens,
      output: call.outputTokens,
      reasoning: call.reasoningTokens,
      unsplit: call.inputTokens === null && call.outputTokens === null ? call.tokens : null,
    };
    for (const [token_type, count] of Object.entries(counts)) {
      if (typeof count === 'number' && count > 0) tokens.inc({ model, token_type }, count);
    }
    const { nanoUsd, unpriced: reason } = this.prices.costOf(call);
    if (nanoUsd === null) unpriced.inc({ reason });
    else cost.inc({ model }, usdOf(nanoUsd));
  }
}

function callTypeLabel(callType: string): string {
  return callType === 'completion' || callType === 'embedding' ? callType : 'other';
}
